import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { another, call, dial, freshPath, kill, serve, untilAborted } from './control-support.ts';

const fine = async () => 0;

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
