import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPace, takeFrom } from '../../../src/adapters/http/pace.ts';
import { createStreams } from '../../../src/adapters/http/stream.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('the shared rate', () => {
  it('lets a quarter of a second through at once and asks to wait for the rest', () => {
    const pace = createPace(1_000_000);
    expect(takeFrom(pace, 250_000)).toBeLessThan(5);
    expect(takeFrom(pace, 500_000)).toBeGreaterThan(400);
    expect(takeFrom({ ...pace }, 100_000)).toBeGreaterThan(500); // another thread with the same memory
  });

  it('slows down several downloads together', async () => {
    const server = createServer((_request, answer) => answer.end(Buffer.alloc(400_000))).listen(0, '127.0.0.1');
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const testServer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const streams = createStreams({ pace: createPace(1_000_000), testServer });
    closers.push(() => streams.reset());
    const begun = performance.now();
    const sizes = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const request = { url: `https://example.com/${number}`, headers: {}, idleMs: 10_000, signal: new AbortController().signal };
        let size = 0;
        for await (const chunk of (await streams.open(request)).bytes) size += chunk.length;
        return size;
      }),
    );
    expect(sizes).toEqual([400_000, 400_000, 400_000]);
    // 1.2 MB at 1 MB/s, a quarter of a second of it for nothing.
    expect(performance.now() - begun).toBeGreaterThan(800);
  });
});
