import { describe, expect, it } from 'vitest';
import { createRunChild } from '../../../src/adapters/offsite/run-child.ts';
import { Problem } from '../../../src/domain/problem.ts';

const SOON = { interruptMs: 150, terminateMs: 150 };
const env = { PATH: '/usr/bin:/bin' };
const never = new AbortController().signal;
const shell = (script: string) => ({ program: '/bin/sh', args: ['-c', script], env });

describe('a child program', () => {
  it('hands over its lines, its input and how it ended, and sees nothing of our environment', async () => {
    const out: string[] = [];
    process.env.RESTIC_TEST_LEAK = 'leak';
    const end = await createRunChild()(
      { ...shell('cat; echo; env; echo oops >&2; exit 3'), input: 'secret', onOut: (line) => out.push(line) },
      never,
    );
    delete process.env.RESTIC_TEST_LEAK;
    expect(out[0]).toBe('secret');
    expect(out.join('\n')).not.toContain('leak');
    expect(end).toMatchObject({ exitCode: 3, signal: undefined, ended: undefined, err: ['oops'] });
  });

  it('is asked politely first', async () => {
    const stop = new AbortController();
    const out: string[] = [];
    const running = createRunChild({ interruptMs: 60_000, terminateMs: 60_000 })(
      {
        ...shell('trap "echo cleaned up; exit 1" INT; echo ready; while :; do sleep 0.05; done'),
        onOut: (line) => (line === 'ready' ? stop.abort(new Problem('interrupted', 'Stop.')) : out.push(line)),
      },
      stop.signal,
    );
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(out).toEqual(['cleaned up']);
  });

  it('is killed when it does not listen', async () => {
    const stop = new AbortController();
    let tidy: boolean | undefined;
    const running = createRunChild(SOON)(
      {
        ...shell('trap "" INT TERM; echo ready; while :; do sleep 0.05; done'),
        onOut: () => stop.abort(new Problem('interrupted', 'Stop.')),
        onEnd: (how) => (tidy = how),
      },
      stop.signal,
    );
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(tidy).toBe(false);
  });

  it('that says nothing for too long is ended, and one that takes too long as well', async () => {
    expect(await createRunChild(SOON)({ ...shell('exec sleep 600'), silentMs: 100 }, never)).toMatchObject({ ended: 'silence' });
    expect(
      await createRunChild(SOON)({ ...shell('while :; do echo hello; sleep 0.02; done'), silentMs: 60_000, mostMs: 200 }, never),
    ).toMatchObject({ ended: 'time' });
  });

  it('that is not installed is named', async () => {
    await expect(createRunChild()({ program: 'no-such-engine', args: [], env }, never)).rejects.toMatchObject({
      code: 'offsite-tool-missing',
      message: expect.stringContaining('no-such-engine'),
    });
  });

  it('is not even started when nobody waits for it any more', async () => {
    let started = false;
    const stopped = AbortSignal.abort(new Problem('interrupted', 'Stop.'));
    await expect(createRunChild()({ ...shell('true'), onStart: () => (started = true) }, stopped)).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(started).toBe(false);
  });
});
