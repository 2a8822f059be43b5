import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccountSpec } from '../../simulator/simulator.ts';
import { healthOf } from '../../src/domain/service-state.ts';
import { newHome } from '../support/cli.ts';
import { newDaemon, type TestDaemon } from '../support/daemon.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const small = { assets: 3, seed: 1, mix: 'plain', meanBytes: 500 } as const;
const tick = () => new Promise((next) => setTimeout(next, 1));

describe('paths that need nobody', () => {
  it.each([
    ['a proof of work', { proofOfWork: true }],
    ['a right code that meets a notice', { codeAnswer: '412-repair' }],
    ['the other region, told with a 200', { region: 'china', regionAnswer: 200 }],
    ['keys on request without Advanced Data Protection', { keys: 'on-request' }],
    ['numbers in the bridge page', { authState: 'none-then-html' }],
  ] satisfies [string, Partial<AccountSpec>][])('%s', async (_what, account) => {
    const home = await newHome({ library: small, account: account as Partial<AccountSpec> });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode, stderr).toBe(0);
    expect(home.simulator.account).toMatchObject({ signIns: 1, pushes: 1, missingProofsOfWork: 0, wrongProofs: 0 });
  });
});

describe('tokens', () => {
  it('--refresh-token asks for a code and brings a new token; --trust-token needs none', async () => {
    const home = await newHome({ library: small });
    const tokenOf = (stdout: string) => stdout.trim().split('\n').at(-1) ?? '';
    const first = tokenOf((await home.run(['token'])).stdout);
    const again = await home.run(['token', '--refresh-token']);
    expect(again.stdout).toContain('Validated trust token:');
    const second = tokenOf(again.stdout);
    expect(second).not.toBe(first);
    expect(home.simulator.account.pushes).toBe(2);
    const elsewhere = { DATA_DIR: join(home.library, '..', 'elsewhere') };
    expect((await home.run(['token', '--trust-token', second], elsewhere)).exitCode).toBe(0);
    expect(home.simulator.account.pushes).toBe(2);
  });

  it('TRUST_TOKEN left in the settings does not replace a newer token of our own', async () => {
    const home = await newHome({ library: small });
    const given = (await home.run(['token'])).stdout.trim().split('\n').at(-1);
    const env = { TRUST_TOKEN: given, DATA_DIR: join(home.library, '..', 'elsewhere') };
    await home.run(['token'], env);
    home.simulator.account.revokeTrust();
    home.simulator.account.expireTokens();
    await home.run(['token'], env);
    expect(home.simulator.account.pushes).toBe(2);
    home.simulator.account.expireTokens();
    expect((await home.run(['token'], env)).exitCode).toBe(0);
    expect(home.simulator.account.pushes).toBe(2);
  });
});

describe('status', () => {
  it('forecasts the next code without a service and without a network', async () => {
    const home = await newHome({ library: small });
    await home.run(['sync']);
    const offline = { ICLOUD_TEST_SERVER: 'http://127.0.0.1:9' };
    expect((await home.run(['status'], offline)).stdout).toMatch(/Apple is expected to ask for a new code in (29|30) days\./);
    expect(JSON.parse((await home.run(['status', '--json'], offline)).stdout).trustDaysLeft).toBeGreaterThanOrEqual(29);
  });
});

