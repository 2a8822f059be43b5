import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '../../../src/domain/problem.ts';
import { call, dial, listenTo, progressOf, serve } from './control-support.ts';

const fine = async () => 0;

describe('a command', () => {
  it('gets its arguments; its output, progress and exit code come back', async () => {
    const { path, lines } = await serve(async ({ command, args }, channel) => {
      channel.out(`${command} ${JSON.stringify(args)}\n`);
      channel.err('a line\nand half of one ü');
      channel.progress(progressOf(7));
      return 4;
    });
    const answer = await call(path, { command: 'sync', args: { wait: true, code: '654321' } });
    expect(answer).toMatchObject({ exitCode: 4, out: 'sync {"wait":true,"code":"654321"}\n', err: 'a line\nand half of one ü' });
    expect(answer.progress).toStrictEqual([progressOf(7)]);
    expect(lines.join('\n')).not.toContain('654321');
  });

  it.each<[ProblemCode, number]>([
    ['no-network', 1],
    ['disk-full', 1],
    ['interrupted', 2],
    ['settings-invalid', 3],
    ['path-occupied', 4],
    ['code-needed', 5],
  ])('that fails with %s says what happened and what to do, and exits with %i', async (code, exitCode) => {
    const problem = new Problem(code, 'This happened.');
    const { path } = await serve(async () => {
      throw problem;
    });
    expect(await call(path)).toMatchObject({ exitCode, err: `This happened.\n${problem.advice}\n`, out: '' });
  });

  it('that fails unexpectedly does the same, and is logged without its arguments', async () => {
    const { path, lines } = await serve(() => {
      throw new TypeError('oops');
    });
    expect(await call(path, { command: 'code', args: { code: '123456' } })).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/^oops\n.*defect/),
    });
    expect(lines).toContain('error A command failed. {"command":"code","reason":"oops"}');
    expect(lines.join()).not.toContain('123456');
    expect((await call(path)).exitCode).toBe(1); // the service lives on
  });

  it('runs beside 49 others', async () => {
    const everybodyIsHere = Promise.withResolvers<void>();
    let present = 0;
    const { path } = await serve(async ({ args }, channel) => {
      present += 1;
      if (present === 50) everybodyIsHere.resolve();
      await everybodyIsHere.promise;
      channel.out(`${args.n}`);
      return Number(args.n);
    });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => call(path, { args: { n } })));
    expect(answers.map(({ exitCode, out }) => [exitCode, out])).toEqual(answers.map((_, n) => [n, String(n)]));
  });
});

describe('a request that cannot be understood', () => {
  it.each([
    ['a later version', '{"v":2,"command":"status","args":{}}\n'],
    ['no version', '{"command":"status","args":{}}\n'],
    ['no JSON', 'GET / HTTP/1.1\r\n\r\n'],
    ['an empty line', '\n'],
    ['no command', '{"v":1,"args":{}}\n'],
    ['arguments of another shape', '{"v":1,"command":"status","args":[1]}\n'],
  ])('is told that versions differ: %s', async (_, line) => {
    const { path } = await serve(fine);
    const socket = await dial(path);
    socket.write(line);
    expect(await listenTo(socket)).toEqual([
      { t: 'err', text: expect.stringContaining('different versions') },
      { t: 'exit', code: 3 },
    ]);
  });

  it('may not be larger than 64 KiB', async () => {
    const { path } = await serve(fine);
    for (const size of [66_000, 5_000_000]) {
      expect(await call(path, { args: { text: 'x'.repeat(size) } })).toMatchObject({ exitCode: 3, err: expect.stringContaining('64 KiB') });
    }
    expect((await call(path, { args: { text: 'x'.repeat(65_000) } })).exitCode).toBe(0);
  });

  it('is not waited for to its end when it has none', async () => {
    const { path } = await serve(fine);
    const socket = await dial(path);
    socket.write('x'.repeat(65_537));
    expect((await listenTo(socket)).at(-1)).toEqual({ t: 'exit', code: 3 });
  });
});
