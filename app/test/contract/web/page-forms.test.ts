import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CodeVerdict } from '../../../src/ports/code-desk.ts';
import type { WebOptions } from '../../../src/web/server.ts';
import { CODE_AWAITED, fakeService, NOW } from './fake-service.ts';
import { basic, PASSWORD, startWeb, WITH_LOGIN } from './web-server.ts';

const OWNER = { Authorization: basic(PASSWORD) };

async function startForms(options: Partial<WebOptions> & { waiting?: boolean; willing?: boolean } = {}) {
  const fake = fakeService(CODE_AWAITED, options.willing);
  const web = await startWeb({ gate: WITH_LOGIN, service: fake.service, epochMs: () => NOW, ...options });
  const send = async (path: string, body = '') => {
    const { status, headers } = await web.postForm(path, body, OWNER);
    return status === 303 ? headers.location : status;
  };
  return { ...web, ...fake, send };
}

afterEach(() => vi.useRealTimers());

describe('the code form', () => {
  it.each([
    ['code=123456', ['123456']],
    ['code=123+456', ['123456']],
    ['code=%20123-456%0A', ['123456']],
    ['code=123456&code=654321', ['123456']],
  ])('takes %j', async (body, expected) => {
    const { send, codes } = await startForms();
    expect(await send('/code', body)).toBe('/?notice=code-accepted');
    expect(codes).toEqual(expected);
  });

  it.each(['', 'code=', 'code=12345', 'code=1234567', 'code=12345a', 'code[]=123456', '{"code":"123456"}'])('refuses %j', async (body) => {
    const { send, codes } = await startForms();
    expect(await send('/code', body)).toBe('/?notice=code-format');
    expect(codes).toEqual([]);
  });

  it('looks neither at the address nor at other kinds of bodies', async () => {
    const { post, ask, codes } = await startForms();
    expect((await post('/code?code=123456', OWNER)).headers.location).toBe('/?notice=code-format');
    const plain = await ask('/code', { method: 'POST', body: 'code=123456', headers: { ...OWNER, 'Content-Type': 'text/plain' } });
    expect(plain.headers.location).toBe('/?notice=code-format');
    expect(codes).toEqual([]);
  });

  it.each<[CodeVerdict, string]>([
    ['accepted', 'Apple accepted the code.'],
    ['refused', 'Apple did not accept the code.'],
    ['not-awaited', 'No sign-in is waiting for a code right now.'],
  ])("tells Apple's verdict: %s", async (verdict, words) => {
    const { send, state, ask, lines } = await startForms();
    state.verdict = async () => verdict;
    const location = await send('/code', 'code=123456');
    expect(location).toBe(`/?notice=code-${verdict}`);
    expect((await ask(String(location), { headers: OWNER })).body).toContain(words);
    expect(lines.join('\n')).not.toContain('123456');
  });

  it('tells when Apple could not be asked, and when nobody waits', async () => {
    const { send, state, lines } = await startForms();
    state.verdict = () => Promise.reject(new Error('no network'));
    expect(await send('/code', 'code=123456')).toBe('/?notice=code-failed');
    expect(lines.join('\n')).toContain('no network');
    state.waiting = false;
    expect(await send('/code', 'code=123456')).toBe('/?notice=code-not-awaited');
  });

  it('does not let a browser wait for Apple without end', async () => {
    const { send, state, codes } = await startForms();
    state.verdict = () => new Promise(() => {});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answer = send('/code', 'code=123456');
    await vi.waitUntil(() => codes.length === 1);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await answer).toBe('/?notice=code-checking');
  });

  it('shares its limit with the endpoint', async () => {
    const { send, post, codes } = await startForms();
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await send('/code', 'code=000000')).toBe('/?notice=code-accepted');
      expect((await post('/mfa?code=000000', OWNER)).status).toBe(200);
    }
    expect(await send('/code', 'code=000000')).toBe(429);
    expect(codes).toHaveLength(10);
  });

  it('refuses a body that is larger than any form here', async () => {
    const { send, codes } = await startForms();
    expect(await send('/code', `code=123456&more=${'x'.repeat(1100)}`)).toBe(413);
    expect(codes).toEqual([]);
  });
});

describe('the other forms', () => {
  it.each([
    ['method=device', { method: 'device' }],
    ['method=sms&phoneNumberId=7', { method: 'sms', phoneId: 7 }],
    ['method=voice', { method: 'voice', phoneId: undefined }],
  ])('asks for another code: %s', async (body, wish) => {
    const { send, resends } = await startForms();
    expect(await send('/resend', body)).toBe('/?notice=code-resent');
    expect(resends).toEqual([wish]);
  });

  it.each(['', 'method=pigeon', 'method=sms&phoneNumberId=x'])('refuses the wish %j', async (body) => {
    const { send, resends } = await startForms();
    expect(await send('/resend', body)).toBe('/?notice=code-not-awaited');
    expect(resends).toEqual([]);
  });

  it('leaves it to the desk whether a wish can be fulfilled while nobody waits', async () => {
    const { resends, ...rest } = await startForms({ waiting: false });
    expect(await rest.send('/resend', 'method=device')).toBe('/?notice=code-not-awaited');
    const willing = { awaiting: () => false, submit: async () => 'not-awaited' as const, resend: () => true };
    const { send, post } = await startForms({ desk: willing });
    expect(await send('/resend', 'method=device')).toBe('/?notice=code-resent');
    expect((await post('/api/resend_mfa?method=device', OWNER)).status).toBe(200);
  });

  it.each([
    ['/sync', 'sync', 'sync-asked', 'Sync requested.'],
    ['/pause', 'pause', 'paused', 'Paused. No sync until you go on.'],
    ['/resume', 'resume', 'resumed', 'Syncs go on as scheduled.'],
  ])('POST %s', async (path, wish, notice, words) => {
    const { send, asked, ask } = await startForms();
    expect(await send(path)).toBe(`/?notice=${notice}`);
    expect(asked).toEqual([wish]);
    expect((await ask(`/?notice=${notice}`, { headers: OWNER })).body).toContain(words);
  });

  it('says when a sync is not possible', async () => {
    const { send } = await startForms({ willing: false });
    expect(await send('/sync')).toBe('/?notice=not-now');
  });
});

describe('forms of other sites', () => {
  it.each(['/code', '/resend', '/sync', '/pause', '/resume'])(
    '%s is closed to them, with the password of the browser too',
    async (path) => {
      const { postForm, asked, codes, resends } = await startForms();
      const body = path === '/resend' ? 'method=device' : 'code=123456';
      for (const from of [
        { Origin: 'https://evil.example.com' },
        { Origin: 'null' },
        { 'Sec-Fetch-Site': 'cross-site' },
        { Host: 'nas.local', Origin: 'http://nas.local:8080' },
      ])
        expect((await postForm(path, body, { ...OWNER, ...from })).status).toBe(403);
      expect([asked, codes, resends]).toEqual([[], [], []]);
      const own = { Host: 'nas.local:8080', Origin: 'http://nas.local:8080', 'Sec-Fetch-Site': 'same-origin' };
      expect((await postForm(path, body, { ...OWNER, ...own })).status).toBe(303);
    },
  );
});
