import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '../../../src/domain/problem.ts';
import { another, call, dial, freshPath, kill, listenTo, progressOf, requestLine, serve, untilAborted } from './control-support.ts';

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
      channel.out(`${args['n']}`);
      return Number(args['n']);
    });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => call(path, { args: { n } })));
    expect(answers.map(({ exitCode, out }) => [exitCode, out])).toEqual(answers.map((_, n) => [n, String(n)]));
  });
});

describe('a caller that reads slowly', () => {
  it('gets every line in order, and of the progress the latest', async () => {
    const written = Promise.withResolvers<void>();
    const count = 50_000;
    const { path } = await serve(async (_, channel) => {
      for (let n = 0; n < count; n++) {
        channel.out(`${n} ${'x'.repeat(200)}`);
        channel.progress(progressOf(n));
      }
      written.resolve();
      return 0;
    });
    const socket = await dial(path);
    socket.pause();
    socket.write(requestLine());
    await written.promise;
    const answers = await listenTo(socket);
    const texts = answers.filter(({ t }) => t === 'out').map(({ text }) => Number.parseInt(String(text), 10));
    expect(texts).toEqual(Array.from({ length: count }, (_, n) => n));
    const progress = answers.filter(({ t }) => t === 'progress');
    expect(progress.length).toBeLessThan(count / 10);
    expect(progress.at(-1)).toMatchObject({ progress: { counts: { downloaded: count - 1 } } });
    expect(answers.at(-1)).toEqual({ t: 'exit', code: 0 });
  });

  it('is dropped before it costs the service its memory', async () => {
    const stopped = Promise.withResolvers<void>();
    const { path, lines } = await serve(async (_, channel) => {
      for (let n = 0; n < 70; n++) channel.out('x'.repeat(1024 * 1024));
      await untilAborted(channel.signal);
      stopped.resolve();
      return 0;
    });
    const socket = await dial(path);
    socket.pause();
    socket.write(requestLine());
    await stopped.promise;
    expect(lines.some((line) => line.startsWith('warn A caller'))).toBe(true);
  });
});

describe('a caller that goes away', () => {
  const serveUntilAborted = async () => {
    const events = { started: Promise.withResolvers<void>(), stopped: Promise.withResolvers<unknown>() };
    const { path } = await serve(async (_, { signal }) => {
      events.started.resolve();
      await untilAborted(signal);
      events.stopped.resolve(signal.reason);
      return 0;
    });
    return { path, ...events };
  };

  it.each(['hangs up', 'says that it is done', 'is killed'])('cancels its command: %s', async (how) => {
    const { path, started, stopped } = await serveUntilAborted();
    if (how === 'is killed') {
      const { child } = another('call', path);
      await started.promise;
      await kill(child);
    } else {
      const socket = await dial(path);
      socket.write(requestLine());
      await started.promise;
      if (how === 'hangs up') socket.destroy();
      else socket.end();
    }
    expect(await stopped.promise).toMatchObject({ code: 'interrupted' });
  });

  it('is not waited for when it never asks', async () => {
    const { path } = await serve(fine, { requestWithinMs: 30 });
    const silent = await dial(path);
    const slow = await dial(path);
    slow.write('{"v":1,');
    expect(await Promise.all([listenTo(silent), listenTo(slow)])).toEqual([[], []]);
    expect((await call(path)).exitCode).toBe(0);
  });

  it('has all the time it wants once it has asked', async () => {
    const go = Promise.withResolvers<void>();
    const { path } = await serve(
      async ({ command }) => {
        if (command === 'long') await go.promise;
        return 0;
      },
      { requestWithinMs: 30 },
    );
    const long = call(path, { command: 'long' });
    const silent = await dial(path);
    await once(silent, 'close'); // longer than requestWithinMs
    go.resolve();
    expect((await long).exitCode).toBe(0);
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

describe('one service at a time', () => {
  it('refuses to start beside one that answers', async () => {
    const { path } = await serve(async () => 9);
    await expect(serve(fine, { path })).rejects.toMatchObject({ code: 'library-locked' });
    expect((await call(path)).exitCode).toBe(9);
  });

  it('takes the place of one that was killed', async () => {
    const path = freshPath();
    const before = another('listen', path);
    expect(await before.nextLine()).toBe('open');
    await kill(before.child);
    expect(existsSync(path)).toBe(true);
    expect((await call(path)).result).toEqual({ is: 'no-service' });
    await serve(fine, { path });
    expect((await call(path)).exitCode).toBe(0);
  });

  it('lets one of many take that place', async () => {
    for (let round = 0; round < 10; round++) {
      const path = freshPath();
      const before = another('listen', path);
      expect(await before.nextLine()).toBe('open');
      await kill(before.child);
      const starts = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => serve(async () => n, { path })));
      expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await call(path)).exitCode).toBe(starts.findIndex(({ status }) => status === 'fulfilled'));
      expect(readdirSync(dirname(path))).toEqual(['control.sock']);
    }
  });
});

describe('closing', () => {
  it('tells commands to stop, waits for their last words, and takes the socket away', async () => {
    const started = Promise.withResolvers<void>();
    const { path, server } = await serve(async (_, channel) => {
      started.resolve();
      await untilAborted(channel.signal);
      expect(existsSync(path)).toBe(false); // no new callers while the old ones end
      channel.err('Stopped in good order.\n');
      return 2;
    });
    const running = call(path);
    await started.promise;
    await server.close();
    expect(await running).toMatchObject({ exitCode: 2, err: 'Stopped in good order.\n' });
    expect(existsSync(dirname(path))).toBe(false);
    expect((await call(path)).result).toEqual({ is: 'no-service' });
    await server.close();
  });

  it('counts a command that passes the stop on as interrupted', async () => {
    const started = Promise.withResolvers<void>();
    const { path, server } = await serve(async (_, { signal }) => {
      started.resolve();
      await untilAborted(signal);
      throw new DOMException('This operation was aborted', 'AbortError');
    });
    const running = call(path);
    await started.promise;
    await server.close();
    expect(await running).toMatchObject({ exitCode: 2, err: expect.stringContaining('is being stopped') });
  });

  it('does not wait longer than it may', async () => {
    const started = Promise.withResolvers<void>();
    const { path, server } = await serve(
      () => {
        started.resolve();
        return new Promise<number>(() => undefined);
      },
      { finishWithinMs: 30 },
    );
    const running = call(path);
    await started.promise;
    await server.close();
    expect(await running).toMatchObject({ exitCode: 2, err: expect.stringContaining('before this command had ended') });
  });

  it('does not wait for callers that have asked for nothing', async () => {
    const { path, server } = await serve(fine);
    const silent = await dial(path);
    const gone = once(silent, 'close');
    await Promise.all([server.close(), gone]);
  });

  it('leaves the place to the next one', async () => {
    const path = freshPath();
    for (let n = 0; n < 5; n++) {
      const { server } = await serve(async () => n, { path });
      expect((await call(path)).exitCode).toBe(n);
      await server.close();
    }
  });

  it('does not take away what a successor has put there meanwhile', async () => {
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { path, server } = await serve(async (_, { signal }) => {
      started.resolve();
      await untilAborted(signal);
      stopped.resolve();
      await go.promise;
      return 2;
    });
    const running = call(path);
    await started.promise;
    const closing = server.close();
    await stopped.promise;
    await serve(async () => 8, { path });
    go.resolve();
    await Promise.all([closing, running]);
    expect((await call(path)).exitCode).toBe(8);
  });
});
