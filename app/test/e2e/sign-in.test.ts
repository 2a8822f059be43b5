import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, printed, untilListening } from '../support/cli.ts';

const small = { assets: 3, seed: 1, mix: 'plain', meanBytes: 500 } as const;
const sessionOf = (library: string) => join(library, '.photos-sync', 'session.json');

describe('the first sign-in', () => {
  it.each(['s2k', 's2k_fo'] as const)('works with the password protocol %s', async (protocol) => {
    const home = await newHome({ library: small, account: { protocol } });
    expect((await home.run(['token'])).exitCode).toBe(0);
  });

  it.each(['204', '409-with-token', '409-without-token'] as const)('takes an accepted code that answers %s', async (codeAnswer) => {
    const home = await newHome({ library: small, account: { codeAnswer } });
    const { exitCode } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(home.simulator.account.pushes).toBe(1);
  });

  it.each(['salt', 'B', 'S'] as const)('gets past a leading zero in %s without a wrong proof', async (forceLeadingZero) => {
    const home = await newHome({ library: small, account: { forceLeadingZero } });
    expect((await home.run(['token'])).exitCode).toBe(0);
    expect(home.simulator.account.wrongProofs).toBe(0);
  });

  it('keeps the session private and never the password', async () => {
    const home = await newHome({ library: small });
    await home.run(['token']);
    expect(statSync(sessionOf(home.library)).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.library, '.photos-sync')).mode & 0o777).toBe(0o700);
    expect(readFileSync(sessionOf(home.library), 'utf8')).not.toContain(home.simulator.account.password);
  });

  it('reads the password from a file, with dollar signs, quotes and accents', async () => {
    const password = `p$a'"s\\s Grüße 🔑`;
    const home = await newHome({ library: small, account: { password } });
    const { writeFileSync } = await import('node:fs');
    const file = join(home.library, '..', 'password');
    writeFileSync(file, `${password}\n`);
    expect((await home.run(['token'], { APPLE_ID_PWD: undefined, APPLE_ID_PWD_FILE: file })).exitCode).toBe(0);
  });
});

describe('entering the code over HTTP', () => {
  it('answers with the texts of the users documents, takes a corrected code, and closes the port', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const cli = home.start(['sync']);
    await printed(cli, 'Apple wants a sign-in code');
    const code = home.simulator.account.currentCode() ?? '';
    const wrong = code === '111111' ? '222222' : '111111';
    expect(await home.post('/mfa?code=12345')).toEqual({ status: 400, message: 'Unexpected MFA code format! Expecting 6 digits' });
    expect(await home.post(`/api/mfa?code=${wrong}`)).toEqual({ status: 200, message: `Read MFA code: ${wrong}` });
    await printed(cli, 'Apple did not accept this code');
    expect(await home.post(`/mfa?code=${code}`)).toEqual({ status: 200, message: `Read MFA code: ${code}` });
    expect(await cli.done).toMatchObject({ exitCode: 0 });
    await expect(home.post('/mfa?code=123456')).rejects.toThrow();
  });

  it('sends a code by text message to the number that was chosen', async () => {
    const home = await newHome({
      library: small,
      account: {
        phones: [
          { id: 3, number: '+49 ••••• •••••07', lastTwoDigits: '07' },
          { id: 4, number: '+49 ••••• •••••11', lastTwoDigits: '11' },
        ],
      },
    });
    home.enterCodes = false;
    const cli = home.start(['sync']);
    await printed(cli, 'Apple wants a sign-in code');
    expect(await home.post('/resend_mfa?method=pigeon')).toMatchObject({ status: 400 });
    expect(await home.post('/resend_mfa?method=sms&phoneNumberId=1')).toEqual({
      status: 200,
      message: 'Requesting MFA resend with method sms',
    });
    await printed(cli, 'No trusted number has the id 1. Known: 3 (');
    await home.post('/resend_mfa?method=sms&phoneNumberId=4');
    await printed(cli, 'text message to number 4');
    await home.post(`/mfa?code=${home.simulator.account.smsCode(4)}`);
    expect(await cli.done).toMatchObject({ exitCode: 0 });
    expect(home.simulator.account.smsSent).toBe(1);
  });

  it('finds the numbers in the web page when the state names none', async () => {
    const home = await newHome({ library: small, account: { authState: 'none-then-html' } });
    home.enterCodes = false;
    const cli = home.start(['sync']);
    await printed(cli, 'Apple wants a sign-in code');
    await untilListening(() => home.post('/resend_mfa?method=sms'));
    await printed(cli, 'Apple sends a code by text message');
    const [phone] = home.simulator.account.spec.phones;
    await home.post(`/mfa?code=${home.simulator.account.smsCode(phone?.id ?? 0)}`);
    expect(await cli.done).toMatchObject({ exitCode: 0 });
  });

  it('ends with 5 when nobody brings a code in time', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const { exitCode, stderr } = await home.run(['sync'], { MFA_TIMEOUT: '1' });
    expect(exitCode).toBe(5);
    expect(stderr).toContain('No code arrived');
    expect(stderr).toContain('enter_mfa');
  });
});

