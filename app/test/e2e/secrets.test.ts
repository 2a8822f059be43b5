import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliResult, newHome } from '../support/cli.ts';

describe('secrets', () => {
  it('appear nowhere in a full run with every kind of trouble, at the most talkative level', async () => {
    const home = await newHome({ library: { assets: 30, seed: 4, meanBytes: 800 } });
    home.env.LOG_LEVEL = 'debug';
    const codes: string[] = [];
    home.simulator.onCode((code) => codes.push(code));
    const results: CliResult[] = [];
    const run = async (env: Record<string, string> = {}, ...args: string[]) => results.push(await home.run(['sync', ...args], env));
    await run({ APPLE_ID_PWD: 'not-the-Password-9' });
    home.simulator.faults.add({ on: 'download', times: 4, effect: 'reset' });
    home.simulator.faults.add({ on: 'download', times: 3, effect: { status: 410 } });
    home.simulator.faults.add({ on: 'query', times: 2, effect: 'html' });
    home.simulator.faults.add({ on: 'query', times: 1, effect: { status: 401, body: { error: 'no' } } });
    await run();
    await run({}, '--log-to-cli');
    await run({}, '--silent');
    expect(results.map(({ exitCode }) => exitCode)).toEqual([5, 0, 0, 0]);
    expect(results[3]).toMatchObject({ stdout: '', stderr: '' });

    const state = join(home.library, '.photos-sync');
    const session = JSON.parse(readFileSync(join(state, 'session.json'), 'utf8'));
    const secrets = [
      home.simulator.account.password,
      'not-the-Password-9',
      session.sessionToken,
      session.trustToken,
      session.scnt,
      ...codes,
    ];
    for (const cookie of session.cookies.cookies) if ((cookie.value ?? '').length > 8) secrets.push(cookie.value.replaceAll('"', ''));
    const texts = [
      ...results.flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ...readdirSync(state)
        .filter((name) => name.includes('.log'))
        .map((name) => readFileSync(join(state, name), 'utf8')),
    ];
    const everything = texts.join('\n');
    expect(everything.length).toBeGreaterThan(5_000);
    for (const secret of secrets) expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(/icloud-content\.com\/\S+/);
    for (const name of readdirSync(state, { recursive: true, encoding: 'utf8' }))
      expect(statSync(join(state, name)).mode & 0o077, name).toBe(0);
  });
});

describe('the connection', () => {
  it('refuses a certificate that nobody vouches for, and takes one of NODE_EXTRA_CA_CERTS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'photos-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const names = ['idmsa.apple.com', '*.icloud.com', '*.icloud-content.com'].map((name) => `DNS:${name}`).join(',');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
        '-days',
        '2',
        '-subj',
        '/CN=photos test',
        '-addext',
        `subjectAltName=${names}`,
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const home = await newHome({ library: { assets: 3, seed: 1, mix: 'plain' }, tls: { key: read('key.pem'), cert: read('cert.pem') } });
    expect(home.simulator.address).toMatch(/^https:/);
    const refused = await home.run(['sync']);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('The certificate of idmsa.apple.com is not trusted here'),
    });
    expect(home.simulator.requests.total()).toBe(0);
    expect((await home.run(['sync'], { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') })).exitCode).toBe(0);
  });
});