describe('the session file', () => {
  it('keeps times of attempts, private and without the password', async () => {
    const home = await newHome({ library: small });
    await home.run(['token']);
    const file = join(home.library, '.photos-sync', 'session.json');
    const { attempts } = JSON.parse(readFileSync(file, 'utf8'));
    expect([attempts.signIns.length, attempts.pushes.length, attempts.texts.length]).toEqual([1, 1, 0]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

/** A service that has signed in; the test stands at noon. */
async function ready(account: Partial<AccountSpec> = {}, env: Record<string, string> = {}): Promise<TestDaemon> {
  const daemon = await newDaemon({ account, env });
  await daemon.start();
  await daemon.reaches('waiting-for-code');
  while (!daemon.current().service.state().codeAwaited) await tick();
  await daemon.current().service.desk.submit(daemon.simulator.account.currentCode() ?? '');
  return daemon;
}

describe('a login that ends', () => {
  it.each([
    ['in the middle of a full listing', 'query', 3],
    ['at the gate', 'changes-database', 1],
    ['in the middle of the change feed', 'changes-zone', 1],
    ['in the middle of downloads, told with a 403', 'download', 5],
  ] as const)('%s is renewed once, and nothing is lost', async (_when, kind, nth) => {
    const daemon = await ready({}, kind === 'query' ? { FULL: 'true' } : {});
    await daemon.reaches('idle');
    const { account, faults, requests, library } = daemon.simulator;
    for (let count = 0; count < 30; count++)
      library.addAsset({ filename: `new-${count}.jpg`, captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    let seen = 0;
    const match = () => {
      seen += 1;
      if (seen === nth) account.expireSession();
      return kind === 'download' && seen === nth;
    };
    faults.add({ on: kind, times: 1, match, effect: { status: 403, body: 'Forbidden' } });
    requests.reset();
    daemon.clock.advance(14 * 3_600_000);
    await daemon.schedule.fire();
    expect(daemon.current().service.state().lastRun).toMatchObject({ outcome: 'complete' });
    expect([requests.count('account-login'), requests.count('signin-init')]).toEqual([1, 0]);
    expect(countContents(hashTree(daemon.library).values())).toEqual(expectedContents(library));
  });

  it('and cannot be renewed stops the run, without hammering, and the next run carries on', async () => {
    const daemon = await ready();
    await daemon.reaches('idle');
    const { account, faults, requests, library } = daemon.simulator;
    for (let count = 0; count < 30; count++)
      library.addAsset({ filename: `new-${count}.jpg`, captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    let seen = 0;
    const match = () => {
      seen += 1;
      if (seen === 10) account.expireSession();
      return false;
    };
    faults.add({ on: 'download', times: 1, match, effect: 'hang' });
    const effect = { status: 503, headers: { 'retry-after': '1800' }, body: 'busy' };
    faults.add({ on: 'validate', skip: 1, times: 9, effect });
    requests.reset();
    daemon.clock.advance(14 * 3_600_000);
    await daemon.schedule.fire();
    expect(daemon.current().service.state().lastRun).toMatchObject({ outcome: 'failed', code: 'session-ended' });
    expect(requests.count('validate')).toBe(2);
    faults.clear();
    daemon.clock.advance(24 * 3_600_000);
    await daemon.schedule.fire();
    expect(daemon.current().service.state().lastRun).toMatchObject({ outcome: 'complete' });
    expect(countContents(hashTree(daemon.library).values())).toEqual(expectedContents(library));
  });
});

describe('the service', () => {
  it('tells of a code once, over a restart in the middle of the waiting too, and of the end', async () => {
    const daemon = await newDaemon();
    const { account } = daemon.simulator;
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    while (!daemon.current().service.state().codeAwaited) await tick();
    expect(daemon.told).toEqual(['needed code-needed']);
    await daemon.start();
    daemon.clock.advance(14 * 3_600_000);
    await daemon.schedule.fire();
    expect(daemon.told).toEqual(['needed code-needed']);
    expect([account.pushes, account.signIns]).toEqual([1, 1]);
    daemon.current().service.desk.resend({ method: 'device' });
    while (!daemon.current().service.state().codeAwaited) await tick();
    await daemon.current().service.desk.submit(account.currentCode() ?? '');
    await daemon.current().service.sync('person').done;
    expect(daemon.told).toEqual(['needed code-needed', 'recovered code-needed']);
  });

  it('does not try a locked account again until a person says so', async () => {
    const daemon = await ready();
    const { account } = daemon.simulator;
    await daemon.reaches('idle');
    account.expireTokens();
    account.locked = true;
    for (let night = 0; night < 5; night++) {
      daemon.clock.advance(24 * 3_600_000);
      await daemon.schedule.fire();
    }
    expect(daemon.current().service.state().need?.code).toBe('account-locked');
    expect(account.signIns).toBe(2);
    account.locked = false;
    await daemon.current().service.sync('person').done;
    expect(daemon.current().service.state().need).toBeUndefined();
    expect(daemon.told.slice(-2)).toEqual(['needed account-locked', 'recovered account-locked']);
  });

  it('waits for an approval like for a code: once, healthy, over nights, and goes on when it is given', async () => {
    const daemon = await ready({ advancedDataProtection: true });
    const { account, library } = daemon.simulator;
    await daemon.reaches('waiting-for-approval');
    expect(account.webAccess.requests).toBe(1);
    account.webAccess.approve();
    await daemon.reaches('syncing', 'idle');
    await daemon.reaches('idle');
    expect(countContents(hashTree(daemon.library).values())).toEqual(expectedContents(library));
    expect(daemon.told.at(-1)).toBe('recovered approval-needed');

    library.addAsset({ filename: 'later.jpg', captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    for (let night = 0; night < 3; night++) {
      daemon.clock.advance(24 * 3_600_000);
      const slot = daemon.schedule.fire();
      if (night === 0) {
        await daemon.reaches('waiting-for-approval');
        daemon.clock.advance(601_000);
      }
      await slot;
      expect(healthOf(daemon.current().service.state(), daemon.clock.now())).toBe('waiting');
      expect(daemon.current().service.state()).toMatchObject({ phase: 'idle', need: { code: 'approval-needed' } });
    }
    expect(account.webAccess.requests).toBe(2);
    expect(daemon.told.filter((event) => event === 'needed approval-needed')).toHaveLength(2);
    account.webAccess.approve();
    daemon.clock.advance(60_000);
    await daemon.schedule.fire();
    expect(daemon.current().service.state()).toMatchObject({ phase: 'idle', need: undefined });
    expect(countContents(hashTree(daemon.library).values())).toEqual(expectedContents(library));
  });
});
