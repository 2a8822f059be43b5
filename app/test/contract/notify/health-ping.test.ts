import { describe, expect, it } from 'vitest';
import { LOG_TAIL_BYTES } from '../../../src/adapters/notify/health-ping.ts';
import { answer, hang, listen, ok, type Ping, type Reply, receiver } from './receiver.ts';

const { signal } = new AbortController();
const paths = (pings: readonly Ping[]) => pings.map(({ path }) => path);

describe('a ping', () => {
  it('tells of start, success and failure, the last two with the log', async () => {
    const { ping, pings, told } = await receiver();
    await ping.start(signal);
    await ping.success(signal);
    await ping.fail(signal);
    expect(pings.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/ping/some-uuid/start', ''],
      ['POST', '/ping/some-uuid', 'the log\n'],
      ['POST', '/ping/some-uuid/fail', 'the log\n'],
    ]);
    expect(pings[1]?.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(told()).toEqual([]);
  });

  it.each([
    ['/uuid', ['/uuid/start', '/uuid', '/uuid/fail']],
    ['/uuid/', ['/uuid/start', '/uuid/', '/uuid/fail']],
    [
      '/key/slug?create=1&rid=a%20b',
      ['/key/slug/start?create=1&rid=a%20b', '/key/slug?create=1&rid=a%20b', '/key/slug/fail?create=1&rid=a%20b'],
    ],
    ['/uuid/?x=/#part', ['/uuid/start?x=/', '/uuid/?x=/', '/uuid/fail?x=/']],
    ['/', ['/start', '/', '/fail']],
  ])('to %s goes to the right addresses', async (url, expected) => {
    const { ping, pings } = await receiver([ok], { url });
    await ping.start(signal);
    await ping.success(signal);
    await ping.fail(signal);
    expect(paths(pings)).toEqual(expected);
  });

  it('never logs the address, which is all it takes to ping', async () => {
    const { ping, lines } = await receiver([answer(500)], { url: '/secret-part' });
    await ping.fail(signal);
    const ours = lines.filter(({ message }) => message !== 'request');
    expect(JSON.stringify(ours)).not.toContain('secret-part');
  });
});

describe('the log in a ping', () => {
  it('is scrubbed, then cut to the last 100 KiB at the start of a line', async () => {
    const log = Array.from({ length: 20_000 }, (_, number) => `line ${number} ümläut secret\n`).join('');
    const { ping, pings } = await receiver([ok], { logTail: async () => log, scrub: (text) => text.replaceAll('secret', '*') });
    await ping.success(signal);
    const body = pings[0]?.body ?? '';
    const clean = log.replaceAll('secret', '*');
    expect(clean.endsWith(body)).toBe(true);
    expect(body).toMatch(/^line \d+ ümläut \*\n/);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(LOG_TAIL_BYTES);
    expect(Buffer.byteLength(body)).toBeGreaterThan(LOG_TAIL_BYTES - 40);
  });

  it('is no longer than the receiver says it keeps, for it would drop the end', async () => {
    const log = 'one line\n'.repeat(20_000);
    const { ping, pings } = await receiver([answer(200, { 'Ping-Body-Limit': '1000' })], { logTail: async () => log });
    await ping.start(signal);
    await ping.fail(signal);
    expect(pings[1]?.body).toBe('one line\n'.repeat(111));
  });

  it('is left out when it cannot be read or scrubbed', async () => {
    const broken = () => {
      throw new Error('EIO');
    };
    for (const options of [{ logTail: async () => broken() }, { scrub: broken }]) {
      const { ping, pings, told } = await receiver([ok], options);
      await ping.success(signal);
      expect(pings.map(({ body }) => body)).toEqual(['']);
      expect(told()).toEqual([]);
    }
  });
});

