import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, printed } from '../support/cli.ts';

interface Archive {
  log: {
    version: string;
    entries: {
      request: { method: string; url: string; postData?: { text: string } };
      response: { status: number; content: { text: string } };
    }[];
  };
}

describe('the network capture', () => {
  it('holds the structure of sign-in and listing and nothing that belongs to somebody', async () => {
    const home = await newHome({ library: { assets: 25, seed: 6, meanBytes: 900 } });
    const codes: string[] = [];
    home.simulator.onCode((code) => codes.push(code));
    expect((await home.run(['sync'], { ENABLE_NETWORK_CAPTURE: 'true' })).exitCode).toBe(0);
    const file = join(home.library, '.photos-sync/network.har');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    const { entries } = (JSON.parse(text) as Archive).log;
    const hosts = new Set(entries.map(({ request }) => new URL(request.url).hostname.replace(/^p\d+-/, '')));
    expect([...hosts]).toEqual(expect.arrayContaining(['idmsa.apple.com', 'setup.icloud.com', 'ckdatabasews.icloud.com']));
    const query = entries.find(({ response }) => response.content.text.includes('"recordType":"CPLMaster"'));
    expect(query?.request.url).toContain('/records/query');
    expect(query?.response.content.text).toContain('"filenameEnc"');

    const session = JSON.parse(readFileSync(join(home.library, '.photos-sync/session.json'), 'utf8'));
    const { account, library } = home.simulator;
    const files = [...library.expected()];
    const encoded = (name: string) => Buffer.from(name).toString('base64').slice(0, 12);
    const forbidden = [
      account.appleId,
      account.appleId.split('@')[0],
      account.password,
      session.sessionToken,
      session.trustToken,
      session.scnt,
      ...codes,
      ...session.cookies.cookies.map(({ value }: { value?: string }) => value).filter((value?: string) => (value ?? '').length > 8),
      ...files.flatMap(({ filename, fileChecksum, assetRecordName, masterRecordName }) => [
        ...(filename ? [filename, encoded(filename)] : []),
        fileChecksum,
        assetRecordName,
        masterRecordName,
      ]),
    ].filter((secret): secret is string => typeof secret === 'string' && secret.length > 3);
    expect(forbidden.length).toBeGreaterThan(80);
    for (const secret of forbidden) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/icloud-content\.com\/\S+/);
    expect(text).not.toMatch(/•{2}/);
  });

  it('is not written unless wanted', async () => {
    const home = await newHome();
    await home.run(['sync']);
    expect(existsSync(join(home.library, '.photos-sync/network.har'))).toBe(false);
  });
});

/** Throws from outside of everything a while after the start, as a defect would. */
const DEFECT = `data:text/javascript,${encodeURIComponent(
  "setTimeout(() => { throw new Error('cannot read anna@example.com _All-Photos/2024/IMG_4711.HEIC of the album Nordsee') }, 1500)",
)}`;

describe('a crash', () => {
  it('leaves a report for the owner where one is wanted, without names, and sends nothing', async () => {
    const home = await newHome();
    await home.run(['sync']);
    const daemon = home.start(['daemon', '--schedule', '0 0 1 1 *', '--enable-crash-reporting'], {
      NODE_OPTIONS: `--import=${DEFECT}`,
      LOG_LEVEL: 'debug',
    });
    const { exitCode, stdout, stderr } = await daemon.done;
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('It was sent to nobody.');
    expect(stdout + stderr).not.toContain('anna@example.com');
    const state = join(home.library, '.photos-sync');
    const [name = ''] = readdirSync(state).filter((one) => one.startsWith('crash-'));
    expect(statSync(join(state, name)).mode & 0o777).toBe(0o600);
    const report = readFileSync(join(state, name), 'utf8');
    expect(report).toMatch(/^icloud-photos-sync crashed/);
    expect(report).toContain('[  ok] Catalog');
    expect(report).toMatch(/The last \d+ lines of the log/);
    for (const secret of ['anna', 'IMG_4711', 'Nordsee', home.library, home.simulator.account.appleId, home.simulator.account.password])
      expect(report).not.toContain(secret);
  });

  it('ends the service with 1 and leaves no report where none is wanted', async () => {
    const home = await newHome();
    await home.run(['sync']);
    const daemon = home.start(['daemon', '--schedule', '0 0 1 1 *'], { NODE_OPTIONS: `--import=${DEFECT}` });
    await printed(daemon, 'This program has crashed');
    expect((await daemon.done).exitCode).toBe(1);
    expect(readdirSync(join(home.library, '.photos-sync')).filter((one) => one.startsWith('crash-'))).toEqual([]);
  });
});
