import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLibraryStore } from '../../../src/adapters/disk/library-store.ts';
import { createTransferThreads } from '../../../src/adapters/disk/transfer-threads.ts';
import { Problem } from '../../../src/domain/problem.ts';
import type { RemoteFile } from '../../../src/ports/library-store.ts';

const BYTES = Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.alloc(300_000, 'photo')]);
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A store with its download threads, and a server that answers as told. */
async function setUp(listener: RequestListener) {
  const root = mkdtempSync(join(tmpdir(), 'fetch-'));
  const incomingDir = join(root, 'incoming');
  mkdirSync(incomingDir);
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
    () => rmSync(root, { recursive: true }),
  );
  const testServer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const threads = createTransferThreads({ root, incomingDir, timeStepMs: 1, fsync: true, pace: undefined, testServer });
  return { root, incomingDir, store: createLibraryStore({ root, incomingDir, threads }) };
}

/** What the main thread knows of a file; notes what was asked of it. */
function remote(refused: RemoteFile['refused'] = async ({ status }) => Promise.reject(new Problem('transfer-failed', `HTTP ${status}`))) {
  const asked: number[] = [];
  const file: RemoteFile = {
    async request(from) {
      asked.push(from);
      return { url: 'https://example.com/photo', headers: from > 0 ? { Range: `bytes=${from}-` } : {}, idleMs: 5000 };
    },
    refused,
    accepted: () => undefined,
  };
  return { file, asked };
}

const never = new AbortController().signal;
const expected = { size: BYTES.length, vacant: '2024/A.JPG', arrival: undefined };
/** As Apple makes it (photos.md §13). */
const checksum = Buffer.concat([
  Buffer.of(1),
  createHash('sha1').update('com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0').update(BYTES).digest(),
]).toString('base64');
const arrival = { path: '2024/A.JPG', modifiedAtMs: 1_000_000, checksum, beside: [{ path: '2024/A.JPG.xmp', text: 'words' }] };

describe('fetching in a thread', () => {
  it('brings a file to its name, hashed on the way', async () => {
    const { root, incomingDir, store } = await setUp((_request, answer) => answer.end(BYTES));
    const received = await store.fetch('key', expected, remote().file, never);
    if (received === 'occupied') throw new Error('nothing lay there');
    expect(received).toMatchObject({ size: BYTES.length, sha256: createHash('sha256').update(BYTES).digest('hex'), looksLike: 'image' });
    await store.place(received, { path: '2024/A.JPG', modifiedAtMs: 1_000_000, replaces: undefined });
    expect(readFileSync(join(root, '2024/A.JPG')).equals(BYTES)).toBe(true);
    expect(readdirSync(incomingDir)).toEqual([]);
  });

  it('gives what came as expected its name, after its sidecar', async () => {
    const { root, incomingDir, store } = await setUp((_request, answer) => answer.end(BYTES));
    expect(await store.fetch('key', { ...expected, arrival }, remote().file, never)).toMatchObject({ checksum, placed: true });
    await store.settle([arrival.path]);
    expect(readFileSync(join(root, '2024/A.JPG')).equals(BYTES)).toBe(true);
    expect(statSync(join(root, '2024/A.JPG')).mtimeMs).toBe(1_000_000);
    expect(readFileSync(join(root, '2024/A.JPG.xmp'), 'utf8')).toBe('words');
    expect(readdirSync(incomingDir)).toEqual([]);
  });

  it('leaves to the caller what is not as expected, and what has a sidecar of somebody else', async () => {
    const { root, incomingDir, store } = await setUp((_request, answer) => answer.end(BYTES));
    const other = { ...arrival, checksum: `${checksum.slice(0, -4)}AAA=` };
    expect(await store.fetch('key', { ...expected, arrival: other }, remote().file, never)).toMatchObject({ checksum, placed: false });
    expect(existsSync(join(root, '2024'))).toBe(false);
    mkdirSync(join(root, '2024'));
    writeFileSync(join(root, '2024/A.JPG.xmp'), 'mine');
    expect(await store.fetch('key', { ...expected, arrival }, remote().file, never)).toMatchObject({ checksum, placed: false });
    expect(readdirSync(join(root, '2024'))).toEqual(['A.JPG.xmp']);
    expect(readFileSync(join(root, '2024/A.JPG.xmp'), 'utf8')).toBe('mine');
    expect(readdirSync(incomingDir)).toEqual(['key.part']);
  });

  it('fetches nothing for a path where something lies', async () => {
    let requests = 0;
    const { root, store } = await setUp((_request, answer) => {
      requests += 1;
      answer.end(BYTES);
    });
    mkdirSync(join(root, '2024'));
    writeFileSync(join(root, '2024/A.JPG'), 'mine');
    expect(await store.fetch('key', expected, remote().file, never)).toBe('occupied');
    expect(requests).toBe(0);
  });

  it('continues where an earlier attempt ended', async () => {
    let isFirst = true;
    const { store } = await setUp((request, answer) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (isFirst) {
        isFirst = false;
        answer.writeHead(200, { 'content-length': BYTES.length });
        answer.write(BYTES.subarray(0, 100_000), () => answer.destroy());
        return;
      }
      answer.writeHead(206, { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` }).end(BYTES.subarray(from));
    });
    await expect(store.fetch('key', expected, remote().file, never)).rejects.toMatchObject({ code: 'no-network' });
    const again = remote();
    expect(await store.fetch('key', expected, again.file, never)).toMatchObject({ resumed: true, size: BYTES.length });
    expect(again.asked.at(-1)).toBeGreaterThan(0);
  });

  it('asks what to do about a refusal, and asks the server once more', async () => {
    const answers = [410, 200];
    const { store } = await setUp((_request, answer) => {
      const status = answers.shift() ?? 500;
      answer.writeHead(status).end(status === 200 ? BYTES : 'gone');
    });
    const told: number[] = [];
    const { file } = remote(async ({ status }) => void told.push(status));
    expect(await store.fetch('key', expected, file, never)).toMatchObject({ size: BYTES.length });
    expect(told).toEqual([410]);
  });

  it('says what the main thread says of a file that cannot be had', async () => {
    const { store } = await setUp((_request, answer) => answer.writeHead(503).end());
    const problem = new Problem('rate-limited', 'iCloud asks for a pause.', { context: { status: 503, retryAfterS: 7 } });
    const { file } = remote(async () => Promise.reject(problem));
    await expect(store.fetch('key', expected, file, never)).rejects.toMatchObject({ code: 'rate-limited', context: { retryAfterS: 7 } });
  });

  it('lets go at once when it is told to stop', async () => {
    const stop = new AbortController();
    const { store } = await setUp((_request, answer) => {
      answer.writeHead(200, { 'content-length': BYTES.length });
      answer.write(BYTES.subarray(0, 1000), () => stop.abort(new Problem('interrupted', 'Stopped.')));
    });
    await expect(store.fetch('key', expected, remote().file, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
  });
});
