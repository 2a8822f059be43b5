import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createStreams, type HttpStream, type Streams } from '../../../src/adapters/http/stream.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const never = new AbortController().signal;
const ask = (path = '/photo', over: { headers?: Record<string, string>; idleMs?: number; signal?: AbortSignal } = {}) => ({
  url: `https://content.example${path}`,
  headers: {},
  idleMs: 20_000,
  signal: never,
  ...over,
});

async function listen(server: Server, protocol = 'http'): Promise<Streams> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const streams = createStreams({ pace: undefined, testServer: `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}` });
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => {
      for (const socket of sockets) socket.destroy();
    },
    () => streams.reset(),
  );
  return streams;
}

const web = (listener: RequestListener) => listen(createHttpServer(listener));

/** A server that says exactly this, one answer for each request; counts its connections. */
async function scripted(...answers: readonly (string | ((socket: Socket) => void))[]) {
  const script = [...answers];
  const seen = { connections: 0, requests: [] as string[] };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.on('data', (data) => {
      seen.requests.push(data.toString('latin1'));
      const answer = script.shift();
      if (typeof answer === 'string') socket.write(answer, 'latin1');
      else answer?.(socket);
    });
  });
  return { streams: await listen(server), seen };
}

const ok = (body: string, headers = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;

async function whole({ bytes }: HttpStream): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const block of bytes) copies.push(Buffer.from(block));
  return Buffer.concat(copies);
}

const fetchText = async (streams: Streams, path?: string) => (await whole(await streams.open(ask(path)))).toString('latin1');

