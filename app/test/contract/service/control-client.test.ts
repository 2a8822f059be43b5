import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, freshPath, progressOf, serve, untilAborted } from './control-support.ts';

/** A service that says what it is told to, once it has been asked. */
async function serveRaw(onRequest: (socket: Socket) => void): Promise<string> {
  const path = freshPath();
  mkdirSync(dirname(path), { mode: 0o700 });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => onRequest(socket));
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return path;
}

describe('a service that is not there', () => {
  it('is told apart from one that fails', async () => {
    const answer = await call(freshPath());
    expect(answer).toMatchObject({ result: { is: 'no-service' }, err: '' });
  });

  it('is noticed when it goes away in the middle', async () => {
    for (const leave of [(socket: Socket) => socket.end(), (socket: Socket) => socket.destroy()]) {
      const path = await serveRaw((socket) => socket.write('{"t":"out","text":"half"}\n{"t":"out","te', () => leave(socket)));
      expect(await call(path)).toMatchObject({ exitCode: 1, out: 'half', err: expect.stringContaining('went away') });
    }
  });
});

describe('an answer', () => {
  it.each([
    ['of an unknown kind', '{"t":"dance"}\n'],
    ['that is no JSON', 'HTTP/1.1 400 Bad Request\r\n'],
    ['with an exit code that is none', '{"t":"exit","code":"0"}\n'],
    ['with progress of another shape', '{"t":"progress","progress":{"percent":5}}\n'],
  ])('%s means that versions differ', async (_, line) => {
    const path = await serveRaw((socket) => socket.write(line));
    expect(await call(path)).toMatchObject({ exitCode: 3, err: expect.stringContaining('different versions') });
  });

  it('that never ends a line is not waited for', async () => {
    const path = await serveRaw((socket) => socket.write(Buffer.alloc(64 * 1024 * 1024 + 1, 'x')));
    expect(await call(path)).toMatchObject({ exitCode: 3, err: expect.stringContaining('different versions') });
  });

  it('may come in pieces, several lines at once, and after all with more in it than we know', async () => {
    const bytes = Buffer.from('{"t":"out","text":"grün"}\n{"t":"err","text":"e","more":1}\n{"t":"exit","code":5,"why":"?"}\n');
    const path = await serveRaw(async (socket) => {
      for (const byte of bytes) await new Promise((sent) => socket.write(Buffer.of(byte), sent));
    });
    expect(await call(path)).toMatchObject({ exitCode: 5, out: 'grün', err: 'e' });
  });

  it('keeps what JSON cannot say apart from what is missing', async () => {
    const { path } = await serve(async (_, channel) => {
      channel.progress({ ...progressOf(1), remainingMs: Number.POSITIVE_INFINITY });
      return 0;
    });
    expect((await call(path)).progress).toStrictEqual([{ ...progressOf(1), remainingMs: undefined }]);
  });

  it('may be one long text', async () => {
    const text = 'ü'.repeat(5_000_000);
    const { path } = await serve(async (_, channel) => {
      channel.out(text);
      return 0;
    });
    const answer = await call(path);
    expect(answer.exitCode).toBe(0);
    expect(answer.out === text).toBe(true);
  });
});

describe('hanging up', () => {
  it('ends the call with 2 and cancels the command', async () => {
    const stop = new AbortController();
    const stopped = Promise.withResolvers<void>();
    const { path } = await serve(async (_, { out, signal }) => {
      out('started');
      await untilAborted(signal);
      stopped.resolve();
      return 0;
    });
    const answer = await call(path, { signal: stop.signal, onOut: () => stop.abort() });
    expect(answer).toMatchObject({ exitCode: 2, err: '' });
    await stopped.promise;
  });

  it('silences what had arrived already', async () => {
    const stop = new AbortController();
    const path = await serveRaw((socket) => socket.write('{"t":"out","text":"1"}\n{"t":"out","text":"2"}\n{"t":"exit","code":0}\n'));
    const heard: string[] = [];
    const onOut = (text: string) => {
      heard.push(text);
      stop.abort();
    };
    expect((await call(path, { signal: stop.signal, onOut })).exitCode).toBe(2);
    expect(heard).toEqual(['1']);
  });

  it('before the call asks for nothing', async () => {
    const { path, lines } = await serve(async () => 0);
    expect((await call(path, { signal: AbortSignal.abort() })).exitCode).toBe(2);
    expect((await call(path)).exitCode).toBe(0);
    expect(lines.filter((line) => line.includes('came in'))).toHaveLength(1);
  });

  it('leaves nothing behind when a callback throws', async () => {
    const stopped = Promise.withResolvers<void>();
    const { path } = await serve(async (_, { out, signal }) => {
      out('line');
      await untilAborted(signal);
      stopped.resolve();
      return 0;
    });
    const onOut = () => {
      throw new Error('the terminal is gone');
    };
    await expect(call(path, { onOut })).rejects.toThrow('the terminal is gone');
    await stopped.promise;
  });
});

it('says so when the socket itself lets nobody in', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root is let in everywhere; the same with real users is in control-socket.test.ts');
  const { path } = await serve(async () => 0);
  chmodSync(path, 0o000);
  expect(await call(path)).toMatchObject({ exitCode: 1, err: expect.stringContaining('belongs to another user') });
});
