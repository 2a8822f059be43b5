import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, type Home, newHome, printed } from '../support/cli.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const BIN = fileURLToPath(new URL('../../../rootfs/usr/local/bin/', import.meta.url));
const APP = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const small = { assets: 12, seed: 1, mix: 'plain', meanBytes: 2000 } as const;

async function helper(home: Home, name: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, PHOTOS_SYNC_APP: APP, ...home.env } as NodeJS.ProcessEnv;
  try {
    const { stdout, stderr } = await promisify(execFile)(join(BIN, name), args, { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** A daemon that has been signed in and has brought the library. */
async function settled(options: Parameters<typeof newHome>[0] = {}, env: Record<string, string> = {}) {
  const home = await newHome({ library: small, ...options });
  const daemon = home.start(['daemon'], env);
  await printed(daemon, 'Everything iCloud shows is here and verified.');
  return { home, daemon };
}

describe('a daemon', () => {
  it('syncs at its first start, takes the code from enter_mfa, and ends with 0 when it is told to', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const daemon = home.start(['daemon']);
    await printed(daemon, 'Apple wants a sign-in code');
    expect(await helper(home, 'enter_mfa')).toMatchObject({ code: 3 });
    const code = home.simulator.account.currentCode() ?? '';
    const wrong = code === '111111' ? '222222' : '111111';
    expect(await helper(home, 'enter_mfa', wrong)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Apple did not accept this code'),
    });
    expect(await helper(home, 'enter_mfa', '12')).toMatchObject({ code: 3 });
    expect(await helper(home, 'enter_mfa', code)).toMatchObject({ code: 0, stdout: expect.stringContaining(`Read MFA code: ${code}`) });
    await printed(daemon, 'Everything iCloud shows is here and verified.');
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect(await helper(home, 'enter_mfa', code)).toMatchObject({ code: 1, stderr: expect.stringContaining('No code is awaited') });
    const asked = Date.now();
    daemon.child.kill('SIGTERM');
    expect(await daemon.done).toMatchObject({ exitCode: 0 });
    expect(Date.now() - asked).toBeLessThan(10_000);
  });

  it('sends a text message on resend_mfa', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const daemon = home.start(['daemon']);
    await printed(daemon, 'Apple wants a sign-in code');
    const [phone] = home.simulator.account.spec.phones;
    expect(await helper(home, 'resend_mfa', 'sms', String(phone?.id))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Requesting MFA resend with method sms'),
    });
    await printed(daemon, `text message to number ${phone?.id}`);
    expect(await helper(home, 'enter_mfa', home.simulator.account.smsCode(phone?.id ?? 0) ?? '')).toMatchObject({ code: 0 });
    expect(await helper(home, 'resend_mfa', 'pigeon')).toMatchObject({ code: 3 });
  });

  it('carries out commands typed beside it, and the library is its own all the while', async () => {
    const { home } = await settled();
    home.simulator.library.addAsset({ filename: 'new.jpg', captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    const sync = await home.run(['sync']);
    expect(sync).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 new') });
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    const status = await home.run(['status']);
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('The service is waiting for its next slot. Next sync:') });
    expect(JSON.parse((await home.run(['status', '--json'])).stdout)).toMatchObject({
      complete: true,
      service: { phase: 'idle', health: 'ok' },
    });
    expect((await home.run(['token'])).stdout).toMatch(/Validated trust token:\n\S{20,}/);
    expect((await home.run(['sync', '--dry-run'])).stdout).toContain('A sync would fetch 0 files');
    expect(await home.run(['pause'])).toMatchObject({ exitCode: 0 });
    expect((await home.run(['status'])).stdout).toContain('The service is paused.');
    expect(await home.run(['resume'])).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await home.run(['sync', '--json'])).stdout)).toMatchObject({ schema: 1, outcome: 'complete' });
    expect(home.simulator.account.pushes).toBe(1);
  });

  it('lets Ctrl-C end the sync that it started, and only that', async () => {
    const { home, daemon } = await settled();
    home.simulator.library.addAsset({
      filename: 'film.mov',
      uti: 'com.apple.quicktime-movie',
      captureMs: Date.UTC(2024, 5, 1),
      timeZoneOffsetS: 0,
      bytes: Buffer.alloc(500_000),
    });
    const stop = home.simulator.faults.add({ on: 'download', times: Number.POSITIVE_INFINITY, effect: 'hang' });
    const first = home.start(['sync']);
    await printed(first, 'changed or new');
    const second = home.start(['sync']);
    await printed(second, 'A sync is running already');
    second.child.kill('SIGINT');
    expect(await second.done).toMatchObject({ exitCode: 2 });
    expect(JSON.parse((await home.run(['status', '--json'])).stdout).service.phase).toBe('syncing');
    first.child.kill('SIGINT');
    expect(await first.done).toMatchObject({ exitCode: 2 });
    await printed(daemon, 'Sync was interrupted');
    stop();
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });

  it('is the only one: a second daemon is refused, and after kill -9 the next one goes on', async () => {
    const { home, daemon } = await settled();
    const second = await home.run(['daemon'], { PORT: String(await freePort()) });
    expect(second.exitCode).toBe(1);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    daemon.child.kill('SIGKILL');
    await daemon.done;
    home.simulator.requests.reset();
    const third = home.start(['daemon']);
    await printed(third, 'The service runs.');
    expect(await home.run(['status'])).toMatchObject({ exitCode: 0 });
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(home.simulator.account.pushes).toBe(1);
  });

  it('stops while downloading with nothing half-written under a real name, and carries on at the next start', async () => {
    const home = await newHome({ library: { ...small, assets: 80, meanBytes: 60_000 }, latencyMs: 5 });
    await home.run(['token']);
    const daemon = home.start(['daemon']);
    const slow = home.simulator.faults.add({ on: 'download', skip: 20, times: Number.POSITIVE_INFINITY, effect: { delayMs: 300 } });
    await printed(daemon, 'listed');
    daemon.child.kill('SIGTERM');
    expect(await daemon.done).toMatchObject({ exitCode: 0 });
    const expected = expectedContents(home.simulator.library);
    for (const hash of hashTree(home.library).values()) expect(expected.has(hash)).toBe(true);
    slow();
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(countContents(hashTree(home.library).values())).toEqual(expected);
  });

  it('goes on without the page when its port is taken', async () => {
    const home = await newHome({ library: small });
    const squatter = createPlainServer();
    await new Promise<void>((done) => squatter.listen(home.port, done));
    onTestFinished(() => void squatter.close());
    home.enterCodes = false;
    const daemon = home.start(['daemon']);
    await printed(daemon, 'Apple wants a sign-in code');
    expect(daemon.output().match(new RegExp(`Warning: .*${home.port}`, 'g'))).toHaveLength(1);
    expect(await helper(home, 'enter_mfa', home.simulator.account.currentCode() ?? '')).toMatchObject({ code: 0 });
    await printed(daemon, 'Everything iCloud shows is here and verified.');
  });

  it('refuses a schedule that nobody could keep, and warns of one that nobody means', async () => {
    const home = await newHome({ library: small });
    expect(await home.run(['daemon'], { SCHEDULE: '61 25 * * *' })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('SCHEDULE'),
    });
    const daemon = home.start(['daemon'], { SCHEDULE: '* 2 * * *' });
    await printed(daemon, 'runs 60 times on one day');
  });

  it('tells a health monitor of start and success, with a log that holds no secrets', async () => {
    const pings: { url: string; body: string }[] = [];
    let arrived = () => {};
    const two = new Promise<void>((done) => (arrived = done));
    const receiver = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        pings.push({ url: request.url ?? '', body });
        response.end();
        if (pings.length === 2) arrived();
      });
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    onTestFinished(() => void receiver.close());
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { home, daemon } = await settled({}, { HEALTH_CHECK_URL: `http://127.0.0.1:${port}/ping/abc`, LOG_LEVEL: 'debug' });
    await two;
    daemon.child.kill('SIGTERM');
    await daemon.done;
    expect(pings.map(({ url }) => url)).toEqual(['/ping/abc/start', '/ping/abc']);
    expect(pings[1]?.body).toContain('listed');
    expect(pings[1]?.body).not.toContain(home.simulator.account.password);
  });
});

describe('two commands without a daemon', () => {
  it('the second is told who holds the library; codes reach the one that waits', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const first = home.start(['sync']);
    await printed(first, 'Apple wants a sign-in code');
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('waiting for a sign-in code') });
    expect(await helper(home, 'enter_mfa', home.simulator.account.currentCode() ?? '')).toMatchObject({ code: 0 });
    expect(await first.done).toMatchObject({ exitCode: 0 });
    expect(await helper(home, 'enter_mfa', '123456')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is none for') });
  });
});

describe('the control socket', () => {
  it('is open to its owner only', async () => {
    const home = await newHome({ library: small });
    const runtime = join(home.library, '..', 'run');
    mkdirSync(runtime, { mode: 0o700 });
    home.env.XDG_RUNTIME_DIR = runtime;
    const daemon = home.start(['daemon']);
    await printed(daemon, 'The service runs.');
    const [folder] = readdirSync(runtime);
    expect(statSync(join(runtime, folder ?? '')).mode & 0o777).toBe(0o700);
    expect(statSync(join(runtime, folder ?? '', 'control.sock')).mode & 0o777).toBe(0o600);
  });
});
