import { describe, expect, it } from 'vitest';
import { createAttemptLimit } from '../../../src/web/attempt-limit.ts';
import { sourceReader } from '../../../src/web/source-address.ts';
import { basic, bearer, PASSWORD, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const MINUTE_MS = 60_000;

describe('attempts', () => {
  it.each(['/mfa?code=123456', '/resend_mfa?method=sms'])('lets a source call %s ten times in ten minutes', async (path) => {
    let nowMs = 0;
    const { post, codes, resends } = await startWeb({ nowMs: () => nowMs });
    for (let attempt = 0; attempt < 10; attempt++) expect((await post(attempt % 2 ? path : `/api${path}`)).status).toBe(200);
    nowMs = 4 * MINUTE_MS;
    expect(await post(path)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '360' },
      body: { message: 'Too many attempts. Try again in 6 minutes.' },
    });
    expect(codes.length + resends.length).toBe(10);
    nowMs = 10 * MINUTE_MS;
    expect((await post(path)).status).toBe(200);
  });

  it('lets nobody guess a password for long, not even rightly', async () => {
    let nowMs = 0;
    const { ask, lines } = await startWeb({ gate: WITH_LOGIN, nowMs: () => nowMs });
    const status = async (authorization: string) => (await ask('/healthz', { headers: { Authorization: authorization } })).status;
    for (let attempt = 0; attempt < 10; attempt++)
      expect(await status(attempt % 2 ? basic(`guess ${attempt}`) : bearer('guess'))).toBe(401);
    expect(await status(basic('guess'))).toBe(429);
    expect(await status(basic(PASSWORD))).toBe(429);
    expect((await ask('/healthz')).status).toBe(200); // no login, no guess
    nowMs = 10 * MINUTE_MS;
    expect(await status(bearer(TOKEN))).toBe(200);
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(10);
    expect(lines.join('\n')).not.toContain('guess');
  });

  it('counts clients of a trusted proxy apart, and nobody else', async () => {
    const guess = (forwardedFor: string) => ({ headers: { Authorization: basic('guess'), 'X-Forwarded-For': forwardedFor } });
    const trusting = await startWeb({ gate: { ...WITH_LOGIN, trustedProxies: ['127.0.0.0/8'] } });
    for (let attempt = 0; attempt < 10; attempt++) await trusting.ask('/healthz', guess('198.51.100.1, 203.0.113.9'));
    expect((await trusting.ask('/healthz', guess('203.0.113.9'))).status).toBe(429);
    expect((await trusting.ask('/healthz', guess('203.0.113.10'))).status).toBe(401);

    const cautious = await startWeb({ gate: WITH_LOGIN });
    for (let attempt = 0; attempt < 10; attempt++) await cautious.ask('/healthz', guess(`203.0.113.${attempt}`));
    expect((await cautious.ask('/healthz', guess('203.0.113.99'))).status).toBe(429);
  });
});

describe('the memory of attempts', () => {
  it('is bounded and forgets the oldest first', () => {
    let nowMs = 0;
    const limit = createAttemptLimit({ most: 1, windowMs: 1000, mostSources: 3, nowMs: () => nowMs });
    for (const source of ['a', 'b', 'c', 'd']) {
      nowMs += 1;
      limit.count(source);
    }
    expect(['a', 'b', 'c', 'd'].map((source) => limit.waitS(source) !== undefined)).toEqual([false, true, true, true]);
    nowMs = 5000;
    expect(limit.waitS('d')).toBeUndefined();
  });
});

describe('who is counted', () => {
  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['172.18.0.2', '198.51.100.1', '198.51.100.1'],
    ['172.18.0.2', '10.0.0.1, 198.51.100.1:4711, 172.18.0.3', '198.51.100.1'],
    ['172.18.0.2', 'forged, 198.51.100.1', '198.51.100.1'],
    ['172.18.0.2', 'unknown', '172.18.0.2'],
    ['172.18.0.2', '', '172.18.0.2'],
    ['172.18.0.2', '[2001:db8:1:2:3::4]:99', '2001:db8:1:2::/64'],
    ['fd00::5', '198.51.100.1', '198.51.100.1'],
    ['2001:0db8:1:2:ffff::1', undefined, '2001:db8:1:2::/64'],
    ['::1', undefined, '0:0:0:0::/64'],
    [undefined, '198.51.100.1', 'unknown'],
  ])('%s with X-Forwarded-For %s is %s', (peer, forwardedFor, expected) => {
    expect(sourceReader(['172.18.0.0/16', 'fd00::5'])(peer, forwardedFor)).toBe(expected);
  });
});
