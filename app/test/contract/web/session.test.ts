import { describe, expect, it } from 'vitest';
import { createSessions, sessionCookieOf } from '../../../src/web/sessions.ts';
import { fakeService } from './fake-service.ts';
import { BROWSER } from './start-page.ts';
import { basic, bearer, NO_LOGIN, PASSWORD, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const HOST = { Host: 'nas.local' };
const SAME_ORIGIN = { 'Sec-Fetch-Site': 'same-origin' };
const form = (password: string, next = '/photos') => `password=${encodeURIComponent(password)}&next=${encodeURIComponent(next)}`;

async function start(options: Parameters<typeof startWeb>[0] = {}) {
  const fake = fakeService();
  const web = await startWeb({ gate: WITH_LOGIN, service: fake.service, ...options });
  const open = async (headers: Readonly<Record<string, string>> = HOST) => {
    const answer = await web.postForm('/unlock', form(PASSWORD), headers);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    return { answer, cookie, pair: cookie.split(';')[0] ?? '' };
  };
  return { ...web, ...fake, open };
}

describe('the log-in page', () => {
  it('gives a cookie that no script and no other site can use, and leads on', async () => {
    const { open, ask } = await start();
    const { answer, cookie, pair } = await open();
    expect(answer).toMatchObject({ status: 303, headers: { location: '/photos' } });
    expect(cookie).toMatch(/^photos_sync=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    expect((await ask('/photos', { headers: { ...HOST, Cookie: pair } })).status).toBe(200);
    expect((await ask('/api/state', { headers: { ...HOST, Cookie: `other=1; ${pair}` } })).status).toBe(200);
  });

  it('marks the cookie for TLS where the browser came over TLS', async () => {
    const { open } = await start();
    expect((await open({ ...HOST, 'X-Forwarded-Proto': 'https' })).cookie).toContain('; Secure');
  });

  it('ends the session on request, and with a restart', async () => {
    const { open, ask, post } = await start();
    const { pair } = await open();
    const left = await post('/lock', { ...HOST, ...SAME_ORIGIN, Cookie: pair });
    expect(left).toMatchObject({ status: 303, headers: { location: '/unlock' } });
    expect((await ask('/photos', { headers: { ...HOST, Cookie: pair } })).status).toBe(401);
    const { pair: again } = await open();
    const other = await start();
    expect((await other.ask('/photos', { headers: { ...HOST, Cookie: again } })).status).toBe(401);
  });

  it.each(['//evil.example.com', 'https://evil.example.com/', '/\\evil.example.com', '/unlock', 'javascript:alert(1)', ''])(
    'never leads elsewhere: %s',
    async (next) => {
      const { postForm } = await start();
      expect((await postForm('/unlock', form(PASSWORD, next), HOST)).headers.location).toBe('/');
    },
  );

  it('says what is wrong without saying more, and slows guessers down together with the other doors', async () => {
    const { postForm, ask, lines, open } = await start();
    for (let attempt = 0; attempt < 5; attempt++) {
      const answer = await postForm('/unlock', form('guess'), HOST);
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).toContain('That is not the page password.');
      expect((await ask('/healthz', { headers: { ...HOST, Authorization: basic('guess') } })).status).toBe(401);
    }
    const { answer } = await open();
    expect(answer.status).toBe(429);
    expect(answer.body).toMatch(/Too many tries\. Next one in \d+ s\./);
    expect(lines.join('\n')).not.toContain('guess');
  });

  it('takes no token and no empty password, and opens nothing while no password is set', async () => {
    const { postForm } = await start();
    for (const wrong of [TOKEN, '', ' ', `${PASSWORD} `]) expect((await postForm('/unlock', form(wrong), HOST)).status).toBe(401);
    const unset = await start({ gate: NO_LOGIN });
    expect((await unset.postForm('/unlock', form('undefined'), HOST)).status).toBe(401);
    const page = await unset.ask('/unlock', { headers: { ...HOST, ...BROWSER } });
    expect(page.body).toContain('Set <code>WEB_PASSWORD</code>');
    expect(page.body).not.toContain('<form');
  });

  it('asks once more for an address that a message on another site led to, because the cookie did not come along', async () => {
    const { ask } = await start();
    const fromMail = { ...HOST, ...BROWSER, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    const answer = await ask('/signin?x=1', { headers: fromMail });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('http-equiv="refresh" content="0; url=/signin?x=1"');
  });
});

describe('a session', () => {
  it.each([
    ['says nothing of where it comes from', {}, 403],
    ['comes from the same site, another name', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['comes from another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['names another origin', { Origin: 'http://evil.example.com' }, 403],
    ['comes from this very page', SAME_ORIGIN, 200],
    ['names this very origin', { Origin: 'http://nas.local' }, 200],
  ])('changes something only for this page: a request that %s', async (_, headers, status) => {
    const { open, post, asked } = await start();
    const { pair } = await open();
    expect((await post('/api/pause', { ...HOST, Cookie: pair, ...headers })).status).toBe(status);
    expect(asked).toEqual(status === 200 ? ['pause'] : []);
  });

  it('is looked at by name and form, and forged ones open nothing', async () => {
    const { ask } = await start();
    for (const cookie of [
      'photos_sync=',
      `photos_sync=${'A'.repeat(43)}`,
      'photos_sync=../../etc/passwd',
      `x${'photos_sync='.repeat(500)}`,
    ])
      expect((await ask('/photos', { headers: { ...HOST, Cookie: cookie } })).status).toBe(401);
    expect(sessionCookieOf(`a=b;photos_sync=${'x'.repeat(43)} ; c=d`)).toBe('x'.repeat(43));
    expect(sessionCookieOf('photos_sync2=abcdefghijklmnopqrstuvwxyz')).toBeUndefined();
  });

  it('ends after thirty days without use, and the memory of sessions is bounded', () => {
    let nowMs = 0;
    const sessions = createSessions(() => nowMs);
    const first = sessions.begin();
    nowMs = 29 * 86_400_000;
    expect(sessions.isOpen(first)).toBe(true);
    nowMs += 29 * 86_400_000;
    expect(sessions.isOpen(first)).toBe(true);
    nowMs += 31 * 86_400_000;
    expect(sessions.isOpen(first)).toBe(false);
    const many = Array.from({ length: 60 }, () => sessions.begin());
    expect(many.filter((one) => sessions.isOpen(one))).toHaveLength(50);
    expect(new Set(many).size).toBe(60);
  });
});

describe('the read-only page', () => {
  it('changes nothing for anybody, and shows no buttons', async () => {
    const { ask, post, postForm, open, asked, codes, resends } = await start({ gate: { ...WITH_LOGIN, readOnly: true } });
    const { pair } = await open();
    for (const path of ['/api/sync', '/api/pause', '/api/reauthenticate', '/mfa?code=123456', '/resend_mfa?method=sms', '/api/command'])
      expect([path, (await post(path, { ...HOST, Authorization: bearer(TOKEN) })).status]).toEqual([path, 403]);
    for (const path of ['/sync', '/pause', '/resume', '/code', '/resend', '/act'])
      expect([path, (await postForm(path, 'code=123456', { ...HOST, ...SAME_ORIGIN, Cookie: pair })).status]).toEqual([path, 403]);
    expect([asked, codes, resends]).toEqual([[], [], []]);
    const page = String((await ask('/', { headers: { ...HOST, Cookie: pair } })).body);
    expect(page).toContain('Read-only page');
    expect(page).not.toMatch(/action="\/(sync|pause|resume|act)"/);
  });
});
