import { afterEach, describe, expect, it } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/simulator.ts';
import { openWebPage } from './web-page.ts';

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
const askSms = (id: number) => page.idmsa('PUT', '/verify/phone', { body: { phoneNumber: { id }, mode: 'sms' } });
const photos = () => page.database('/records/query', { query: { recordType: 'CheckIndexingState' }, zoneID: { zoneName: 'PrimarySync' } });
const requestPcs = () => page.setup('requestPCS', { appName: 'photos', derivedFromUserAction: true });

describe('what can stand before a code', () => {
  it('an organisation', async () => {
    await start({ federated: true });
    const answer = await page.passwordStep();
    expect([answer.status, answer.body.serviceErrors[0].code]).toEqual([403, '-22320']);
  });

  it('a notice that can be passed by once, and one that cannot', async () => {
    await start({ repair: 'passable' });
    expect((await page.passwordStep()).status).toBe(412);
    expect((await page.accountLogin()).body.hsaChallengeRequired).toBe(true);
    expect((await page.idmsa('POST', '/repair/complete', { body: {} })).status).toBe(200);
    expect((await page.accountLogin()).body).toMatchObject({ hsaChallengeRequired: false });
    await simulator.close();
    await start({ repair: 'stuck' });
    await page.passwordStep();
    expect((await page.idmsa('POST', '/repair/complete', { body: {} })).status).toBe(412);
  });

  it('a proof of work', async () => {
    await start({ proofOfWork: true });
    expect((await page.passwordStep()).status).toBe(403);
    expect([simulator.account.missingProofsOfWork, simulator.account.wrongProofs]).toEqual([1, 0]);
  });
});

describe('codes', () => {
  it('are too old after ten minutes', async () => {
    await start();
    await page.passwordStep();
    await push();
    nowMs += 10 * 60_000 + 1;
    expect((await page.enterCode(simulator.account.currentCode() ?? '')).status).toBe(400);
  });

  it('are held back from some numbers', async () => {
    await start({ throttledPhones: [2] });
    await page.passwordStep();
    const answer = await askSms(2);
    expect([answer.status, answer.body.service_errors[0].code]).toEqual([412, '-28248']);
    expect((await askSms(5)).status).toBe(200);
    expect(simulator.account.smsSent).toBe(1);
  });

  it('can be right and meet a notice: 412, then trust', async () => {
    await start({ codeAnswer: '412-repair', repair: 'none' });
    await page.passwordStep();
    await push();
    const answer = await page.enterCode(simulator.account.currentCode() ?? '');
    expect([answer.status, answer.body.securityCode.valid]).toEqual([412, true]);
    expect((await page.idmsa('GET', '/2sv/trust')).status).toBe(403);
    expect((await page.idmsa('POST', '/repair/complete', { body: {} })).status).toBe(200);
    expect((await page.idmsa('GET', '/2sv/trust')).status).toBe(204);
  });
});

describe('access to the photos', () => {
  it('can be switched off for the web', async () => {
    await start({ webAccess: 'off' });
    const login = await page.signIn();
    expect(login.body.dsInfo.isWebAccessAllowed).toBe(false);
    expect((await page.setup('requestWebAccessState')).body.isWebAccessAllowed).toBe(false);
    expect((await photos()).body.serverErrorCode).toBe('ACCESS_DENIED');
  });

  it('can want keys on an account without Advanced Data Protection', async () => {
    await start({ keys: 'on-request' });
    await page.signIn();
    expect((await photos()).status).toBe(423);
    expect((await requestPcs()).body.status).toBe('success');
    expect((await photos()).status).toBe(200);
  });

  it('can claim success and bring no keys', async () => {
    await start({ keys: 'never' });
    await page.signIn();
    expect((await requestPcs()).body.status).toBe('success');
    expect((await photos()).status).toBe(423);
  });

  it('cannot be asked for when no device is there', async () => {
    await start({ advancedDataProtection: true, devicesUnreachable: true });
    await page.signIn();
    expect((await page.setup('enableDeviceConsentForPCS')).body.isDeviceConsentNotificationSent).toBe(false);
    expect(simulator.account.webAccess.requests).toBe(0);
  });
});

describe('the wrong region', () => {
  it.each([302, 200] as const)('is told with status %i', async (regionAnswer) => {
    await start({ region: 'china', regionAnswer });
    await page.passwordStep();
    const answer = await page.accountLogin();
    expect([answer.status, answer.body]).toEqual([regionAnswer, { domainToUse: 'iCloud.com.cn' }]);
  });
});
