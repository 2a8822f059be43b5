import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { snapshotOf, writeIcloudpdTree, writeIcpsTree, writeShuffledTree } from '../support/foreign-trees.ts';
import { countContents, expectedContents, hashTree, sketchTree } from '../support/tree.ts';

function sourceFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'photos-source-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Report {
  readonly taken: { copy: number; link: number; move: number };
  readonly byKind: Record<string, number>;
  readonly missing: number;
  readonly alreadyHere: number;
  readonly recognised: number;
  readonly madeBy: string;
  readonly left: { label: string; count: number }[];
}

async function runImport(home: Home, args: readonly string[], exitCode = 0): Promise<Report> {
  const result = await home.run(['import', ...args, '--json']);
  expect(result.exitCode, result.stderr).toBe(exitCode);
  return JSON.parse(result.stdout) as Report;
}

const wholeLibrary = (home: Home) =>
  expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));

describe('import', () => {
  it('takes a shuffled, renamed tree of 5,000 files whole: nothing is downloaded, nothing at the source changes', async () => {
    const home = await newHome({ library: { assets: 3700, seed: 21, meanBytes: 400 } });
    home.env.METADATA = 'none';
    const source = sourceFolder();
    const files = writeShuffledTree(source, home.simulator.library);
    expect(files).toBeGreaterThan(4500);
    const before = snapshotOf(source);
    const report = await runImport(home, [source]);
    expect(report).toMatchObject({ taken: { copy: files, link: 0, move: 0 }, missing: 0, left: [] });
    expect(report.byKind).toMatchObject({ original: expect.any(Number), edited: expect.any(Number), 'live-video': expect.any(Number) });
    wholeLibrary(home);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(snapshotOf(source)).toEqual(before);
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
  }, 180_000);

  it('takes a tree of icloudpd, edits and live films included', async () => {
    const home = await newHome({ library: { assets: 130, seed: 5, meanBytes: 3000 } });
    const source = sourceFolder();
    const files = writeIcloudpdTree(source, home.simulator.library);
    const before = snapshotOf(source);
    expect(await runImport(home, [source])).toMatchObject({ madeBy: 'icloudpd', taken: { copy: files }, missing: 0, left: [] });
    wholeLibrary(home);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(snapshotOf(source)).toEqual(before);
  });

  it('changes nothing in a dry run, and says the same as the import that follows; that one again finds nothing to do', async () => {
    const home = await newHome({ library: { assets: 40, seed: 6, meanBytes: 1000 } });
    const source = sourceFolder();
    const files = writeShuffledTree(source, home.simulator.library);
    const plan = await runImport(home, [source, '--dry-run', '--link']);
    expect(plan).toMatchObject({ taken: { link: files }, missing: 0 });
    expect(hashTree(home.library).size).toBe(0);
    const done = await runImport(home, [source, '--link']);
    expect(done).toMatchObject({ taken: { link: plan.taken.link }, byKind: plan.byKind, missing: 0 });
    wholeLibrary(home);
    expect(await runImport(home, [source])).toMatchObject({ taken: { copy: 0, link: 0, move: 0 }, alreadyHere: files, left: [] });
  });

  it('moves what matches on request, and leaves and names what does not', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    for (const filename of ['IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG', 'IMG_4.JPG'])
      library.addAsset({ filename, captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    const source = sourceFolder();
    for (const file of library.expected()) {
      mkdirSync(join(source, '2024'), { recursive: true });
      writeFileSync(join(source, '2024', file.filename ?? ''), file.read());
    }
    appendFileSync(join(source, '2024/IMG_2.JPG'), ' some program wrote metadata');
    const third = readFileSync(join(source, '2024/IMG_3.JPG'));
    third[third.length - 1] = (third.at(-1) ?? 0) ^ 1;
    writeFileSync(join(source, '2024/IMG_3.JPG'), third);
    writeFileSync(join(source, 'holiday.jpg'), 'from elsewhere');
    const report = await runImport(home, [source, '--move']);
    expect(report).toMatchObject({ taken: { move: 2 }, missing: 2 });
    expect(report.left.map(({ label, count }) => [label, count])).toEqual([
      ['damaged', 1],
      ['changed', 1],
      ['not-in-icloud', 1],
    ]);
    expect(snapshotOf(source).map((line) => line.split(' ')[0])).toEqual(['2024/IMG_2.JPG', '2024/IMG_3.JPG', 'holiday.jpg']);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(2);
    wholeLibrary(home);
  });

  it('refuses a folder that is not there, the library itself, and two ways at once, with exit code 3', async () => {
    const home = await newHome({ library: { assets: 3, seed: 1, mix: 'plain' } });
    const source = sourceFolder();
    for (const args of [[join(source, 'nowhere')], [home.library], [source, '--move', '--link'], [source, '--from', 'elsewhere']])
      expect((await home.run(['import', ...args])).exitCode).toBe(3);
    expect(home.simulator.requests.count('query')).toBe(0);
  });
});

describe('a library of icloud-photos-sync 1 to 4 in DATA_DIR', () => {
  it('is taken over after a clear notice: readable names, no download, nothing lost', async () => {
    const home = await newHome({ library: { assets: 60, seed: 5, meanBytes: 1500 } });
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Summer' });
    for (const { assetRecordName } of [...library.expected()].slice(0, 3)) library.addToAlbum(assetRecordName, album);
    mkdirSync(home.library);
    writeIcpsTree(home.library, library);
    writeFileSync(join(home.library, '_All-Photos', 'unknown.jpeg'), 'nothing of iCloud');
    const { exitCode, stdout, stderr } = await home.run(['sync']);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout + stderr).toContain('This folder holds a library of icloud-photos-sync 1 to 4. It is taken over');
    expect(stdout).toContain('1 file (');
    expect(home.simulator.requests.count('download')).toBe(0);
    const contents = countContents(hashTree(home.library).values());
    for (const [hash] of expectedContents(library)) expect(contents.has(hash)).toBe(true);
    const lines = sketchTree(home.library);
    expect(lines).toContain('_All-Photos/unknown.jpeg');
    expect(lines).toContain('.icloud-photos-sync');
    expect(lines.filter((line) => /^_All-Photos\/A[Q-Za-f][\w-]{26}\./.test(line))).toEqual([]);
    expect(lines.some((line) => line.startsWith('Summer/') && line.includes(' -> ../_All-Photos/'))).toBe(true);
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
  });

  it('is not touched while the older program may be running', async () => {
    const home = await newHome({ library: { assets: 5, seed: 5, mix: 'plain' } });
    mkdirSync(home.library);
    writeIcpsTree(home.library, home.simulator.library);
    writeFileSync(join(home.library, '.library.lock'), '1');
    const before = snapshotOf(home.library);
    const { exitCode, stdout, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(5);
    expect(stdout + stderr).toContain('.library.lock');
    expect(snapshotOf(home.library)).toEqual(before);
    expect((await home.run(['sync', '--force'])).exitCode).toBe(0);
  });

  it('keeps archived albums as they are', async () => {
    const home = await newHome({ library: { assets: 12, seed: 5, mix: 'plain' } });
    const { library } = home.simulator;
    const [asset] = [...library.expected()];
    const record = library.addAlbum({ name: 'Wedding' });
    library.addToAlbum(asset?.assetRecordName ?? '', record);
    mkdirSync(home.library);
    writeIcpsTree(home.library, library);
    const hidden = join(home.library, `.${record}`);
    writeFileSync(join(hidden, 'IMG_9.jpeg'), 'kept for good');
    const { mtimeMs } = statSync(join(hidden, 'IMG_9.jpeg'));
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(statSync(join(home.library, 'Wedding/IMG_9.jpeg')).mtimeMs).toBe(mtimeMs);
    expect(existsSync(hidden)).toBe(false);
    library.removeFromAlbum(asset?.assetRecordName ?? '', record);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(readFileSync(join(home.library, 'Wedding/IMG_9.jpeg'), 'utf8')).toBe('kept for good');
    library.renameAlbum(record, 'Our day');
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(readFileSync(join(home.library, 'Our day/IMG_9.jpeg'), 'utf8')).toBe('kept for good');
    expect((await home.run(['archive', '--list'])).stdout).toContain('Our day  1 file');
  });
});
