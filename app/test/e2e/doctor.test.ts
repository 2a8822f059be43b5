import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CliResult, type Home, newHome, printed } from '../support/cli.ts';

interface Report {
  schema: number;
  checks: { title: string; verdict: 'good' | 'note' | 'bad'; facts: [string, string][]; advice?: string }[];
}

async function doctor(home: Home, env: Record<string, string> = {}): Promise<{ report: Report; result: CliResult }> {
  const result = await home.run(['doctor', '--json'], env);
  return { report: JSON.parse(result.stdout) as Report, result };
}
const check = (report: Report, title: string) => report.checks.find((one) => one.title === title);
const fact = (report: Report, title: string, name: string) => check(report, title)?.facts.find(([one]) => one === name)?.[1];
const written = (home: Home) => readdirSync(join(home.library, '.photos-sync')).filter((name) => name.startsWith('doctor-'));

describe('doctor', () => {
  it('finds nothing wrong with a healthy installation and writes its report for the owner alone', async () => {
    const home = await newHome({ library: { assets: 20, seed: 8, meanBytes: 1500 } });
    await home.run(['sync']);
    const { stdout, exitCode } = await home.run(['doctor']);
    expect(stdout).toContain('Nothing is wrong that can be seen from here.');
    expect(exitCode).toBe(0);
    const [name = ''] = written(home);
    const file = join(home.library, '.photos-sync', name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(stdout.trim());
  });

  it('tells versions, volume, checksum rates and how each host answers', async () => {
    const home = await newHome({ library: { assets: 20, seed: 8, meanBytes: 1500 } });
    await home.run(['sync']);
    const { report } = await doctor(home);
    expect(fact(report, 'Versions', 'node')).toBe(process.versions.node);
    expect(fact(report, 'Library', 'holds')).toBe('a library of this program');
    expect(fact(report, 'Library', 'links')).toBe('symbolic yes, hard yes');
    expect(fact(report, 'Catalog', 'integrity')).toBe('ok');
    expect(fact(report, "Apple's checksums", 'original')).toMatch(/^(\d+) of \1 match \(100\.0 %\)/);
    for (const host of ['idmsa.apple.com', 'setup.icloud.com', 'www.icloud.com', 'cvws.icloud-content.com'])
      expect(fact(report, 'Network', host)).toMatch(/^HTTP \d{3} in \d+ ms/);
    expect(check(report, 'Clock')?.verdict).toBe('good');
    expect(check(report, 'Last runs')?.facts[0]?.[1]).toMatch(/^sync, complete/);
  });

  it('holds nothing that must not stand in a public issue', async () => {
    const home = await newHome({ library: { assets: 30, seed: 4, meanBytes: 800 } });
    home.simulator.faults.add({ on: 'download', times: 6, effect: { status: 410 } });
    await home.run(['sync']);
    Object.assign(home.env, {
      WEB_PASSWORD: 'very-secret-word',
      WEB_TOKEN: 'token-of-the-page',
      HEALTH_CHECK_URL: 'https://hc.example.com/secret-path',
    });
    const { stdout, stderr } = await home.run(['doctor']);
    const json = await home.run(['doctor', '--json']);
    const session = JSON.parse(readFileSync(join(home.library, '.photos-sync/session.json'), 'utf8'));
    const account = home.simulator.account;
    const texts = [stdout, json.stdout, ...written(home).map((name) => readFileSync(join(home.library, '.photos-sync', name), 'utf8'))];
    const names = [...home.simulator.library.expected()].map(({ filename }) => (filename ?? '').replace(/\.\w+$/, ''));
    const forbidden = [
      account.appleId,
      account.appleId.split('@')[0] ?? '',
      account.password,
      'very-secret-word',
      'token-of-the-page',
      'secret-path',
      home.library,
      hostname(),
      session.sessionToken,
      session.trustToken,
      ...names.filter((name) => name.length > 3),
    ].filter((text) => typeof text === 'string' && text !== '');
    expect(forbidden.length).toBeGreaterThan(20);
    for (const text of texts) {
      for (const secret of forbidden) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/[\w.]+@[\w-]+\.\w+/);
      expect(text).not.toMatch(/\+\d{2}[\d ]{6}/);
    }
    expect(stderr).toContain('Read it before you post it anywhere.');
    expect(stdout).toContain('WEB_PASSWORD');
  });

  it('works before there is a library, without writing anything', async () => {
    const home = await newHome();
    const { report, result } = await doctor(home);
    expect(result.exitCode).toBe(1);
    expect(check(report, 'Library')).toMatchObject({ verdict: 'bad', facts: [['folder', 'is not there']] });
    expect(fact(report, 'Catalog', 'catalog')).toBe('there is none yet');
    expect(existsSync(home.library)).toBe(false);
  });

  it('never writes into a folder that holds something else', async () => {
    const home = await newHome();
    mkdirSync(home.library);
    writeFileSync(join(home.library, 'letters.txt'), 'mine');
    const { report } = await doctor(home);
    expect(check(report, 'Library')?.verdict).toBe('bad');
    expect(fact(report, 'Library', 'holds')).toBe('files, but no library of this program');
    expect(readdirSync(home.library)).toEqual(['letters.txt']);
    expect(JSON.stringify(report)).not.toContain('letters');
  });

  it('names the step at which a host cannot be reached, and needs no network for the rest', async () => {
    const home = await newHome();
    await home.run(['sync']);
    const refused = await doctor(home, { ICLOUD_TEST_SERVER: 'http://127.0.0.1:9' });
    expect(check(refused.report, 'Network')?.verdict).toBe('bad');
    expect(fact(refused.report, 'Network', 'idmsa.apple.com')).toBe('failed at the connection (ECONNREFUSED)');
    expect(fact(refused.report, 'Catalog', 'integrity')).toBe('ok');
    const silent = await silentServer();
    const hung = await doctor(home, { ICLOUD_TEST_SERVER: `https://127.0.0.1:${silent.port}` });
    silent.server.close();
    expect(fact(hung.report, 'Network', 'idmsa.apple.com')).toMatch(/^failed at the (encryption|answer)/);
    const nameless = await doctor(home, { ICLOUD_TEST_SERVER: 'http://no-such-host.invalid' });
    expect(fact(nameless.report, 'Network', 'idmsa.apple.com')).toMatch(/^failed at the name/);
  });

  it('says what is wrong with a damaged catalog and goes on with everything else', async () => {
    const home = await newHome();
    await home.run(['sync']);
    writeFileSync(join(home.library, '.photos-sync/catalog.sqlite'), 'this was a database once '.repeat(500));
    for (const end of ['-wal', '-shm'])
      if (existsSync(join(home.library, `.photos-sync/catalog.sqlite${end}`)))
        writeFileSync(join(home.library, `.photos-sync/catalog.sqlite${end}`), '');
    const { report, result } = await doctor(home);
    expect(result.exitCode).toBe(1);
    expect(check(report, 'Catalog')).toMatchObject({ verdict: 'bad', facts: [['cannot be looked at', 'SQLite error 26']] });
    expect(check(report, 'Catalog')?.advice).toContain('rebuild');
    expect(check(report, 'Library')?.verdict).toBe('good');
  });

  it('works beside a running service and says how that is', async () => {
    const home = await newHome();
    await home.run(['sync']);
    const daemon = home.start(['daemon', '--schedule', '0 0 1 1 *']);
    await printed(daemon, 'The service runs');
    const { report } = await doctor(home);
    expect(fact(report, 'Service', 'health')).toMatch(/^(ok|starting)$/);
    expect(fact(report, 'Locks', 'library')).toMatch(/^"daemon" on this machine since/);
    expect(fact(report, 'Web port', `port ${home.port}`)).toBe('something answers');
    daemon.child.kill('SIGTERM');
    expect((await daemon.done).exitCode).toBe(0);
  });
});

/** Takes connections and never says a word but nonsense. */
function silentServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end('nonsense\r\n'));
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : 0 });
    }),
  );
}
