import { describe, expect, it } from 'vitest';
import { startWeb } from './web-server.ts';

const NOT_AWAITED = { message: 'MFA code not awaited: no sign-in is waiting for one right now' };

describe.each(['/mfa', '/api/mfa'])('POST %s', (path) => {
  it('takes six digits and repeats them', async () => {
    const { post, codes } = await startWeb();
    expect(await post(`${path}?code=012345`)).toMatchObject({ status: 200, body: { message: 'Read MFA code: 012345' } });
    expect(codes).toEqual(['012345']);
  });

  it.each([
    '',
    '?code=',
    '?code=12345',
    '?code=1234567',
    '?code=12345a',
    '?code=%2B12345',
    '?code=123456&code=654321',
    '?code[]=123456',
    '?Code=123456',
  ])('refuses %j', async (query) => {
    const { post, codes } = await startWeb();
    expect(await post(path + query)).toMatchObject({ status: 400, body: { message: 'Unexpected MFA code format! Expecting 6 digits' } });
    expect(codes).toEqual([]);
  });

  it('says when no code is awaited', async () => {
    const { post, codes } = await startWeb({ waiting: false });
    expect(await post(`${path}?code=123456`)).toMatchObject({ status: 412, body: NOT_AWAITED });
    expect(await post(`${path}?code=1`)).toMatchObject({ status: 400 });
    expect(codes).toEqual([]);
  });

  it('answers before Apple does', async () => {
    const { post, state } = await startWeb();
    state.verdict = () => new Promise(() => {});
    expect((await post(`${path}?code=123456`)).status).toBe(200);
  });

  it('never logs the code, whatever becomes of it', async () => {
    const { post, state, lines } = await startWeb();
    await post(`${path}?code=123456`);
    state.verdict = () => Promise.reject(new Error('no network'));
    await post(`${path}?code=123456`);
    await new Promise((done) => setImmediate(done));
    expect(lines.join('\n')).toContain('warn The code could not be handed to Apple. {"reason":"no network"}');
    expect(lines.join('\n')).not.toContain('123456');
  });
});

describe.each(['/resend_mfa', '/api/resend_mfa'])('POST %s', (path) => {
  it.each([
    ['?method=device', 'device', { method: 'device' }],
    ['?method=device&phoneNumberId=2', 'device', { method: 'device' }],
    ['?method=sms', 'sms', { method: 'sms', phoneId: undefined }],
    ['?method=sms&phoneNumberId=2', 'sms', { method: 'sms', phoneId: 2 }],
    ['?method=voice&phoneNumberId=', 'voice', { method: 'voice', phoneId: undefined }],
    ['?method=voice&phoneNumberId=7', 'voice', { method: 'voice', phoneId: 7 }],
  ])('passes %s on', async (query, method, wish) => {
    const { post, resends } = await startWeb();
    expect(await post(path + query)).toMatchObject({ status: 200, body: { message: `Requesting MFA resend with method ${method}` } });
    expect(resends).toEqual([wish]);
  });

  it.each([
    ['', 'Method does not match expected format'],
    ['?method=pigeon', 'Method does not match expected format'],
    ['?method=sms&method=voice', 'Method does not match expected format'],
    ['?method=sms&phoneNumberId=two', 'Phone number id does not match expected format'],
    ['?method=sms&phoneNumberId=-1', 'Phone number id does not match expected format'],
  ])('refuses %j', async (query, message) => {
    const { post, resends } = await startWeb();
    expect(await post(path + query)).toMatchObject({ status: 400, body: { message } });
    expect(resends).toEqual([]);
  });

  it('says when no code is awaited', async () => {
    const { post } = await startWeb({ waiting: false });
    expect(await post(`${path}?method=sms`)).toMatchObject({ status: 412, body: NOT_AWAITED });
  });
});

describe('every answer', () => {
  it('says that the process is alive', async () => {
    const { ask } = await startWeb({ waiting: false });
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['GET', '/mfa?code=123456', 'POST'],
    ['PUT', '/api/mfa?code=123456', 'POST'],
    ['OPTIONS', '/api/mfa', 'POST'],
    ['GET', '/resend_mfa?method=sms', 'POST'],
    ['DELETE', '/api/resend_mfa', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('refuses %s %s with 405', async (method, path, allowed) => {
    const { ask, codes, resends } = await startWeb();
    const answer = await ask(path, { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: allowed }, body: { message: `Only ${allowed} is possible here` } });
    expect([codes, resends]).toEqual([[], []]);
  });

  it.each(['/', '/MFA', '/mfa/', '/%6dfa', '//mfa', '/api', '/api/mfa/x', '/state', '/healthz/', '/favicon.ico', '/mfa%', '/..%2fmfa'])(
    'knows nothing at %s',
    async (path) => {
      const { post, codes } = await startWeb();
      expect(await post(`${path}?code=123456`)).toMatchObject({ status: 404, body: { message: 'There is nothing at this address' } });
      expect(codes).toEqual([]);
    },
  );

  it.each([
    ['POST', '/mfa?code=123456', {}],
    ['POST', '/mfa', {}],
    ['GET', '/nowhere', {}],
    ['GET', '/healthz', { Host: 'photos.example.com' }],
  ])('is closed tight: %s %s %j', async (method, path, headers) => {
    const { ask } = await startWeb();
    const answer = await ask(path, { method, headers });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    expect(
      Object.keys(answer.headers).filter((name) => name === 'x-powered-by' || name === 'etag' || name.startsWith('access-control-')),
    ).toEqual([]);
  });
});

describe('bodies', () => {
  it('reads over a small one', async () => {
    const { ask, codes } = await startWeb();
    expect(await ask('/mfa?code=123456', { method: 'POST', body: 'code=654321' })).toMatchObject({ status: 200 });
    expect(await ask('/mfa?code=123456', { method: 'POST', body: ['a', 'b'], headers: { 'Transfer-Encoding': 'chunked' } })).toMatchObject({
      status: 200,
    });
    expect(codes).toEqual(['123456', '123456']);
  });

  it('refuses a large one that says so, and one that does not', async () => {
    const { ask, codes } = await startWeb();
    const large = 'x'.repeat(1025);
    expect(await ask('/mfa?code=123456', { method: 'POST', body: large, headers: { 'Content-Length': '1025' } })).toMatchObject({
      status: 413,
    });
    expect(
      await ask('/mfa?code=123456', { method: 'POST', body: ['x'.repeat(600), large], headers: { 'Transfer-Encoding': 'chunked' } }),
    ).toMatchObject({ status: 413 });
    expect(codes).toEqual([]);
  });

  it('refuses headers without end', async () => {
    const { ask } = await startWeb();
    expect((await ask('/healthz', { headers: { 'X-Long': 'x'.repeat(9000) } }).catch(() => ({ status: 431 }))).status).toBe(431);
  });
});

describe('a base path', () => {
  it('is served, and so is the root for commands inside the container and proxies that take it off', async () => {
    const { ask, post } = await startWeb({ basePath: '/photos/sync' });
    expect(await post('/photos/sync/api/mfa?code=123456')).toMatchObject({ status: 200 });
    expect(await post('/mfa?code=123456')).toMatchObject({ status: 200 });
    expect(await ask('/photos/sync/healthz')).toMatchObject({ status: 200 });
    expect(await ask('/photos/healthz')).toMatchObject({ status: 404 });
    expect(await ask('/Photos/sync/healthz')).toMatchObject({ status: 404 });
  });
});
