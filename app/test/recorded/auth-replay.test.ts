import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeAnswer } from '../../src/adapters/icloud/cloudkit.ts';
import type { SessionState } from '../../src/adapters/icloud/session.ts';
import { ANYWHERE, CREDENTIALS, NO_NUMBERS, NOW_MS, replay } from './auth-replay-support.ts';
import { withFixture } from './shared-fixtures.ts';

const signal = new AbortController().signal;
const MINUTE_MS = 60_000;

/** Recordings that no path of our client leads to. */
const NOT_MET: Readonly<Record<string, string>> = {
  '2sa-list-devices': 'two-step accounts are believed extinct (authentication.md §5.7) and are not supported',
  '2sa-send-code': 'two-step accounts are not supported',
  '2sa-validate-wrong': 'two-step accounts are not supported',
  'federate-200-not-federated': 'the question is optional; -22320 at the password step says the same',
  'logout-200': 'a backup service never signs out: that would end the trust it lives on',
  'push-old-address-405': 'the old address is not called; the simulator answers 405 there so that a return to it fails every test',
  'security-key-post-409-accepted': 'a service cannot touch a key (decisions.md); accounts with keys are explained',
  'drive-423-missing-pcs':
    'recorded at the drive service, which is not used; the photo database is taken to say the same and is replayed as such',
};
/** Why the simulator is not compared with a recording that the client is tested against. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['2sa-list-devices', '2sa-send-code', '2sa-validate-wrong', 'security-key-post-409-accepted'].map((name) => [name, 'not met']),
  ),
  'accountlogin-200-haserror': 'one line of JSON that tests put in by a fault rule',
  'signin-legacy-200-rscd-401': 'an address Apple has retired; the simulator answers 503 there',
};

const withToken: Partial<SessionState> = { sessionToken: 'token-1234567890', trustToken: '2svtoken-1234567890' };
const TO_CODE = ['signin-init-200', 'signin-complete-409-hsa2'] as const;

withFixture('auth', 'recorded sign-ins', (folder) => {
  const open = (names: readonly string[], before?: Partial<SessionState>) => replay(folder, names, before);
  const names = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.replace('.json', ''));
  const responseOf = (name: string) =>
    JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).response as { status: number; body: unknown };

  it('are each replayed, or listed with the reason why they are not', () => {
    const source = readFileSync(import.meta.filename, 'utf8');
    const missing = names().filter((name) => !(name in NOT_MET) && source.split(`'${name}'`).length < 2);
    expect(missing).toEqual([]);
  });

  it('are each matched by the simulator, or listed with the reason', () => {
    const shapes = readFileSync(join(import.meta.dirname, 'simulator', 'sign-in-shapes.test.ts'), 'utf8');
    expect(names().filter((name) => !(name in NOT_COMPARED) && !shapes.includes(name))).toEqual([]);
  });

  describe('validate', () => {
    it('validate-200: the login is valid, with the service map of today', async () => {
      const { account, session } = await open(['validate-200'], withToken);
      expect(await account.validate(signal)).toBe('signed-in');
      expect(session.state).toMatchObject({ dsid: '12345678901', keysRequired: true, loggedInAtMs: NOW_MS });
      expect(session.state.databaseUrl).toMatch(/^https:\/\/p\d+-ckdatabasews\.icloud\.com/);
    });

    it('validate-421-missing-cookie: the next step is tried, the trust token stays', async () => {
      const { account, session } = await open(['validate-421-missing-cookie'], withToken);
      expect(await account.validate(signal)).toBe('expired');
      expect(session.state.trustToken).toBe('2svtoken-1234567890');
    });
  });

  describe('accountLogin', () => {
    it.each(['accountlogin-200-trusted', 'accountlogin-200-cookies-full'])('%s: signed in', async (name) => {
      const { account, sent } = await open([name], withToken);
      expect(await account.login(signal)).toBe('signed-in');
      expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
        accountCountryCode: 'USA',
        dsWebAuthToken: 'token-1234567890',
        extended_login: true,
        trustToken: '2svtoken-1234567890',
      });
    });

    it('accountlogin-200-cookies-full: cookies keep their domain and quotes, a tombstone deletes, the keys are there', async () => {
      const { account, session } = await open(['accountlogin-200-cookies-full'], withToken);
      await account.login(signal);
      const header = await session.jar.getCookieString('https://p61-ckdatabasews.icloud.com/');
      expect(header).toContain('X-APPLE-WEBAUTH-TOKEN="v=2:t=');
      expect(header).not.toContain('HSA-LOGIN');
      expect(account.lacksKeys()).toBe(false);
      expect(account.trustDates().cookieEndsMs).toBe(Date.UTC(2035, 2, 3));
    });

    it('accountlogin-200-needs-2fa: a code is needed although the status is 200', async () => {
      const { account, session } = await open(['accountlogin-200-needs-2fa'], withToken);
      expect(await account.login(signal)).toBe('code-needed');
      expect(session.state.databaseUrl).toBeUndefined();
    });

    it.each(['accountlogin-400-invalid-token', 'accountlogin-421', 'accountlogin-200-haserror'])(
      '%s: the next step is tried',
      async (name) => {
        expect(await (await open([name], withToken)).account.login(signal)).toBe('expired');
      },
    );

    it('accountlogin-200-terms-pending: a person is needed', async () => {
      const { account } = await open(['accountlogin-200-terms-pending'], withToken);
      await expect(account.login(signal)).rejects.toMatchObject({ code: 'terms-pending' });
    });

    it('accountlogin-302-domain-to-use: switched once, in the other form too, and no second time', async () => {
      const { account, sent, session } = await open(['accountlogin-302-domain-to-use', 'accountlogin-200-trusted'], withToken);
      expect(await account.login(signal)).toBe('signed-in');
      expect(sent.map(({ url }) => new URL(url).host)).toEqual(['setup.icloud.com', 'setup.icloud.com.cn']);
      expect(sent[1]?.headers.Origin).toBe('https://www.icloud.com.cn');
      expect(session.state.movedRegion).toEqual({ configured: 'world', actual: 'china' });
      const again = await open(['accountlogin-302-domain-to-use', 'accountlogin-302-domain-to-use'], withToken);
      await expect(again.account.login(signal)).rejects.toMatchObject({ code: 'wrong-region' });
    });
  });

  describe('the password', () => {
    it('signin-init-200, signin-complete-409-hsa2: JSON labelled as HTML is read; a code is needed; the transaction is kept', async () => {
      const { account, sent, session } = await open(TO_CODE);
      expect(await account.signIn(CREDENTIALS, signal)).toBe('code-needed');
      expect(session.state).toMatchObject({
        scnt: 'scnt-1234567890',
        sessionId: 'sess-1234567890',
        sessionToken: 'token-1234567890',
        accountCountry: 'USA',
      });
      expect(session.state.attempts.signIns).toEqual([NOW_MS]);
      expect(JSON.parse(sent.at(-1)?.body ?? '')).toMatchObject({ accountName: 'jdoe@example.com', rememberMe: true, trustTokens: [] });
    });

    it('signin-complete-409-security-key: names the keys', async () => {
      const { account } = await open(['signin-init-200', 'signin-complete-409-security-key']);
      await expect(account.signIn(CREDENTIALS, signal)).rejects.toMatchObject({
        code: 'security-key-needed',
        message: expect.stringContaining('YubiKey 5C'),
      });
    });

    it('signin-complete-401-20101: remembered, not tried again', async () => {
      const { account } = await open(['signin-init-200', 'signin-complete-401-20101']);
      await expect(account.signIn(CREDENTIALS, signal)).rejects.toMatchObject({ code: 'password-refused' });
      expect(account.wasRefused(CREDENTIALS)).toBe(true);
      expect(account.wasRefused({ ...CREDENTIALS, password: 'corrected' })).toBe(false);
    });

    it('signin-complete-412-repair, repair-complete-200: passed by once, then the login', async () => {
      const { account, sent, left } = await open([
        'signin-init-200',
        'signin-complete-412-repair',
        'repair-complete-200',
        'accountlogin-200-trusted',
      ]);
      expect(await account.signIn(CREDENTIALS, signal)).toBe('signed-in');
      expect(await account.login(signal)).toBe('signed-in');
      const repair = sent.find(({ url }) => url.endsWith('/repair/complete'));
      expect([repair?.body, repair?.headers.Origin]).toEqual(['{}', 'https://www.icloud.com']);
      expect(left()).toEqual([]);
    });

    it('signin-init-503: the attempt ends, nothing is sent for a quarter of an hour, no proof was spent', async () => {
      const { account, sent, session } = await open(['signin-init-503'], withToken);
      await expect(account.signIn(CREDENTIALS, signal)).rejects.toMatchObject({ code: 'rate-limited', retryAtMs: NOW_MS + 15 * MINUTE_MS });
      await expect(account.login(signal)).rejects.toMatchObject({ code: 'rate-limited' });
      expect(sent).toHaveLength(1);
      expect(session.state.attempts).toMatchObject({ signIns: [], blockedUntilMs: NOW_MS + 15 * MINUTE_MS });
      expect(account.mayTry('sign-in', true)).toMatchObject({ may: false, because: 'apple' });
    });

    it('signin-legacy-200-rscd-401: the real status stands in a header, at whatever address', async () => {
      const { account } = await open(['signin-init-200', `signin-legacy-200-rscd-401${ANYWHERE}`]);
      await expect(account.signIn(CREDENTIALS, signal)).rejects.toMatchObject({ code: 'sign-in-refused', context: { status: 401 } });
    });
  });

  describe('codes', () => {
    async function atCode(more: readonly string[]) {
      const opened = await open([...TO_CODE, ...more]);
      await opened.account.signIn(CREDENTIALS, signal);
      return opened;
    }

    it('push-put-202: a PUT without a body', async () => {
      const { account, sent } = await atCode(['push-put-202']);
      expect(await account.pushCode(signal)).toBe('sent');
      expect(sent.at(-1)).toMatchObject({ method: 'PUT', headers: { scnt: 'scnt-1234567890', Origin: 'https://www.icloud.com' } });
      expect(sent.at(-1)).not.toHaveProperty('body');
    });

    it('auth-get-json-numbers: the id is the listed one, not 1', async () => {
      const { account } = await atCode(['auth-get-json-numbers']);
      expect(await account.codeWays(signal)).toEqual({ phones: [{ id: 2, maskedNumber: '+49 ••••• •••••07' }], bridge: false });
    });

    it.each([
      ['auth-get-html-boot-args-2023', false, [1]],
      ['auth-get-html-boot-args-bridge-2026', true, [3, 4]],
    ] as const)('%s: numbers from the page when the JSON has none; the bridge is recognised', async (name, bridge, ids) => {
      const { account, sent } = await atCode([NO_NUMBERS, name]);
      const ways = await account.codeWays(signal);
      expect([ways.bridge, ways.phones.map(({ id }) => id)]).toEqual([bridge, ids]);
      expect(sent.at(-1)?.headers.Accept).toBe('text/html');
    });

    it('phone-code-put-200, phone-code-post-200: same number, same way', async () => {
      const { account, sent } = await atCode(['phone-code-put-200', 'phone-code-post-200']);
      expect(await account.sendCode('sms', 1, signal)).toBe('sent');
      expect(await account.submitCode('012345', signal)).toBe('accepted');
      expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual({ phoneNumber: { id: 1 }, securityCode: { code: '012345' }, mode: 'sms' });
    });

    it('phone-code-put-too-many-sent: no more codes for an hour, by any way', async () => {
      const { account } = await atCode(['phone-code-put-too-many-sent']);
      expect(await account.sendCode('sms', 1, signal)).toBe('too-many');
      expect(account.mayTry('push', true)).toMatchObject({ may: false, because: 'apple' });
      expect(account.mayTry('sign-in', false)).toEqual({ may: true });
    });

    it('device-code-post-204, trust-204: trusted from now on, with the newest session token', async () => {
      const { account, session } = await atCode(['device-code-post-204', 'trust-204']);
      expect(await account.submitCode('012345', signal)).toBe('accepted');
      await account.trust(signal);
      expect(session.state).toMatchObject({
        trustToken: '2svtoken-1234567890',
        sessionToken: 'sessiontoken-1234567890',
        trustedAtMs: NOW_MS,
      });
    });

    it('device-code-post-400-wrong: may be corrected', async () => {
      const { account } = await atCode(['device-code-post-400-wrong', 'device-code-post-204']);
      expect(await account.submitCode('111111', signal)).toBe('refused');
      expect(await account.submitCode('012345', signal)).toBe('accepted');
    });

    it('device-code-post-409-accepted-with-token: accepted all the same', async () => {
      const { account, session } = await atCode(['device-code-post-409-accepted-with-token']);
      expect(await account.submitCode('654321', signal)).toBe('accepted');
      expect(session.state.sessionToken).toBe('sessiontoken-409-1234567890');
    });
  });

  describe('Advanced Data Protection', () => {
    it('webaccess-adp-off, webaccess-adp-no-consent, enable-consent-200: whether and how to ask', async () => {
      const { account } = await open(['webaccess-adp-off', 'webaccess-adp-no-consent', 'enable-consent-200'], withToken);
      expect(await account.webAccess(signal)).toBe('open');
      expect(await account.webAccess(signal)).toBe('consent-needed');
      expect(await account.askConsent(signal)).toBe(true);
    });

    it('requestpcs-failure-arming, requestpcs-success: done when both cookies are there', async () => {
      const { account } = await open(['requestpcs-failure-arming', 'requestpcs-success'], { ...withToken, keysRequired: true });
      expect(account.lacksKeys()).toBe(true);
      expect(await account.fetchKeys(true, signal)).toBe('approval');
      expect(await account.fetchKeys(false, signal)).toBe('there');
      expect(account.lacksKeys()).toBe(false);
    });

    it('requestpcs-500-terms-or-web-off: not a server fault but something for a person', async () => {
      const { account } = await open(['requestpcs-500-terms-or-web-off'], withToken);
      await expect(account.fetchKeys(true, signal)).rejects.toMatchObject({
        code: 'sign-in-refused',
        message: expect.stringContaining('terms'),
      });
    });
  });

  describe('the photo database', () => {
    it.each([
      ['ck-401-no-auth-method', 'problem', 'security-key-needed'],
      ['ck-403-access-denied', 'keys-missing', 'web-access-off'],
      ['drive-423-missing-pcs', 'keys-missing', 'approval-needed'],
    ] as const)('%s: %s, %s', (name, is, code) => {
      const { status, body } = responseOf(name);
      const answer = { headers: {}, text: JSON.stringify(body) };
      expect(judgeAnswer({ ...answer, status }, '/records/query', NOW_MS)).toMatchObject({ is, problem: { code } });
      if (status === 403) expect(judgeAnswer({ ...answer, status: 200 }, '/records/query', NOW_MS)).toMatchObject({ is });
    });
  });
});
