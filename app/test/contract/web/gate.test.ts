import { describe, expect, it } from 'vitest';
import { type Access, type GateSettings, judgeRequest, type RequestFacts } from '../../../src/web/gate.ts';
import { basic, bearer, NO_LOGIN, PASSWORD, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const ROUTES = [
  ['POST', '/mfa?code=123456'],
  ['POST', '/api/mfa?code=123456'],
  ['POST', '/resend_mfa?method=sms'],
  ['POST', '/api/resend_mfa?method=sms'],
  ['GET', '/healthz'],
] as const;

const CALLERS: readonly (readonly [string, Readonly<Record<string, string>>, number, number])[] = [
  // caller, headers, status while no login is set, status while one is set
  ['this machine', {}, 200, 200],
  ['this machine by address', { Host: '127.0.0.1' }, 200, 200],
  ['this machine by IPv6 address', { Host: '[::1]:80' }, 200, 200],
  ['this machine by another name of it', { Host: 'nas.local' }, 403, 401],
  ['this machine by its address in the network', { Host: '192.168.1.5:8080' }, 403, 401],
  ['a proxy on this machine', { 'X-Forwarded-For': '203.0.113.9' }, 403, 401],
  ['a proxy that says so differently', { Forwarded: 'for=203.0.113.9' }, 403, 401],
  ['a proxy with another header', { 'X-Forwarded-Proto': 'https' }, 403, 401],
  ['a proxy with yet another header', { 'X-Real-IP': '203.0.113.9' }, 403, 401],
  ['a foreign host name', { Host: 'evil.example.com' }, 421, 421],
  ['a foreign host name with the password', { Host: 'evil.example.com', Authorization: basic(PASSWORD) }, 421, 421],
  ['a host name that is none', { Host: 'a b' }, 421, 421],
  ['the right password', { Host: 'nas.local', Authorization: basic(PASSWORD) }, 403, 200],
  ['the right password under any user name', { Host: 'nas', Authorization: basic(PASSWORD, '') }, 403, 200],
  ['the right password through a proxy', { 'X-Forwarded-For': '203.0.113.9', Authorization: basic(PASSWORD) }, 403, 200],
  ['the right token', { Host: '192.168.1.5', Authorization: bearer(TOKEN) }, 403, 200],
  ['a wrong password', { Host: 'nas.local', Authorization: basic('guess') }, 403, 401],
  ['a wrong password on this machine', { Authorization: basic('guess') }, 200, 401],
  ['a wrong token', { Host: 'nas.local', Authorization: bearer(`${TOKEN}x`) }, 403, 401],
  ['the token as password', { Host: 'nas.local', Authorization: basic(TOKEN) }, 403, 401],
  ['the password as token', { Host: 'nas.local', Authorization: bearer(PASSWORD.replace('é', 'e')) }, 403, 401],
  ['an empty password', { Host: 'nas.local', Authorization: basic('') }, 403, 401],
  ['a login of an unknown kind', { Host: 'nas.local', Authorization: 'Digest username="me"' }, 403, 401],
];

describe.each(CALLERS)('%s', (_, headers, withoutLogin, withLogin) => {
  it.each(ROUTES)('%s %s', async (method, path) => {
    for (const [gate, status] of [
      [NO_LOGIN, withoutLogin],
      [WITH_LOGIN, withLogin],
    ] as const) {
      const { ask, codes, resends } = await startWeb({ gate });
      const answer = await ask(path, { method, headers });
      expect(answer.status).toBe(status);
      if (status !== 200) expect([codes, resends]).toEqual([[], []]);
      expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="photos-sync", charset="UTF-8"' : undefined);
    }
  });
});

describe('pages of other sites', () => {
  it.each([
    ['another site', { Origin: 'https://evil.example.com' }, 403],
    ['another site, as the browser sees it', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a sandboxed page', { Origin: 'null' }, 403],
    ['another port of this machine', { Host: 'localhost:80', Origin: 'http://localhost:3000' }, 403],
    ['an origin that is none', { Origin: 'localhost' }, 403],
    ['two origins', { Host: 'localhost', Origin: 'http://localhost, http://evil.example.com' }, 403],
    ['this very page', { Host: 'localhost:8080', Origin: 'http://localhost:8080', 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['this very page behind TLS', { Host: 'localhost', Origin: 'https://localhost' }, 200],
    ['this very page with the usual port named', { Host: 'localhost:80', Origin: 'http://localhost' }, 200],
    ['no page at all', { 'Sec-Fetch-Site': 'none' }, 200],
  ])('%s', async (_, headers, status) => {
    const { post, codes } = await startWeb({ gate: WITH_LOGIN });
    expect((await post('/mfa?code=123456', headers)).status).toBe(status);
    expect((await post('/mfa?code=123456', { ...headers, Authorization: basic(PASSWORD) })).status).toBe(status);
    expect(codes).toHaveLength(status === 200 ? 2 : 0);
  });
});

describe('the decision', () => {
  const judge = (facts: Partial<RequestFacts>, settings: GateSettings = NO_LOGIN) => {
    const verdict = judgeRequest(
      {
        access: 'open',
        method: 'POST',
        remoteAddress: '127.0.0.1',
        host: 'localhost',
        origin: undefined,
        secFetchSite: undefined,
        authorization: undefined,
        forwarded: false,
        ...facts,
      },
      settings,
    );
    return verdict.allow ? 'allowed' : verdict.because;
  };

  it.each([
    ['127.0.0.1', 'allowed'],
    ['127.8.9.10', 'allowed'],
    ['::1', 'allowed'],
    ['::ffff:127.0.0.1', 'allowed'],
    ['172.17.0.1', 'no-login-set'],
    ['::ffff:192.168.1.7', 'no-login-set'],
    ['203.0.113.9', 'no-login-set'],
    ['2001:db8::1', 'no-login-set'],
    ['127.0.0.1.evil.example', 'no-login-set'],
    [undefined, 'no-login-set'],
  ])('from %s, claiming to be localhost: %s', (remoteAddress, expected) => {
    expect(judge({ remoteAddress })).toBe(expected);
  });

  it('lets a login in from anywhere', () => {
    const facts = { remoteAddress: '203.0.113.9', host: 'nas' };
    expect(judge({ ...facts, authorization: basic(PASSWORD) }, WITH_LOGIN)).toBe('allowed');
    expect(judge({ ...facts, authorization: bearer(TOKEN) }, WITH_LOGIN)).toBe('allowed');
    expect(judge(facts, WITH_LOGIN)).toBe('login-needed');
    expect(judge({ ...facts, authorization: bearer(TOKEN) }, { ...WITH_LOGIN, token: undefined })).toBe('wrong-login');
    expect(judge({ ...facts, authorization: bearer('') }, WITH_LOGIN)).toBe('wrong-login');
  });

  it.each<[Access, string]>([
    ['open', 'allowed'],
    ['unknown', 'allowed'],
    ['login', 'no-login-set'],
  ])('on this machine without a login, route %s: %s', (access, expected) => {
    expect(judge({ access })).toBe(expected);
  });

  it.each([
    ['192.168.1.5:8080', true],
    ['[fd00::5]:8080', true],
    ['photos-sync', true],
    ['NAS.Local', true],
    ['nas.lan.', true],
    ['nas.home.arpa', true],
    ['photos.internal:80', true],
    ['photos.example.com', true],
    ['a.b.example.org', true],
    ['example.org', false],
    ['evilexample.org', false],
    ['example.com', false],
    ['photos.example.com.evil.example', false],
    ['local', true],
    ['evil-local.com', false],
    ['localhost.evil.example', false],
    ['192.168.1.5.evil.example', false],
    ['[::1', false],
    ['user@nas', false],
    ['', false],
    [undefined, false],
  ])('host %s allowed: %s', (host, allowed) => {
    const settings = { ...WITH_LOGIN, allowedHosts: ['photos.example.com', '*.example.org'] };
    expect(judge({ host, authorization: basic(PASSWORD) }, settings)).toBe(allowed ? 'allowed' : 'host');
  });

  it('says how to set a password while none is set', async () => {
    const { ask } = await startWeb();
    const answer = await ask('/healthz', { headers: { Host: 'nas.local' } });
    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.stringify(answer.body)).toContain('WEB_PASSWORD');
  });

  it('asks strangers to log in before it tells them what exists', async () => {
    const { ask } = await startWeb({ gate: WITH_LOGIN });
    expect(await ask('/nowhere', { headers: { Host: 'nas.local' } })).toMatchObject({ status: 401 });
    expect(await ask('/nowhere', { headers: { Host: 'nas.local', Authorization: basic(PASSWORD) } })).toMatchObject({ status: 404 });
  });
});
