import { afterEach, describe, expect, it } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/simulator.ts';
import { openWebPage } from './web-page.ts';

const DAY_MS = 86_400_000;
let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
let nowMs = Date.UTC(2026, 10, 20);

async function start(account: SimulatorOptions['account'] = {}): Promise<void> {
  nowMs = Date.UTC(2026, 10, 20);
  simulator = await startSimulator({ library: { assets: 1, seed: 1 }, account: { iterations: 1000, ...account }, now: () => nowMs });
  page = openWebPage(simulator);
}
afterEach(() => simulator.close());

const push = () => page.idmsa('PUT', '/verify/trusteddevice/securitycode');
const shownCode = () => simulator.account.currentCode() ?? 'none';

describe('password', () => {
  it('signs in with code and trust, and counts each request', async () => {
    await start();
    const codes: string[] = [];
    simulator.onCode((code) => codes.push(code));
    const login = await page.signIn();
    expect([login.body.hsaTrustedBrowser, login.body.hsaChallengeRequired, login.body.isExtendedLogin]).toEqual([true, false, true]);
    expect(simulator.requests.all()).toEqual({
      'signin-init': 1,
      'signin-complete': 1,
      push: 1,
      'device-code': 1,
      trust: 1,
      'account-login': 1,
    });
    expect(codes).toHaveLength(1);
    expect([simulator.account.signIns, simulator.account.pushes, simulator.account.wrongProofs]).toEqual([1, 1, 0]);
  });

  it('works with the older protocol and with an account typed in capitals', async () => {
    await start({ protocol: 's2k_fo', appleId: 'Tester@Example.com' });
    expect((await page.passwordStep()).status).toBe(409);
    expect((await page.passwordStep({ accountName: 'Tester@Example.com' })).status).toBe(401);
  });

  it('refuses a wrong password and locks the account after five in a row', async () => {
    await start();
    for (let i = 0; i < 5; i++) expect((await page.passwordStep({ password: 'no' })).body.serviceErrors[0].code).toBe('-20101');
    const locked = await page.passwordStep();
    expect([locked.status, locked.body.serviceErrors[0].code]).toEqual([403, '-20209']);
  });

  it('answers an account it does not know like a wrong password', async () => {
    await start();
    expect((await page.passwordStep({ accountName: 'nobody@example.com' })).status).toBe(401);
  });

  it('needs no code with a trust token, until the token ends or is revoked', async () => {
    await start();
    await page.signIn();
    const trustTokens = [page.state.trustToken];
    expect((await page.passwordStep({ trustTokens })).status).toBe(200);
    expect((await page.accountLogin('')).body.hsaTrustedBrowser).toBe(true);
    nowMs += 31 * DAY_MS;
    expect((await page.passwordStep({ trustTokens })).status).toBe(409);
    nowMs -= 31 * DAY_MS;
    simulator.account.revokeTrust();
    expect((await page.passwordStep({ trustTokens })).status).toBe(409);
  });

  it('refuses lists of trust tokens that hold nothing', async () => {
    await start();
    for (const trustTokens of [[null], ['']]) expect((await page.passwordStep({ trustTokens })).status).toBe(400);
  });

  it.each(['B', 'S'] as const)('shows a number %s with a leading zero once and refuses whoever uses it', async (forceLeadingZero) => {
    await start({ forceLeadingZero });
    expect((await page.passwordStep()).status).toBe(401);
    expect((await page.passwordStep()).status).toBe(409);
  });

  it('can keep a salt with a leading zero', async () => {
    await start({ forceLeadingZero: 'salt' });
    expect(simulator.account.salt[0]).toBe(0);
    expect((await page.passwordStep()).status).toBe(409);
  });

  it('accepts an exchange once and for five minutes', async () => {
    await start();
    await page.passwordStep();
    const init = await page.idmsa('POST', '/signin/init', { body: { a: 'AAAC', accountName: 'tester@example.com', protocols: ['s2k'] } });
    nowMs += 301_000;
    const late = await page.idmsa('POST', '/signin/complete', { body: { c: init.body.c, m1: 'AA==', m2: 'AA==', trustTokens: [] } });
    expect(late.status).toBe(400);
    expect(simulator.account.wrongProofs).toBe(0);
  });
});