describe('a receiver that does not take the ping', () => {
  it.each([500, 503, 429, 408])('is tried three times when it answers %i', async (status) => {
    const { ping, pings, told } = await receiver([answer(status, { 'Retry-After': '3600' })]);
    await ping.success(signal);
    expect(pings.map(({ body }) => body)).toEqual(Array(3).fill('the log\n'));
    expect(told()).toEqual([['warn', `it answered ${status}`]]);
  });

  it.each([404, 400, 301])('is asked once when it answers %i', async (status) => {
    const { ping, pings, told } = await receiver([answer(status, { Location: '/elsewhere' })]);
    await ping.success(signal);
    expect(pings).toHaveLength(1);
    expect(told()).toEqual([['warn', `it answered ${status}`]]);
  });

  it('is no failure when a later try succeeds', async () => {
    const { ping, pings, told } = await receiver([answer(502), (response) => void response.destroy(), ok]);
    await ping.success(signal);
    expect(pings).toHaveLength(3);
    expect(told()).toEqual([]);
  });

  it('is warned of once per outage, and its return is told', async () => {
    const { ping, told } = await receiver([...Array<Reply>(9).fill(answer(500)), ok, answer(404)]);
    await ping.start(signal);
    await ping.success(signal);
    await ping.start(signal);
    expect(told()).toEqual([['warn', 'it answered 500']]);
    await ping.success(signal);
    await ping.fail(signal);
    expect(told()).toEqual([
      ['warn', 'it answered 500'],
      ['info', undefined],
      ['warn', 'it answered 404'],
    ]);
  });

  it('is not thrown at the run when nothing listens there', async () => {
    const { origin, server } = await listen(() => {});
    await new Promise((closed) => server.close(closed));
    const { ping, told } = await receiver([ok], { url: `${origin}/uuid` });
    await ping.start(signal);
    expect(told()).toEqual([['warn', expect.stringContaining('ECONNREFUSED')]]);
  });

  it.each([
    ['never answers', hang],
    ['begins to answer and never ends', ((response) => void response.writeHead(200, { 'Content-Length': '5' }).write('O')) as Reply],
  ])('holds nobody up longer than three tries when it %s', async (_how, reply) => {
    const { ping, pings, told } = await receiver([reply], { tryMs: 150, pauseMs: 60_000 });
    const startedMs = performance.now();
    await ping.success(signal);
    const tookMs = performance.now() - startedMs;
    expect(pings).toHaveLength(3);
    expect(told()).toEqual([['warn', 'no answer in time']]);
    expect(tookMs).toBeGreaterThan(400);
    expect(tookMs).toBeLessThan(3000);
  });

  it('may be slow as long as it answers in time', async () => {
    let release = (): void => {};
    const { ping, nextPing, told, pings } = await receiver([
      (response) => {
        release = () => void response.end('OK');
      },
    ]);
    const arrived = nextPing();
    const pinged = ping.success(signal);
    await arrived;
    release();
    await pinged;
    expect([pings.length, told()]).toEqual([1, []]);
  });

  it('waits between tries that fail at once, within the time of a try', async () => {
    const { ping } = await receiver([answer(500)], { tryMs: 10_000, pauseMs: 60 });
    const startedMs = performance.now();
    await ping.success(signal);
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(110);
    expect(tookMs).toBeLessThan(5000);
  });
});

describe('order and ending', () => {
  it('goes out one after the other', async () => {
    const { ping, pings } = await receiver();
    await Promise.all([ping.fail(signal), ping.start(signal)]);
    expect(paths(pings)).toEqual(['/ping/some-uuid/fail', '/ping/some-uuid/start']);
  });

  it('gives a start up when its run has ended', async () => {
    const { ping, pings, nextPing, told } = await receiver([hang, ok], { tryMs: 50_000 });
    const arrived = nextPing();
    const started = ping.start(signal);
    await arrived;
    await ping.success(signal);
    await started;
    expect(paths(pings)).toEqual(['/ping/some-uuid/start', '/ping/some-uuid']);
    expect(told()).toEqual([]);
  });

  it('ends at once and without a warning when the service stops', async () => {
    const stop = new AbortController();
    const { ping, nextPing, told, pings } = await receiver([hang], { tryMs: 50_000 });
    const arrived = nextPing();
    const pinged = ping.success(stop.signal);
    await arrived;
    stop.abort();
    await pinged;
    await ping.fail(stop.signal);
    expect([pings.length, told()]).toEqual([1, []]);
  });
});
