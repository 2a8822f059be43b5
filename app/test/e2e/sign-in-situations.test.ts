import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { AccountSpec } from '../../simulator/simulator.ts';
import { type Home, newHome, printed, type RunningCli, untilListening } from '../support/cli.ts';
import { newDaemon } from '../support/daemon.ts';
import { expectAsDocumented, situations } from '../support/sign-in-table.ts';

const small = { assets: 3, seed: 1, mix: 'plain', meanBytes: 500 } as const;
const SOON = { MFA_TIMEOUT: '1' };
const forever = Number.POSITIVE_INFINITY;

/** The titles below begin with the id of their row in docs/sign-in.md. */
const open = (account: Partial<AccountSpec> = {}) => newHome({ library: small, account });

/** One command whose end is all that matters. */
async function ends(id: string, home: Home, args: readonly string[] = ['token'], env: Record<string, string | undefined> = {}) {
  const { exitCode, stdout, stderr } = await home.run(args, env);
  expectAsDocumented(id, stdout + stderr, exitCode);
}

/** A command that waits for a code, which the test brings. */
async function waiting(account: Partial<AccountSpec> = {}): Promise<{ home: Home; cli: RunningCli; end: (id: string) => Promise<void> }> {
  const home = await open(account);
  home.enterCodes = false;
  const cli = home.start(['token']);
  await printed(cli, 'Apple wants a sign-in code');
  await printed(cli, 'Enter it with');
  const end = async (id: string) => {
    const { exitCode, stdout, stderr } = await cli.done;
    expectAsDocumented(id, stdout + stderr, exitCode);
  };
  return { home, cli, end };
}

const enter = (home: Home, code: string | undefined) => untilListening(() => home.post(`/mfa?code=${code}`));
const otherThan = (code: string | undefined) => (code === '111111' ? '222222' : '111111');

