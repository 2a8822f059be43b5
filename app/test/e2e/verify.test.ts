import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome, printed } from '../support/cli.ts';
import { countContents, expectedContents, hashTree, sha256 } from '../support/tree.ts';

const LIBRARY = { assets: 14, seed: 21, meanBytes: 3000, mix: 'plain' } as const;

/** An installation whose library is complete. */
async function synced(options: Parameters<typeof newHome>[0] = {}): Promise<Home> {
  const home = await newHome({ library: LIBRARY, ...options });
  expect((await home.run(['sync'])).exitCode).toBe(0);
  return home;
}

const photos = (home: Home): string[] => [...hashTree(home.library).keys()].sort();
const at = (home: Home, path: string) => join(home.library, path);

/** One bit changes, as on a disk that rots: the date stays. */
function flip(home: Home, path: string): Buffer {
  const bytes = readFileSync(at(home, path));
  const { atime, mtime } = statSync(at(home, path));
  const half = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(half) ^ 1, half);
  writeFileSync(at(home, path), bytes);
  utimesSync(at(home, path), atime, mtime);
  return bytes;
}

interface Said {
  outcome: string;
  read: { files: number };
  left: { files: number };
  fetchAgain: number;
  fetched: number;
  keptAside: number;
  foreign: { count: number; examples: string[] };
  problems: { code: string; count: number; examples: string[] }[];
}
async function verifyJson(home: Home, ...args: string[]): Promise<{ exitCode: number | null; said: Said }> {
  const { exitCode, stdout } = await home.run(['verify', '--json', ...args]);
  return { exitCode, said: JSON.parse(stdout) as Said };
}
const status = async (home: Home) => {
  const { exitCode, stdout } = await home.run(['status', '--json']);
  return { exitCode, ...(JSON.parse(stdout) as { complete: boolean; intact: boolean; findings: { code: string; examples: string[] }[] }) };
};
const inTrash = (home: Home) =>
  existsSync(at(home, '_Trash'))
    ? readdirSync(at(home, '_Trash'), { recursive: true, encoding: 'utf8' }).filter((name) => statSync(at(home, `_Trash/${name}`)).isFile())
    : [];

