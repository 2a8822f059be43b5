import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { openWebPage, type WireAnswer } from '../../contract/simulator/web-page.ts';
import { cookieForm, haveRecordings, notRun, recordedAnswer, shapeDifferences } from './recordings.ts';

/** Headers that belong to the recording session, or that HTTP itself writes. */
const NOT_COMPARED = new Set(['set-cookie', 'content-type']);

function expectLike(answer: WireAnswer, recording: string, ignored: readonly string[] = []): void {
  const { status, headers, body } = recordedAnswer(`auth/${recording}`);
  expect(answer.status).toBe(status);
  const missing = Object.keys(headers).filter(
    (name) => !NOT_COMPARED.has(name.toLowerCase()) && answer.headers[name.toLowerCase()] === undefined,
  );
  expect(missing).toEqual([]);
  expect(String(answer.headers['content-type']).split(';')[0]).toBe(
    String(headers['Content-Type'] ?? answer.headers['content-type']).split(';')[0],
  );
  if (body === null) expect(answer.bytes.length).toBe(0);
  else expect(shapeDifferences(body, answer.body, ignored)).toEqual([]);
}

if (!haveRecordings) it.skip(notRun(19));

describe.runIf(haveRecordings)('sign-in answers look like the recorded ones', () => {
  let simulator: Simulator;
  let page: ReturnType<typeof openWebPage>;
  const restart = async (account: Parameters<typeof startSimulator>[0] = {}) => {
    await simulator?.close();
    simulator = await startSimulator({ library: { assets: 0, seed: 1 }, ...account });
    page = openWebPage(simulator);
  };
  beforeAll(() => restart());
  afterAll(() => simulator?.close());

  const init = () =>
    page.idmsa('POST', '/signin/init', { body: { a: 'AAAC', accountName: 'tester@example.com', protocols: ['s2k', 's2k_fo'] } });
  const waitForCode = async () => {
    await restart();
    await page.passwordStep();
  };

  it('init', async () => {
    const answer = await init();
    expectLike(answer, 'signin-init-200');
    expect(answer.body.c).toMatch(/^d-\d+-[0-9a-f-]{36}:[A-Z]{2,4}$/);
    expect(Buffer.from(answer.body.b, 'base64')).toHaveLength(256);
    expect(Buffer.from(answer.body.salt, 'base64')).toHaveLength(16);
  });

  it('right password, code needed', async () => {
    await restart();
    expectLike(await page.passwordStep(), 'signin-complete-409-hsa2');
  });

  it('security keys on the account', async () => {
    await restart({ account: { securityKeys: ['YubiKey 5C'] } });
    expectLike(await page.passwordStep(), 'signin-complete-409-security-key', ['$.trustedDevices']);
  });

  it('wrong password', async () => {
    await restart();
    expectLike(await page.passwordStep({ password: 'wrong' }), 'signin-complete-401-20101');
  });

  it('auth state as JSON', async () => {
    await waitForCode();
    expectLike(await page.idmsa('GET', ''), 'auth-get-json-numbers');
  });

  it('auth state as a page, in both places of the numbers', async () => {
    for (const [authState, recording] of [
      ['none-then-html', 'auth-get-html-boot-args-bridge-2026'],
      ['none-then-html-old', 'auth-get-html-boot-args-2023'],
    ] as const) {
      await restart({ account: { authState } });
      await page.passwordStep();
      const answer = await page.idmsa('GET', '', { headers: { Accept: 'text/html' } });
      const bootArgs = (html: string) => JSON.parse(/class="boot_args">([^<]*)</.exec(html)?.[1] ?? '{}').direct.twoSV;
      const [wanted, got] = [bootArgs(recordedAnswer(`auth/${recording}`).body), bootArgs(answer.body)];
      const place = (twoSV: { bridgeInitiateData?: object }) => twoSV.bridgeInitiateData ?? twoSV;
      const numbers = [
        'cantUsePhoneNumberUrl',
        'recoveryWebUrl',
        'repairPhoneNumberWebUrl',
        'supportsCustodianRecovery',
        'hideSendSMSCodeOption',
        'supervisedChangePasswordFlow',
      ];
      const ignored = ['$.source_returnurl', ...numbers.map((name) => `$.phoneNumberVerification.${name}`)];
      expect(shapeDifferences(place(wanted), place(got), ignored)).toEqual([]);
    }
  });

  it('push to the devices, and its old address', async () => {
    await waitForCode();
    expectLike(await page.idmsa('PUT', '/verify/trusteddevice/securitycode'), 'push-put-202');
    expectLike(await page.idmsa('PUT', '/verify/trusteddevice'), 'push-old-address-405');
  });

  it('wrong and right device code', async () => {
    await waitForCode();
    await page.idmsa('PUT', '/verify/trusteddevice/securitycode');
    expectLike(await page.enterCode('wrong'), 'device-code-post-400-wrong');
    expectLike(await page.enterCode(simulator.account.currentCode() ?? ''), 'device-code-post-204');
    expectLike(await page.idmsa('GET', '/2sv/trust'), 'trust-204');
  });

  it('right device code as 409', async () => {
    await restart({ account: { codeAnswer: '409-with-token' } });
    await page.passwordStep();
    await page.idmsa('PUT', '/verify/trusteddevice/securitycode');
    expectLike(await page.enterCode(simulator.account.currentCode() ?? ''), 'device-code-post-409-accepted-with-token');
  });

  it('SMS: request, too many requests, code', async () => {
    await restart({ account: { codeSendLimit: 2 } });
    await page.passwordStep();
    const ask = () => page.idmsa('PUT', '/verify/phone', { body: { phoneNumber: { id: 2 }, mode: 'sms' } });
    expectLike(await ask(), 'phone-code-put-200');
    await ask();
    expectLike(await ask(), 'phone-code-put-too-many-sent');
    const body = { phoneNumber: { id: 2 }, securityCode: { code: simulator.account.smsCode(2) }, mode: 'sms' };
    expectLike(await page.idmsa('POST', '/verify/phone/securitycode', { body }), 'phone-code-post-200');
  });

  /** Parts of the login body that describe the recorded account and that no client reads. */
  const accountOnly = (body: object) => {
    const { dsInfo, webservices, ...rest } = body as Record<string, object>;
    const names = (value: object | undefined) => Object.keys(value ?? {});
    return { dsInfo: names(dsInfo), webservices: names(webservices), rest: names(rest) };
  };

  it('login: body and the whole set of cookies', async () => {
    await restart();
    const answer = await page.signIn();
    const { status, body, headers } = recordedAnswer('auth/accountlogin-200-cookies-full');
    expect(answer.status).toBe(status);
    const relied = [
      'dsid',
      'hsaVersion',
      'hsaEnabled',
      'isWebAccessAllowed',
      'hasICloudQualifyingDevice',
      'locked',
      'statusCode',
      'iCDPEnabled',
      'appleId',
      'languageCode',
    ];
    const pick = (from: Record<string, unknown>) => Object.fromEntries(relied.map((name) => [name, from[name]]));
    expect(shapeDifferences(pick(body.dsInfo), pick(answer.body.dsInfo))).toEqual([]);
    expect(accountOnly(body).rest.filter((name) => !accountOnly(answer.body).rest.includes(name))).toEqual([]);
    for (const name of ['ckdatabasews', 'photos', 'account', 'schoolwork', 'ckdeviceservice', 'sharedlibrary', 'uploadimagews'])
      expect(shapeDifferences(body.webservices[name], answer.body.webservices[name], ['$.iCloudEnv', '$.uploadUrl'])).toEqual([]);
    const forms = (lines: unknown) =>
      (Array.isArray(lines) ? lines : [])
        .map(cookieForm)
        .map(({ name, quoted }) => `${name} ${quoted}`)
        .sort();
    expect(forms(answer.headers['set-cookie'])).toEqual(forms(headers['Set-Cookie']));
    const token = (lines: unknown) =>
      cookieForm((Array.isArray(lines) ? lines : []).find((line: string) => line.startsWith('X-APPLE-WEBAUTH-TOKEN')) ?? '');
    // The recorded trusted login had a dated login cookie, as `extended_login` brings it.
    expect(token(answer.headers['set-cookie'])).toEqual(token(recordedAnswer('auth/accountlogin-200-trusted').headers['Set-Cookie']));
  });

  it('login without the second factor', async () => {
    await restart();
    await page.passwordStep();
    const answer = await page.accountLogin();
    const { body, headers } = recordedAnswer('auth/accountlogin-200-needs-2fa');
    expect([answer.body.hsaChallengeRequired, answer.body.hsaTrustedBrowser]).toEqual([body.hsaChallengeRequired, body.hsaTrustedBrowser]);
    const names = (lines: unknown) => (Array.isArray(lines) ? lines : []).map((line: string) => cookieForm(line).name);
    expect(names(answer.headers['set-cookie'])).toContain('X-APPLE-WEBAUTH-HSA-LOGIN');
    expect(names(answer.headers['set-cookie'])).not.toContain('X-APPLE-WEBAUTH-TOKEN');
    expect(names(headers['Set-Cookie'])).not.toContain('X-APPLE-WEBAUTH-TOKEN');
  });

  it('pending terms', async () => {
    await restart({ account: { terms: 'pending' } });
    const answer = await page.signIn();
    const { body, headers } = recordedAnswer('auth/accountlogin-200-terms-pending');
    expect(answer.body.termsUpdateNeeded).toBe(body.termsUpdateNeeded);
    const names = (lines: unknown) => (Array.isArray(lines) ? lines : []).map((line: string) => cookieForm(line).name).sort();
    expect(names(answer.headers['set-cookie'])).toEqual(names(headers['Set-Cookie']));
  });

  it('validate with and without a login, web access, logout, unknown token', async () => {
    await restart();
    const refused = await page.setup('validate', 'null');
    expectLike(refused, 'validate-421-missing-cookie', ['$.trustTokens']);
    page.state.sessionToken = 'made up';
    expectLike(await page.accountLogin(), 'accountlogin-400-invalid-token');
    await page.signIn();
    const { body } = recordedAnswer('auth/validate-200');
    const validated = await page.setup('validate', 'null');
    expect(validated.status).toBe(200);
    expect(accountOnly(body).rest.filter((name) => !accountOnly(validated.body).rest.includes(name))).toEqual([]);
    expectLike(await page.setup('requestWebAccessState'), 'webaccess-adp-off');
    expectLike(await page.setup('logout', { trustBrowser: true, allBrowsers: false }), 'logout-200');
  });

  it('Advanced Data Protection: state, consent, cookies, refusals', async () => {
    await restart({ account: { advancedDataProtection: true } });
    await page.signIn();
    const photos = () =>
      page.database('/records/query', { query: { recordType: 'CheckIndexingState' }, zoneID: { zoneName: 'PrimarySync' } });
    const requestPcs = () => page.setup('requestPCS', { appName: 'photos', derivedFromUserAction: true });
    expectLike(await photos(), 'ck-403-access-denied');
    expectLike(await page.setup('requestWebAccessState'), 'webaccess-adp-no-consent');
    expectLike(await page.setup('enableDeviceConsentForPCS'), 'enable-consent-200');
    expectLike(await requestPcs(), 'requestpcs-failure-arming');
    simulator.account.webAccess.approve();
    expectLike(await photos(), 'drive-423-missing-pcs');
    await requestPcs();
    await requestPcs();
    const success = await requestPcs();
    expectLike(success, 'requestpcs-success');
    const forms = (lines: unknown) => (Array.isArray(lines) ? lines : []).map(cookieForm);
    expect(forms(success.headers['set-cookie'])).toEqual(forms(recordedAnswer('auth/requestpcs-success').headers['Set-Cookie']));
    page.cookies.clear();
    expectLike(await requestPcs(), 'requestpcs-500-terms-or-web-off');
  });

  it('a notice before the login, and passing it by', async () => {
    await restart({ account: { repair: 'passable' } });
    // The live key is authType; the recording's project renames it.
    expectLike(await page.passwordStep(), 'signin-complete-412-repair', ['$.auth_type']);
    expectLike(await page.idmsa('POST', '/repair/complete', { body: {} }), 'repair-complete-200');
    expect((await page.accountLogin()).body).toMatchObject({ hsaChallengeRequired: false, dsInfo: { dsid: expect.any(String) } });
  });

  it('another region, an ended token, a busy server, the question of federation', async () => {
    await restart({ account: { region: 'china' } });
    await page.passwordStep();
    expectLike(await page.accountLogin(), 'accountlogin-302-domain-to-use');
    let nowMs = Date.now();
    await restart({ now: () => nowMs });
    await page.passwordStep();
    nowMs += 31 * 86_400_000;
    expectLike(await page.accountLogin(), 'accountlogin-421');
    await restart();
    expectLike(
      await page.idmsa('POST', '/federate?isRememberMeEnabled=true', {
        headers: { Origin: 'https://idmsa.apple.com' },
        body: { accountName: 'a@example.com' },
      }),
      'federate-200-not-federated',
    );
    expectLike(await page.idmsa('POST', '/signin', { headers: { Origin: 'https://idmsa.apple.com' }, body: {} }), 'signin-init-503');
  });

  it('a login that the photo database does not accept', async () => {
    await restart();
    await page.signIn();
    simulator.account.expireSession();
    const answer = await page.database('/records/query', {
      query: { recordType: 'CheckIndexingState' },
      zoneID: { zoneName: 'PrimarySync' },
    });
    expectLike(answer, 'ck-401-no-auth-method');
  });
});