describe('headers', () => {
  it('refuses requests without widget key, OAuth headers, right origin', async () => {
    await start();
    const init = (headers: Record<string, string>) =>
      page.idmsa('POST', '/signin/init', { headers, body: { a: 'AAAC', accountName: 'tester@example.com', protocols: ['s2k'] } });
    expect((await init({})).status).toBe(200);
    expect((await init({ 'X-Apple-Widget-Key': 'x' })).status).toBe(403);
    expect((await init({ 'X-Apple-OAuth-Client-Type': 'x' })).status).toBe(400);
    expect((await init({ Origin: 'https://www.icloud.com' })).status).toBe(403);
    await page.passwordStep();
    expect((await page.idmsa('GET', '', { headers: { Origin: 'https://idmsa.apple.com' } })).status).toBe(403);
    expect((await page.idmsa('GET', '')).status).toBe(200);
  });

  it('changes scnt with every answer and refuses an old one', async () => {
    await start();
    await page.passwordStep();
    const old = page.state.scnt ?? '';
    await push();
    expect(page.state.scnt).not.toBe(old);
    expect((await page.idmsa('GET', '', { headers: { scnt: old } })).status).toBe(401);
    expect((await page.idmsa('GET', '', { headers: { 'X-Apple-ID-Session-Id': 'other' } })).status).toBe(401);
    expect((await page.idmsa('GET', '')).status).toBe(200);
  });
});

describe('codes', () => {
  it('shows a code only after the push request, unless the account still pushes by itself', async () => {
    await start();
    await page.passwordStep();
    expect(simulator.account.currentCode()).toBeUndefined();
    await push();
    expect(simulator.account.currentCode()).toMatch(/^\d{6}$/);
    await simulator.close();
    await start({ autoPush: true });
    await page.passwordStep();
    const code = shownCode();
    await push();
    expect(shownCode()).toBe(code);
    expect(simulator.account.pushes).toBe(1);
  });

  it('makes an older code useless with each push, and with each new sign-in', async () => {
    await start();
    await page.passwordStep();
    await push();
    const first = shownCode();
    do await push();
    while (shownCode() === first);
    expect((await page.enterCode(first)).status).toBe(400);
    const second = shownCode();
    await page.passwordStep();
    expect((await page.enterCode(second)).status).toBe(400);
  });

  it('keeps codes of devices and phones apart, and knows only the listed numbers', async () => {
    await start();
    await page.passwordStep();
    const sms = (id: number) => page.idmsa('PUT', '/verify/phone', { body: { phoneNumber: { id }, mode: 'sms' } });
    expect((await sms(1)).status).toBe(412);
    expect((await sms(5)).status).toBe(200);
    const code = simulator.account.smsCode(5) ?? '';
    expect((await page.enterCode(code)).status).toBe(400);
    const submit = (id: number) =>
      page.idmsa('POST', '/verify/phone/securitycode', { body: { phoneNumber: { id }, securityCode: { code }, mode: 'sms' } });
    expect((await submit(2)).status).toBe(400);
    expect((await submit(5)).status).toBe(200);
    expect((await page.idmsa('GET', '/2sv/trust')).status).toBe(204);
  });

  it.each(['409-with-token', '409-without-token'] as const)('an accepted code as %s leads to trust', async (codeAnswer) => {
    await start({ codeAnswer });
    await page.passwordStep();
    await push();
    const before = page.state.sessionToken;
    const answer = await page.enterCode(shownCode());
    expect([answer.status, answer.body.securityCode.valid]).toEqual([409, true]);
    expect(page.state.sessionToken === before).toBe(codeAnswer === '409-without-token');
    expect((await page.idmsa('GET', '/2sv/trust')).status).toBe(204);
    expect((await page.accountLogin()).body.hsaTrustedBrowser).toBe(true);
  });

  it('locks code entry after too many wrong codes, for an hour', async () => {
    await start();
    await page.passwordStep();
    await push();
    for (let i = 0; i < 5; i++) await page.enterCode('nonono');
    const locked = await page.enterCode(shownCode());
    expect([locked.status, locked.body.securityCode.securityCodeLocked]).toEqual([423, true]);
    nowMs += 3_600_001;
    await push();
    expect((await page.enterCode(shownCode())).status).toBe(204);
  });

  it('gives no trust before a code was accepted', async () => {
    await start();
    await page.passwordStep();
    expect((await page.idmsa('GET', '/2sv/trust')).status).toBe(403);
    expect((await page.accountLogin()).body).toMatchObject({ hsaChallengeRequired: true, hsaTrustedBrowser: false });
  });

  it.each([
    ['wrapped', true],
    ['none-then-html', false],
  ] as const)('hides the phone numbers as accounts do: %s', async (authState, inJson) => {
    await start({ authState });
    await page.passwordStep();
    const { body } = await page.idmsa('GET', '');
    expect(body.trustedPhoneNumbers).toBeUndefined();
    expect(body.phoneNumberVerification !== undefined).toBe(inJson);
  });
});

