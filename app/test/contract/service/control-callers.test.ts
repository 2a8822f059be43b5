import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { another, call, dial, kill, listenTo, progressOf, requestLine, serve, untilAborted } from './control-support.ts';

const fine = async () => 0;

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

  it('learns where things stand as soon as it has caught up', async () => {
    const written = Promise.withResolvers<void>();
    const { path } = await serve(async (_, channel) => {
      channel.out('x'.repeat(5_000_000));
      for (const n of [1, 2, 3]) channel.progress(progressOf(n));
      written.resolve();
      await untilAborted(channel.signal); // nothing more is said: only the reading can bring the progress out
      return 0;
    });
    const socket = await dial(path);
    socket.pause();
    socket.write(requestLine());
    await written.promise;
    const answers = listenTo(socket);
    socket.on('data', (chunk: Buffer) => chunk.includes('"progress"') && socket.end());
    expect((await answers).slice(1)).toMatchObject([{ t: 'progress', progress: { counts: { downloaded: 3 } } }]);
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
    const { path } = await serve(async (_, { out, signal }) => {
      out('x'.repeat(5_000_000)); // more than what fits on the way to a caller that does not read
      events.started.resolve();
      await untilAborted(signal);
      events.stopped.resolve(signal.reason);
      return 0;
    });
    return { path, ...events };
  };

  it.each(['hangs up', 'says that it is done', 'says that it is done and does not read', 'is killed'])(
    'cancels its command: %s',
    async (how) => {
      const { path, started, stopped } = await serveUntilAborted();
      if (how === 'is killed') {
        const { child } = another('call', path);
        await started.promise;
        await kill(child);
      } else {
        const socket = await dial(path);
        if (how.endsWith('not read')) socket.pause();
        else socket.resume();
        socket.write(requestLine());
        await started.promise;
        if (how === 'hangs up') socket.destroy();
        else socket.end();
      }
      expect(await stopped.promise).toMatchObject({ code: 'interrupted' });
    },
  );

  it('is not waited for when it never asks', async () => {
    const { path } = await serve(fine, { requestWithinMs: 30 });
    const silent = await dial(path);
    const slow = await dial(path);
    slow.write('{"v":1,');
    expect(await Promise.all([listenTo(silent), listenTo(slow)])).toEqual([[], []]);
    expect((await call(path)).exitCode).toBe(0);
  });

  it('has all the time it wants once it has asked', async () => {
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { path } = await serve(
      async () => {
        started.resolve();
        await go.promise;
        return 0;
      },
      { requestWithinMs: 30 },
    );
    const long = call(path);
    await started.promise;
    const silent = await dial(path);
    await once(silent, 'close'); // longer than requestWithinMs
    go.resolve();
    expect((await long).exitCode).toBe(0);
  });
});