describe('an answer', () => {
  it('comes whole, however it is framed', async () => {
    const { streams } = await scripted(
      ok('with a length'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nin se\r\n7;x=y\r\nveral p\r\n5\r\nieces\r\n0\r\nTrailer: x\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nafter a hint.',
      'HTTP/1.1 204 No Content\r\n\r\n',
      (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end of the connection'),
      ok('on the next one'),
    );
    const texts: string[] = [];
    for (let index = 0; index < 6; index++) texts.push(await fetchText(streams));
    expect(texts).toEqual([
      'with a length',
      'in several pieces',
      'after a hint.',
      '',
      'until the end of the connection',
      'on the next one',
    ]);
  });

  it('has its status and its headers, asked for with ours and the real host', async () => {
    const { streams, seen } = await scripted(
      'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-4/5\r\nRETRY-AFTER: 7\r\nContent-Length: 2\r\n\r\nab',
    );
    const stream = await streams.open(ask('/a%20b?c=d', { headers: { Cookie: 'x="1"; y=2', Range: 'bytes=3-' } }));
    expect(stream).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 3-4/5', 'retry-after': '7' } });
    expect((await whole(stream)).toString()).toBe('ab');
    expect(seen.requests).toEqual([
      'GET /a%20b?c=d HTTP/1.1\r\nHost: content.example\r\nConnection: keep-alive\r\nCookie: x="1"; y=2\r\nRange: bytes=3-\r\n\r\n',
    ]);
  });

  it('may come byte by byte', async () => {
    const text = ok('slowly');
    const { streams } = await scripted(async (socket) => {
      socket.setNoDelay(true);
      for (const byte of text) await new Promise((resolve) => socket.write(byte, resolve));
    });
    expect(await fetchText(streams)).toBe('slowly');
  });

  it('cannot be asked for with a second line in a header', async () => {
    const { streams, seen } = await scripted(ok('never'));
    await expect(streams.open(ask('/', { headers: { Cookie: 'a\r\nX: b' } }))).rejects.toThrow(/Cookie/);
    expect(seen.connections).toBe(0);
  });

  it('is only asked for over an encrypted connection', async () => {
    const streams = createStreams({ pace: undefined, testServer: undefined });
    await expect(streams.open({ ...ask(), url: 'http://127.0.0.1:9/photo' })).rejects.toThrow('only fetched over https');
  });
});

describe('the bytes of many answers at once', () => {
  it.each(['http', 'https'])('never mix, though their memory is used again and some readers are slow (%s)', async (protocol) => {
    const files = Array.from({ length: 12 }, (_, index) => randomBytes(50_000 + index * 177_777));
    const listener: RequestListener = (request, answer) => {
      const file = files[Number(request.url?.slice(1))] as Buffer;
      if (request.url === '/3') for (let at = 0; at < file.length; at += 999) answer.write(file.subarray(at, at + 999));
      answer.end(request.url === '/3' ? undefined : file);
    };
    const streams = protocol === 'http' ? await web(listener) : await listen(createHttpsServer(certificate(), listener), 'https');
    const digests = await Promise.all(
      Array.from({ length: 36 }, async (_, index) => {
        const hash = createHash('sha256');
        for await (const block of (await streams.open(ask(`/${index % 12}`))).bytes) {
          hash.update(block);
          const copy = Buffer.from(block);
          for (let turn = 0; turn < (index % 5) * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          expect(copy.equals(block)).toBe(true); // still the same: nobody else has written into it
        }
        return hash.digest('hex');
      }),
    );
    expect(digests).toEqual(
      digests.map((_, index) =>
        createHash('sha256')
          .update(files[index % 12] as Buffer)
          .digest('hex'),
      ),
    );
  });

  it('wait in the network while nobody takes them', async () => {
    let written = 0;
    const piece = Buffer.alloc(1 << 20);
    const { streams } = await scripted((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n');
      const more = () => {
        for (; written < 200; written++) if (!socket.write(piece)) return void socket.once('drain', () => ++written && more());
      };
      more();
    });
    const { bytes } = await streams.open(ask());
    let [size, before] = [0, -1];
    for await (const block of bytes) {
      size += block.length;
      if (size > 1 << 20 && before < 0) {
        // The reader rests until the sender cannot send any more.
        while (before !== written) {
          before = written;
          for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(written).toBeLessThan(60);
      }
    }
    expect(size).toBe(209_715_200);
  });
});

describe('a connection', () => {
  it('is kept for the next file', async () => {
    const { streams, seen } = await scripted(ok('one'), ok('two'), ok('three'));
    for (const text of ['one', 'two', 'three']) expect(await fetchText(streams)).toBe(text);
    expect(seen.connections).toBe(1);
  });

  it.each([
    ['closes when told so', ok('one', 'Connection: close\r\n')],
    ['is not used again after a 421', 'HTTP/1.1 421 Misdirected Request\r\nContent-Length: 3\r\n\r\none'],
    ['is not used again when more came than was asked for', `${ok('one')}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong`],
  ])('%s', async (_, first) => {
    const { streams, seen } = await scripted(first, ok('two'));
    expect(await fetchText(streams)).toBe('one');
    expect(await fetchText(streams)).toBe('two');
    expect(seen.connections).toBe(2);
  });

  it('is not confused by what follows an answer', async () => {
    const { streams } = await scripted(`${ok('one')}?`, ok('two'), ok('three'));
    expect(await fetchText(streams)).toBe('one');
    expect(await fetchText(streams)).toBe('two');
  });

  it('that was closed while it was kept costs nothing but a new one', async () => {
    const { streams, seen } = await scripted(ok('one'), (socket) => socket.destroy(), ok('two'));
    expect(await fetchText(streams)).toBe('one');
    expect(await fetchText(streams)).toBe('two');
    expect(seen.connections).toBe(2);
  });

  it('is new after a reset, for answers that were on their way as well', async () => {
    let finish = () => {};
    const { streams, seen } = await scripted((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\no');
      finish = () => socket.write('ne');
    }, ok('two'));
    const first = await streams.open(ask());
    streams.reset();
    finish();
    expect((await whole(first)).toString()).toBe('one');
    expect(await fetchText(streams)).toBe('two');
    expect(seen.connections).toBe(2);
  });

  it.each([
    ['http', false],
    ['http', true],
    ['https', false],
    ['https', true],
  ])(
    'ends when the other side ends it, also after an answer that came in several blocks (%s, the last one: %s)',
    async (protocol, isLast) => {
      // A little more than a block: over TLS the end comes after the pause that the full block has asked for.
      const open = new Set<Socket>();
      const serve = (socket: Socket) => {
        open.add(socket);
        socket.on('close', () => open.delete(socket)).on('error', () => undefined);
        socket.on('data', (data) => {
          const size = Number(/GET .(\d+)/.exec(data.toString('latin1'))?.[1]);
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n${isLast ? 'Connection: close\r\n' : ''}\r\n`);
          socket.write(Buffer.alloc(size));
        });
      };
      const server = protocol === 'http' ? createServer(serve) : createTlsServer(certificate(), serve);
      const streams = await listen(server, protocol);
      const sizes = Array.from({ length: 30 }, (_, index) => (256 << 10) + 1000 + index * 2000);
      const fetched = sizes.map(async (size) => {
        let length = 0;
        for await (const block of (await streams.open(ask(`/${size}`))).bytes) {
          length += block.length;
          await new Promise((resolve) => setImmediate(resolve)); // the reader is busy with the block when the rest comes
        }
        return length;
      });
      expect(await Promise.all(fetched)).toEqual(sizes);
      if (!isLast) expect(open.size).toBeGreaterThan(0);
      for (const socket of open) socket.end();
      while (open.size > 0) await new Promise((resolve) => setImmediate(resolve)); // closed from our side as well
      expect((await whole(await streams.open(ask('/5')))).length).toBe(5);
    },
  );

  it('is not opened for whom has been told to stop already', async () => {
    const { streams, seen } = await scripted(ok('one'));
    const reason = new Error('enough');
    await expect(streams.open(ask('/', { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(await fetchText(streams)).toBe('one');
    expect(seen.connections).toBe(1);
  });

  it('survives an answer that is let go if it is short', async () => {
    const { streams, seen } = await scripted(ok('a page that nobody reads'), ok('two'));
    (await streams.open(ask())).cancel();
    expect(await fetchText(streams)).toBe('two');
    expect(seen.connections).toBe(1);
  });

  it('ends when a long answer is let go, before or in the middle', async () => {
    const long = ok('x'.repeat(5_000_000));
    const { streams, seen } = await scripted(long, long, ok('three'));
    (await streams.open(ask())).cancel();
    for await (const block of (await streams.open(ask())).bytes) if (block.length > 0) break;
    expect(await fetchText(streams)).toBe('three');
    expect(seen.connections).toBe(3);
  });
});

describe('what goes wrong', () => {
  async function failing(answer: string | ((socket: Socket) => void), over: Parameters<typeof ask>[1] = {}) {
    const { streams } = await scripted(answer);
    let arrived = '';
    const problem = await (async () => {
      for await (const block of (await streams.open(ask('/photo', over))).bytes) arrived += Buffer.from(block).toString('latin1');
    })().catch((error: unknown) => error);
    return { arrived, problem };
  }

  it.each([
    [
      'an answer that is cut short',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart'),
      'part',
      'ECONNRESET',
    ],
    [
      'one that is cut short between pieces',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'),
      'part',
      'ECONNRESET',
    ],
    ['no answer', (socket: Socket) => socket.end(), '', 'ECONNRESET'],
    ['something that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', '', 'EPROTO'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 4x\r\n\r\npart', '', 'EPROTO'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\npart', '', 'EPROTO'],
    ['a piece without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nzz\r\n', 'part', 'EPROTO'],
    ['a piece of negative size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\npart\r\n', '', 'EPROTO'],
    ['a piece whose size never ends', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(9000)}`, '', 'EPROTO'],
    ['an encoding that nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\npart\r\n', '', 'EPROTO'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\npart', '', 'EPROTO'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(40_000)}`, '', 'EPROTO'],
  ])('%s ends with what had arrived and a problem', async (_, answer, arrived, code) => {
    expect(await failing(answer)).toMatchObject({ arrived, problem: { code: 'no-network', context: { host: 'content.example', code } } });
  });

  it('a server that falls silent, before or after its first bytes, ends with a problem', async () => {
    const silent = await failing(() => undefined, { idleMs: 500 });
    expect(silent).toMatchObject({ arrived: '', problem: { code: 'no-network', context: { code: 'ETIMEDOUT' } } });
    const later = await failing('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart', { idleMs: 500 });
    expect(later).toMatchObject({ arrived: 'part', problem: { code: 'no-network', context: { code: 'ETIMEDOUT' } } });
  });

  it('a reader that takes long is not a server that falls silent', async () => {
    const { streams } = await scripted(ok('x'.repeat(3_000_000)));
    let size = 0;
    for await (const block of (await streams.open(ask('/photo', { idleMs: 500 }))).bytes) {
      size += block.length;
      const begunMs = performance.now();
      while (size < 300_000 && performance.now() - begunMs < 1200) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(size).toBe(3_000_000);
  });

  it.each(['Content-Length: 9\r\n', ''])('a stop is told as the reason it has (%j)', async (length) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const { streams } = await scripted(`HTTP/1.1 200 OK\r\n${length}\r\npart`);
    const stream = await streams.open(ask('/photo', { signal: stop.signal }));
    stop.abort(reason);
    await expect(whole(stream)).rejects.toBe(reason);
    expect((await failing(ok('never'), { signal: stop.signal })).problem).toBe(reason);
  });

  it('a port where nobody listens, and a certificate for another name or that nobody vouches for', async () => {
    const gone = createServer();
    const streams = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    await expect(streams.open(ask())).rejects.toMatchObject({ code: 'no-network', context: { code: 'ECONNREFUSED' } });
    for (const server of [createHttpsServer(certificate('another.example')), createHttpsServer(certificate('content.example', false))]) {
      const other = await listen(server, 'https');
      await expect(other.open(ask())).rejects.toMatchObject({
        code: 'no-network',
        message: expect.stringContaining('The certificate of content.example is not trusted here'),
      });
    }
  });
});

/** Trusted from here on, if at all, for the name it was made for. */
function certificate(name = 'content.example', isTrusted = true) {
  const folder = mkdtempSync(join(tmpdir(), 'stream-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '2'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', [...made, ...subject], { stdio: 'pipe' });
  const cert = readFileSync(certFile, 'utf8');
  setDefaultCACertificates(isTrusted ? [cert] : []);
  return { key: readFileSync(keyFile, 'utf8'), cert };
}