describe('staying signed in', () => {
  it('validates cookies until they expire, then makes new ones from the stored tokens', async () => {
    await start();
    await page.signIn();
    expect((await page.setup('validate', 'null')).status).toBe(200);
    simulator.account.expireSession();
    expect((await page.setup('validate', 'null')).status).toBe(421);
    expect((await page.accountLogin()).body.hsaTrustedBrowser).toBe(true);
    expect((await page.setup('validate', 'null')).status).toBe(200);
    simulator.account.expireTokens();
    expect((await page.accountLogin()).status).toBe(400);
    expect(simulator.requests.count('signin-init')).toBe(1);
  });

  it('answers 421 without cookies and 401 with dead ones at the photo database', async () => {
    await start();
    await page.signIn();
    const zones = () => page.database('/zones/list', {});
    expect((await zones()).status).toBe(200);
    simulator.account.expireSession();
    expect((await zones()).status).toBe(401);
    page.cookies.delete('X-APPLE-WEBAUTH-USER');
    const answer = await zones();
    expect([answer.status, answer.body.reason]).toEqual([421, 'Missing X-APPLE-WEBAUTH-USER cookie']);
  });

  it('answers 421 from the old partition after the account moved', async () => {
    await start();
    await page.signIn();
    simulator.account.spec = { ...simulator.account.spec, partition: 77 };
    expect((await page.database('/zones/list', {})).status).toBe(421);
    await page.setup('validate', 'null');
    await page.accountLogin();
    expect((await page.database('/zones/list', {})).status).toBe(200);
  });

  it('sends users of the other region away without a redirect to follow', async () => {
    await start({ region: 'china' });
    await page.passwordStep();
    const answer = await page.accountLogin();
    expect([answer.status, answer.body, answer.headers.location]).toEqual([302, { domainToUse: 'iCloud.com.cn' }, undefined]);
  });
});

describe('Advanced Data Protection', () => {
  it('shows photos only after the user allowed it on a device, and for an hour', async () => {
    await start({ advancedDataProtection: true });
    const login = await page.signIn();
    expect(login.body.iCDPEnabled).toBe(true);
    const zones = () => page.database('/zones/list', {});
    expect((await zones()).body.serverErrorCode).toBe('ACCESS_DENIED');
    expect((await page.setup('requestWebAccessState')).body).toMatchObject({ isDeviceConsentedForPCS: false, isICDRSDisabled: true });
    expect((await page.setup('enableDeviceConsentForPCS')).body.isDeviceConsentNotificationSent).toBe(true);
    const request = async () => (await page.setup('requestPCS', { appName: 'photos', derivedFromUserAction: true })).body;
    expect((await request()).message).toContain('arming');
    expect(simulator.account.webAccess.requests).toBe(1);
    simulator.account.webAccess.approve();
    expect((await zones()).status).toBe(423);
    const messages = [await request(), await request(), await request()].map(({ message }) => message);
    expect(messages).toEqual(['Requested the device to upload cookies.', 'Cookies not available yet on server.', 'Cookies attached.']);
    expect((await zones()).status).toBe(200);
    nowMs += 3_600_001;
    expect((await zones()).status).toBe(403);
  });
});