describe('verify', () => {
  it('finds nothing wrong where nothing is, and says that everything was read', async () => {
    const home = await synced();
    const before = hashTree(home.library);
    const { exitCode, stdout } = await home.run(['verify', '--all']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Verified: 14 files \(.*\) read in .*, every one of them right\./m);
    expect(hashTree(home.library)).toEqual(before);
    expect(inTrash(home)).toEqual([]);
  });

  it('finds a flipped bit, keeps the bad file aside and fetches a good one', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    const bad = flip(home, path);
    const { exitCode, stdout } = await home.run(['verify', '--all']);
    expect(stdout).toContain(`${path} is damaged`);
    expect(stdout).toContain('1 file kept aside in _Trash.');
    expect(stdout).toContain('1 file fetched again from iCloud and verified.');
    expect(exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    const aside = inTrash(home).find((name) => name.endsWith(path));
    expect(sha256(readFileSync(at(home, `_Trash/${aside}`)))).toBe(sha256(bad));
    const manifest = inTrash(home).find((name) => name.endsWith('manifest.jsonl'));
    expect(JSON.parse(readFileSync(at(home, `_Trash/${manifest}`), 'utf8').trim())).toMatchObject({ from: path, because: 'damaged' });
    expect(await status(home)).toMatchObject({ exitCode: 0, complete: true, intact: true, findings: [] });
  });

  it('without a connection leaves the good file to the next sync, and status says so until then', async () => {
    const home = await synced();
    const [path = '', gone = ''] = photos(home);
    flip(home, path);
    rmSync(at(home, gone));
    const offline = { ICLOUD_TEST_SERVER: 'http://127.0.0.1:9' };
    const { exitCode, stdout } = await home.run(['verify', '--all', '--max-retries', '0'], offline);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`${gone} is not there any more.`);
    expect(stdout).toContain('The next sync fetches what is still missing.');
    const asked = await home.run(['status']);
    expect(asked.exitCode).toBe(4);
    expect(asked.stdout).toContain(`${path} is damaged`);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect((await status(home)).exitCode).toBe(0);
  });

  it('reports what somebody changed and leaves it alone, also over a sync, until asked to repair it', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    appendFileSync(at(home, path), 'a caption that somebody wrote');
    const edited = readFileSync(at(home, path));
    const first = await verifyJson(home, '--all');
    expect(first.exitCode).toBe(4);
    expect(first.said.problems).toMatchObject([{ code: 'file-changed', count: 1, examples: [`${path} was changed by somebody else.`] }]);
    await home.run(['sync']);
    expect(readFileSync(at(home, path)).equals(edited)).toBe(true);
    expect(await status(home)).toMatchObject({ exitCode: 4, intact: false, findings: [{ code: 'file-changed', examples: [path] }] });

    const repaired = await verifyJson(home, '--repair');
    expect(repaired).toMatchObject({ exitCode: 0, said: { keptAside: 1, fetched: 1 } });
    const aside = inTrash(home).find((name) => name.endsWith(path));
    expect(readFileSync(at(home, `_Trash/${aside}`)).equals(edited)).toBe(true);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect((await status(home)).exitCode).toBe(0);
  });

  it('believes a changed file again when its owner has put the right one back', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    const right = readFileSync(at(home, path));
    appendFileSync(at(home, path), 'more');
    expect((await verifyJson(home, '--all')).exitCode).toBe(4);
    writeFileSync(at(home, path), right);
    expect((await verifyJson(home)).exitCode).toBe(0);
    expect(await status(home)).toMatchObject({ exitCode: 0, findings: [] });
  });

  it('counts every file without being told to read all, and names what is not ours without touching it', async () => {
    const home = await synced();
    const [gone = '', beside = ''] = photos(home);
    rmSync(at(home, gone));
    const foreign = join(dirname(beside), 'holiday.gpx');
    writeFileSync(at(home, foreign), 'not a photo');
    mkdirSync(at(home, '_All-Photos/mine'));
    writeFileSync(at(home, '_All-Photos/mine/scan.tiff'), 'not ours either');
    const { exitCode, said } = await verifyJson(home);
    expect(exitCode).toBe(0);
    expect(said).toMatchObject({ fetchAgain: 1, fetched: 1, foreign: { count: 2 } });
    expect([...said.foreign.examples].sort()).toEqual(['_All-Photos/mine/scan.tiff', foreign].sort());
    expect(readFileSync(at(home, foreign), 'utf8')).toBe('not a photo');
    expect(existsSync(at(home, gone))).toBe(true);
  });

  it('never moves the only copy: what iCloud no longer holds is reported and stays where it is', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    const bad = flip(home, path);
    const { DatabaseSync } = await import('node:sqlite');
    const catalog = new DatabaseSync(join(home.library, '.photos-sync/catalog.sqlite'));
    catalog
      .prepare("UPDATE asset SET gone_at = 1, gone_because = 'absent', kept_at = 1 WHERE id = (SELECT asset_id FROM file WHERE path = ?)")
      .run(path);
    catalog.close();
    const { exitCode, said } = await verifyJson(home, '--all', '--repair');
    expect(exitCode).toBe(4);
    expect(said.problems).toMatchObject([{ code: 'only-copy-damaged', count: 1 }]);
    expect(readFileSync(at(home, path)).equals(bad)).toBe(true);
    expect(inTrash(home)).toEqual([]);
    expect((await status(home)).findings).toMatchObject([{ code: 'only-copy-damaged', examples: [path] }]);
  });

  it('takes a library that is not there for a missing volume, not for missing files', async () => {
    const home = await synced();
    const before = hashTree(home.library);
    renameSync(home.library, `${home.library}-away`);
    mkdirSync(home.library);
    const { exitCode } = await home.run(['verify', '--all']);
    expect(exitCode).toBe(5);
    rmSync(home.library, { recursive: true });
    renameSync(`${home.library}-away`, home.library);
    expect(hashTree(home.library)).toEqual(before);
    expect((await verifyJson(home, '--all')).said).toMatchObject({ outcome: 'complete', fetchAgain: 0 });
  });

  it('keeps no more than a few files aside by itself: so many speak of a failing disk', async () => {
    const home = await synced({ library: { assets: 40, seed: 3, meanBytes: 2000, mix: 'plain' } });
    for (const path of photos(home)) flip(home, path);
    const { exitCode, said } = await verifyJson(home, '--all');
    expect(exitCode).toBe(4);
    expect(said.keptAside).toBe(20);
    expect(said.problems.map(({ code, count }) => [code, count])).toEqual([
      ['file-damaged', 20],
      ['many-damaged', 20],
    ]);
    const all = await verifyJson(home, '--all', '--repair');
    expect(all.said.keptAside).toBe(20);
    expect(all.exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });

  it('is interrupted by Ctrl-C with 2 and carries on where it was', async () => {
    const home = await synced({ library: { assets: 60, seed: 5, meanBytes: 4_000_000, mix: 'plain' } });
    const running = home.start(['verify', '--all', '--json']);
    const { DatabaseSync } = await import('node:sqlite');
    const catalog = new DatabaseSync(join(home.library, '.photos-sync/catalog.sqlite'), { readOnly: true });
    const begun = Date.now();
    const read = catalog.prepare('SELECT count(*) AS n FROM file WHERE read_at > ?');
    while ((read.get(begun) as { n: number }).n < 5) await new Promise((next) => setTimeout(next, 5));
    running.child.kill('SIGINT');
    const { exitCode, stdout } = await running.done;
    catalog.close();
    expect(exitCode).toBe(2);
    const first = JSON.parse(stdout) as Said;
    expect(first.left.files).toBeGreaterThan(0);
    const { said } = await verifyJson(home, '--all');
    expect(said.read.files).toBe(first.left.files);
    expect(said.left.files).toBe(0);
  });

  it('runs inside the service while that is up', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    flip(home, path);
    const daemon = home.start(['daemon', '--schedule', '0 0 1 1 *']);
    await printed(daemon, 'The service runs');
    const { exitCode, stdout } = await home.run(['verify', '--all']);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 file fetched again') });
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    daemon.child.kill('SIGTERM');
    expect((await daemon.done).exitCode).toBe(0);
  });

  it('reads a share after each sync of the service by itself, and the next sync need not wait for it', async () => {
    const home = await synced();
    const [path = ''] = photos(home);
    flip(home, path);
    const daemon = home.start(['daemon', '--schedule', '0 0 1 1 *', '--verify-days', '1']);
    // The service syncs at its first start; a command in between would end the reading, as it should.
    await printed(daemon, `${path} is damaged`);
    await printed(daemon, '1 file fetched again from iCloud');
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect((await home.run(['sync'])).exitCode).toBe(0);
    daemon.child.kill('SIGTERM');
    expect((await daemon.done).exitCode).toBe(0);
  });
});