describe('the table in docs/sign-in.md', () => {
  it('has a test for each row, and a row for each test', () => {
    const source = readFileSync(fileURLToPath(import.meta.url), 'utf8');
    const titles = [...source.matchAll(/^ {2}it\('([a-z-]+):/gm)].map(([, id]) => id).sort();
    expect(titles).toEqual(
      situations()
        .map(({ test }) => test)
        .sort(),
    );
  });
});

describe('codes', () => {
  it('code: is shown on the devices and taken', async () => {
    const { home, end } = await waiting();
    await enter(home, home.simulator.account.currentCode());
    await end('code');
    expect(home.simulator.account.pushes).toBe(1);
  });

  it('wrong-code: may be corrected', async () => {
    const { home, cli, end } = await waiting();
    const code = home.simulator.account.currentCode();
    await enter(home, otherThan(code));
    await printed(cli, 'did not accept this code');
    await enter(home, code);
    await end('wrong-code');
  });

  it('text-message: goes to the number that was chosen', async () => {
    const { home, cli, end } = await waiting();
    await home.post('/resend_mfa?method=sms&phoneNumberId=5');
    await printed(cli, 'text message to number 5');
    await enter(home, home.simulator.account.smsCode(5));
    await end('text-message');
  });

  it('unknown-number: is answered with the numbers that exist', async () => {
    const { home, cli, end } = await waiting();
    await home.post('/resend_mfa?method=voice&phoneNumberId=1');
    await printed(cli, 'No trusted number');
    await enter(home, home.simulator.account.currentCode());
    await end('unknown-number');
    expect(home.simulator.account.smsSent).toBe(0);
  });

  it('throttled-number: leaves the other ways open', async () => {
    const { home, cli, end } = await waiting({ throttledPhones: [2] });
    await home.post('/resend_mfa?method=sms');
    await printed(cli, 'at this time');
    await home.post('/resend_mfa?method=sms&phoneNumberId=5');
    await printed(cli, 'to number 5');
    await enter(home, home.simulator.account.smsCode(5));
    await end('throttled-number');
  });

  it('no-code: ends the waiting', async () => {
    const home = await open();
    home.enterCodes = false;
    await ends('no-code', home, ['token'], SOON);
  });

  it('late-code: needs a new sign-in', async () => {
    const { home, end } = await waiting();
    home.simulator.faults.add({ on: 'device-code', effect: { status: 404 } });
    await enter(home, home.simulator.account.currentCode());
    await end('late-code');
  });

  it('service-waits: and says so in its status, healthy', async () => {
    const home = await open();
    home.enterCodes = false;
    const daemon = home.start(['daemon'], SOON);
    await printed(daemon, 'No code arrived');
    await ends('service-waits', home, ['status']);
    const { stdout } = await home.run(['status', '--json']);
    expect(JSON.parse(stdout).service).toMatchObject({ health: 'waiting', need: { code: 'code-needed' } });
    daemon.child.kill('SIGTERM');
    await daemon.done;
    expect(home.simulator.account.pushes).toBe(1);
  });

  it('too-many-codes: are not asked for again, whoever asks', async () => {
    const home = await open({ codeSendLimit: 0 });
    await ends('too-many-codes', home, ['token'], SOON);
    const { signIns } = home.simulator.account;
    const again = await home.run(['token'], SOON);
    expect(again.exitCode).toBe(5);
    expect(again.stderr).toContain('None is asked for before');
    expect(home.simulator.account.signIns).toBe(signIns);
  });

  it('codes-locked: ends the sign-in', async () => {
    const { home, cli, end } = await waiting({ codeTryLimit: 1 });
    const code = home.simulator.account.currentCode();
    await enter(home, otherThan(code));
    await printed(cli, 'did not accept this code');
    await enter(home, code);
    await end('codes-locked');
  });
});

describe('password and account', () => {
  it('wrong-password: is tried once', async () => {
    const home = await open();
    await ends('wrong-password', home, ['token'], { APPLE_ID_PWD: 'wrong' });
    expect(home.simulator.account.wrongProofs).toBe(1);
  });

  it('same-password: is not sent a second time', async () => {
    const home = await open();
    await home.run(['token'], { APPLE_ID_PWD: 'wrong' });
    await ends('same-password', home, ['token'], { APPLE_ID_PWD: 'wrong' });
    expect(home.simulator.account.wrongProofs).toBe(1);
  });

  it('no-password: is said', async () => {
    await ends('no-password', await open(), ['token'], { APPLE_ID_PWD: '' });
  });

  it('locked: is not tried again by scheduled runs', async () => {
    const home = await open();
    home.simulator.account.locked = true;
    await ends('locked', home);
  });

  it('federated: is explained', async () => {
    await ends('federated', await open({ federated: true }));
  });

  it('notice: is passed by', async () => {
    const home = await open({ repair: 'passable' });
    await ends('notice', home);
    expect(home.simulator.requests.count('repair')).toBe(1);
    expect(home.simulator.account.pushes).toBe(0);
  });

  it('repair: is tried once, then left to the owner', async () => {
    const home = await open({ repair: 'stuck' });
    await ends('repair', home);
    expect(home.simulator.requests.count('repair')).toBe(1);
  });

  it('security-key: names the keys and asks for no code', async () => {
    const home = await open({ securityKeys: ['Yellow key'] });
    await ends('security-key', home);
    expect(home.simulator.account.pushes).toBe(0);
  });

  it('terms: are left to the owner', async () => {
    const home = await open({ terms: 'pending' });
    await ends('terms', home);
    const { signIns } = home.simulator.account;
    await ends('terms', home);
    expect(home.simulator.account.signIns).toBe(signIns);
  });

  it('web-access-off: is said without asking a device', async () => {
    const home = await open({ webAccess: 'off' });
    await ends('web-access-off', home);
    expect(home.simulator.requests.count('enable-consent')).toBe(0);
  });

  it('region: is switched once and remembered', async () => {
    const home = await open({ region: 'china' });
    await ends('region', home);
    home.simulator.account.expireSession();
    home.simulator.requests.reset();
    const again = await home.run(['token']);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).not.toContain('region');
    expect(home.simulator.requests.count('account-login')).toBe(1);
  });

  it('unknown-region: is not guessed', async () => {
    const home = await open();
    home.simulator.faults.add({ on: 'account-login', times: forever, effect: { status: 302, body: { domainToUse: 'iCloud.example' } } });
    await ends('unknown-region', home);
  });

  it('no-photos: is said', async () => {
    const home = await open();
    const rewrite = (body: unknown) => ({ ...(body as object), webservices: {} });
    home.simulator.faults.add({ on: 'account-login', times: forever, effect: { rewrite } });
    await ends('no-photos', home);
  });
});

describe('Advanced Data Protection', () => {
  it('approval: is waited for, and the keys are fetched', async () => {
    const home = await open({ advancedDataProtection: true });
    const { webAccess } = home.simulator.account;
    const cli = home.start(['sync']);
    await printed(cli, 'Tap Allow');
    webAccess.approve();
    const { exitCode, stdout, stderr } = await cli.done;
    expectAsDocumented('approval', stdout + stderr, exitCode);
    expect(webAccess.requests).toBe(1);
  });

  it('no-approval: ends the waiting', async () => {
    await ends('no-approval', await open({ advancedDataProtection: true }), ['token'], { MFA_TIMEOUT: '3' });
  });

  it('no-device: is said at once', async () => {
    await ends('no-device', await open({ advancedDataProtection: true, devicesUnreachable: true }));
  });

  it('approval-ends: is asked for again, and no photo is lost', async () => {
    const home = await open({ advancedDataProtection: true });
    const { webAccess } = home.simulator.account;
    const first = home.start(['token']);
    await printed(first, 'Tap Allow');
    webAccess.approve();
    expect((await first.done).exitCode).toBe(0);
    webAccess.end();
    const cli = home.start(['sync']);
    await printed(cli, 'Tap Allow');
    webAccess.approve();
    const { exitCode, stdout, stderr } = await cli.done;
    expectAsDocumented('approval-ends', stdout + stderr, exitCode);
    expect(webAccess.requests).toBe(2);
  });
});

describe('pauses and faults', () => {
  const pause = { status: 503, headers: { 'retry-after': '3600' }, body: 'Service Temporary Unavailable' } as const;

  it('pause: ends the attempt', async () => {
    const home = await open();
    home.simulator.faults.add({ on: 'signin-init', times: forever, effect: pause });
    await ends('pause', home);
    expect(home.simulator.requests.count('signin-init')).toBe(1);
  });

  it('still-paused: sends nothing, for a person neither', async () => {
    const home = await open();
    home.simulator.faults.add({ on: 'signin-init', effect: pause });
    await home.run(['token']);
    home.simulator.requests.reset();
    await ends('still-paused', home);
    expect(home.simulator.requests.total()).toBe(0);
  });

  it('budget: stops a loop of restarts long before Apple does', async () => {
    const home = await open({ trustDays: 30 });
    expect((await home.run(['token'])).exitCode).toBe(0);
    let last = 0;
    for (let run = 0; run < 5 && last === 0; run++) {
      home.simulator.account.expireTokens();
      last = (await home.run(['sync'])).exitCode ?? 9;
    }
    await ends('budget', home, ['sync']);
    expect(home.simulator.account.signIns).toBe(3);
    expect((await home.run(['token'])).exitCode).toBe(0); // a person may go over it once
    home.simulator.account.expireTokens();
    expect((await home.run(['token'])).exitCode).toBe(1);
    expect(home.simulator.account.signIns).toBe(4);
  });

  it('no-network: names the host', async () => {
    await ends('no-network', await open(), ['token'], { ICLOUD_TEST_SERVER: 'http://127.0.0.1:9' });
  });

  it('changed: is told from a wrong password', async () => {
    const home = await open();
    home.simulator.faults.add({ on: 'signin-init', effect: { status: 400, body: {} } });
    await ends('changed', home);
  });

  it('login-ends: is renewed once for all, and everything arrives', async () => {
    const home = await newHome({ library: { assets: 40, seed: 1, mix: 'plain', meanBytes: 500 } });
    await home.run(['token']);
    const { account, requests, faults } = home.simulator;
    let downloads = 0;
    faults.add({
      on: 'download',
      times: forever,
      match: () => {
        downloads += 1;
        if (downloads === 10) account.expireSession();
        return false;
      },
      effect: 'hang',
    });
    requests.reset();
    await ends('login-ends', home, ['sync']);
    expect(requests.count('account-login')).toBe(1);
    expect(requests.count('signin-init')).toBe(0);
  });
});

describe('trust', () => {
  it('trust-ends: is said at 7, 3 and 1 days, once each', async () => {
    const daemon = await newDaemon();
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    await daemon.current().service.desk.submit(daemon.simulator.account.currentCode() ?? '');
    await daemon.reaches('idle');
    const said = () => daemon.lines.filter((line) => line.includes('expected to ask for a new code in'));
    expect(daemon.current().service.state().trustDaysLeft).toBe(30);
    for (let day = 1; day < 30; day++) {
      daemon.clock.advance(24 * 3_600_000);
      await daemon.schedule.fire();
      if (day === 24) await daemon.start(); // a restart repeats nothing
    }
    expectAsDocumented('trust-ends', said().join('\n'), 0);
    expect(said()).toHaveLength(3);
    expect(daemon.current().service.state().trustDaysLeft).toBe(1);
  });
});