describe('later sign-ins', () => {
  it('use the stored login, then the stored tokens, then password and trust token, and need no code', async () => {
    const home = await newHome({ library: small });
    await home.run(['sync']);
    const { account, requests } = home.simulator;
    requests.reset();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(requests.count('account-login')).toBe(0);
    account.expireSession();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(requests.count('account-login')).toBe(1);
    expect(requests.count('signin-init')).toBe(0);
    account.expireTokens();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(requests.count('signin-complete')).toBe(1);
    expect(account.pushes).toBe(1);
  });

  it('ask for a code again when trust was withdrawn', async () => {
    const home = await newHome({ library: small });
    await home.run(['sync']);
    home.simulator.account.revokeTrust();
    home.simulator.account.expireTokens();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.account.pushes).toBe(2);
  });

  it('take a trust token from another installation', async () => {
    const home = await newHome({ library: small });
    const { stdout } = await home.run(['token']);
    const token = stdout.trim().split('\n').at(-1);
    const other = join(home.library, '..', 'other');
    expect((await home.run(['sync'], { DATA_DIR: other, TRUST_TOKEN: token })).exitCode).toBe(0);
    expect(home.simulator.account.pushes).toBe(1);
    expect(existsSync(join(other, '_All-Photos'))).toBe(true);
  });
});

describe('a sign-in that cannot work', () => {
  it('tries a wrong password once and not again until it changes', async () => {
    const home = await newHome({ library: small });
    for (let run = 0; run < 3; run++) {
      const { exitCode, stderr } = await home.run(['sync'], { APPLE_ID_PWD: 'wrong' });
      expect(exitCode).toBe(5);
      expect(stderr).toContain('Check APPLE_ID_USER and APPLE_ID_PWD');
      expect(stderr).not.toContain('wrong"');
    }
    expect(home.simulator.account.wrongProofs).toBe(1);
    expect((await home.run(['sync'])).exitCode).toBe(0);
  });

  it('stops at 503 and at 429 instead of trying the next step', async () => {
    const home = await newHome({ library: small });
    await home.run(['sync']);
    home.simulator.requests.reset();
    home.simulator.faults.add({ on: 'validate', times: Number.POSITIVE_INFINITY, effect: { status: 503, body: '<html>busy</html>' } });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Wait at least 15 minutes');
    expect(home.simulator.requests.count('validate')).toBeLessThanOrEqual(3);
    expect(home.simulator.requests.count('account-login')).toBe(0);
    expect(home.simulator.requests.count('signin-init')).toBe(0);
  });

  it.each([
    ['a hardware key', { securityKeys: ['Yellow key'] }, 'Yellow key', 5],
    ['terms that were not accepted', { terms: 'pending' }, 'new terms', 5],
  ] as const)('explains %s', async (_what, account, text, code) => {
    const home = await newHome({ library: small, account: account as object });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(stderr).toContain(text);
    expect(exitCode).toBe(code);
  });

  it('says that no account was named, or no password', async () => {
    const home = await newHome({ library: small });
    expect(await home.run(['sync'], { APPLE_ID_USER: '' })).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('APPLE_ID_USER'),
    });
    expect(await home.run(['sync'], { APPLE_ID_PWD: '' })).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('no password is at hand'),
    });
  });

  it('names the host when there is no network', async () => {
    const home = await newHome({ library: small });
    const { exitCode, stderr } = await home.run(['sync'], { ICLOUD_TEST_SERVER: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('No connection to idmsa.apple.com (ECONNREFUSED).');
    expect(stderr).toContain('Check the network and DNS');
  });
});
