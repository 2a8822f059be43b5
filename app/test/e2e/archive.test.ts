import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { hashTree, sha256, sketchTree } from '../support/tree.ts';

interface Album {
  readonly home: Home;
  readonly album: string;
  /** Record names of the members, oldest first. */
  readonly members: readonly string[];
}

/** A synced library with one album, its members with an edit and a live film among them. */
async function withAlbum(count = 4, name = 'Wedding'): Promise<Album> {
  const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
  const { library } = home.simulator;
  const members = Array.from({ length: count }, (_, index) =>
    library.addAsset({ filename: `IMG_${index}.JPG`, captureMs: Date.UTC(2024, 5, 1) + index * 1000, timeZoneOffsetS: 0 }),
  );
  library.editAsset(members[1] ?? '', { uti: 'public.jpeg' });
  library.addAsset({ filename: 'other.jpg', captureMs: Date.UTC(2023, 1, 1), timeZoneOffsetS: 0 });
  const album = library.addAlbum({ name });
  for (const member of members) library.addToAlbum(member, album);
  const { exitCode, stdout } = await home.run(['sync']);
  expect(exitCode, stdout).toBe(0);
  return { home, album, members };
}

const isDeleted = ({ home }: Album, record: string) => home.simulator.library.findAsset(record)?.asset.deletedMs !== undefined;
const deletedOf = (set: Album) => set.members.filter((member) => isDeleted(set, member));
const visible = (home: Home) => sketchTree(home.library).filter((line) => !line.includes('/.photos-sync-archive.json'));

describe('archive', () => {
  it('makes links real files with their dates, never a second name of the same file, and iCloud is not touched', async () => {
    const set = await withAlbum();
    const { home } = set;
    const folder = join(home.library, 'Wedding');
    expect(lstatSync(join(folder, 'IMG_0.JPG')).isSymbolicLink()).toBe(true);
    const { exitCode, stdout } = await home.run(['archive', folder]);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('Wedding is archived: 5 files');
    for (const name of ['IMG_0.JPG', 'IMG_1.JPG', 'IMG_1-edited.JPG', 'IMG_2.JPG', 'IMG_3.JPG']) {
      const [copy, original] = [lstatSync(join(folder, name)), statSync(join(home.library, '_All-Photos/2024/2024-06', name))];
      expect(copy.isFile() && copy.ino !== original.ino && copy.mtimeMs === original.mtimeMs).toBe(true);
      expect(sha256(readFileSync(join(folder, name)))).toBe(sha256(readFileSync(join(home.library, '_All-Photos/2024/2024-06', name))));
    }
    expect(home.simulator.requests.count('modify')).toBe(0);
    const marker = JSON.parse(readFileSync(join(folder, '.photos-sync-archive.json'), 'utf8'));
    expect(marker).toMatchObject({ schema: 1, album: set.album, name: 'Wedding' });
    expect(marker.files).toHaveLength(5);
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
    expect((await home.run(['archive', '--list'])).stdout).toMatch(/Wedding {2}5 files/);
  });

  it('is left alone by everything that happens in iCloud afterwards, and by what the owner puts in', async () => {
    const set = await withAlbum();
    const { home, album, members } = set;
    const { library } = home.simulator;
    expect((await home.run(['archive', 'Wedding'])).exitCode).toBe(0);
    const before = hashFolder(home, 'Wedding');
    writeFileSync(join(home.library, 'Wedding/mine.txt'), 'my own');
    library.removeFromAlbum(members[0] ?? '', album);
    library.editAsset(members[2] ?? '', { uti: 'public.jpeg' });
    library.deleteAsset(members[3] ?? '');
    library.addToAlbum(library.addAsset({ filename: 'new.jpg', captureMs: Date.UTC(2024, 6, 1) }), album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(hashFolder(home, 'Wedding')).toEqual({ ...before, 'mine.txt': sha256(Buffer.from('my own')) });
  });

  it('follows renames and moves, and goes to _Archive when the album is gone', async () => {
    const { home, album } = await withAlbum();
    const { library } = home.simulator;
    expect((await home.run(['archive', 'Wedding'])).exitCode).toBe(0);
    const before = hashFolder(home, 'Wedding');
    const folder = library.addAlbum({ name: 'Family', type: 3 });
    library.renameAlbum(album, 'Our day');
    library.moveAlbum(album, folder);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(hashFolder(home, 'Family/Our day')).toEqual(before);
    expect(existsSync(join(home.library, 'Wedding'))).toBe(false);
    mkdirSync(join(home.library, '_Archive/Our day'), { recursive: true });
    library.removeAlbum(album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(hashFolder(home, '_Archive/Our day-1')).toEqual(before);
    // `_Archive` is the owner's: wherever the folder goes, it stays what it is, and is still looked after.
    renameSync(join(home.library, '_Archive/Our day-1'), join(home.library, 'Best of'));
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(hashFolder(home, 'Best of')).toEqual(before);
    expect((await home.run(['archive', '--list'])).stdout).toContain('Best of');
    expect((await home.run(['verify', '--all'])).exitCode).toBe(0);
  });

  it('keeps two archives apart that swap their names', async () => {
    const { home, album } = await withAlbum(2, 'One');
    const { library } = home.simulator;
    const other = library.addAlbum({ name: 'Two' });
    library.addToAlbum(library.addAsset({ filename: 'two.jpg', captureMs: Date.UTC(2024, 7, 1) }), other);
    expect((await home.run(['archive', 'One'])).exitCode).toBe(0);
    expect((await home.run(['archive', 'Two'])).exitCode).toBe(0);
    const [one, two] = [hashFolder(home, 'One'), hashFolder(home, 'Two')];
    library.renameAlbum(album, 'Two');
    library.renameAlbum(other, 'One');
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect([hashFolder(home, 'Two'), hashFolder(home, 'One')]).toEqual([one, two]);
    expect(readdirSync(join(home.library, '_Archive/.stash'))).toEqual([]);
  });

  it('fetches the album first, takes all albums of a folder on request, and says what it does not know', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    const folder = library.addAlbum({ name: 'Travel', type: 3 });
    for (const name of ['Rome', 'Oslo']) {
      const album = library.addAlbum({ name, parent: folder });
      library.addToAlbum(library.addAsset({ filename: `${name}.jpg`, captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 }), album);
    }
    const refused = await home.run(['archive', 'Travel']);
    expect([refused.exitCode, refused.stderr + refused.stdout]).toEqual([3, expect.stringContaining('--recursive')]);
    expect((await home.run(['archive', 'Nowhere'])).exitCode).toBe(3);
    expect((await home.run(['archive', 'Travel', '--recursive'])).exitCode).toBe(0);
    expect(Object.keys({ ...hashFolder(home, 'Travel/Rome'), ...hashFolder(home, 'Travel/Oslo') })).toEqual(['Rome.jpg', 'Oslo.jpg']);
  });

  it('is known again by its marker when the catalog is lost', async () => {
    const { home } = await withAlbum();
    expect((await home.run(['archive', 'Wedding'])).exitCode).toBe(0);
    const before = visible(home);
    for (const name of readdirSync(join(home.library, '.photos-sync')))
      if (name.startsWith('catalog.sqlite')) rmSync(join(home.library, '.photos-sync', name));
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(visible(home)).toEqual(before);
    expect((await home.run(['archive', '--list'])).stdout).toMatch(/Wedding {2}5 files/);
  });
});

describe('archive with a delete in iCloud', () => {
  it('prints the plan and ends with 3 without a terminal and without --yes', async () => {
    const set = await withAlbum();
    const { exitCode, stdout, stderr } = await set.home.run(['archive', 'Wedding', '--remote-delete']);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('Would be deleted in iCloud once proven to be here: 4 items');
    expect(stderr).toContain('Nothing was done.');
    expect(deletedOf(set)).toEqual([]);
    expect(lstatSync(join(set.home.library, 'Wedding/IMG_0.JPG')).isSymbolicLink()).toBe(true);
  });

  it('deletes what is proven, spares favourites and what is in another album, and the next sync expects it', async () => {
    const set = await withAlbum(30);
    const { home, members } = set;
    const { library } = home.simulator;
    const [favorite = '', shared = '', ...rest] = members;
    library.setFavorite(favorite, true);
    library.addToAlbum(shared, library.addAlbum({ name: 'Calendar' }));
    const { exitCode, stdout } = await home.run(['archive', 'Wedding', '--remote-delete', '--yes', '--json']);
    expect(exitCode, stdout).toBe(0);
    const [report] = JSON.parse(stdout).archives;
    expect(report.remote.deleted).toHaveLength(28);
    expect(report.remote.kept.map(({ asset, why }: { asset: string; why: string }) => [asset, why])).toEqual(
      expect.arrayContaining([
        [favorite, 'favorite'],
        [shared, 'in-other-albums'],
      ]),
    );
    expect(deletedOf(set).toSorted()).toEqual([...rest].toSorted());
    expect(JSON.parse(readFileSync(report.savedAs, 'utf8'))).toMatchObject({ id: report.id, remote: { deleted: expect.any(Array) } });
    // 28 of 31 at once: the brake would hold this if it were not our own doing (decisions.md 3).
    const sync = await home.run(['sync']);
    expect(sync.exitCode, sync.stdout).toBe(0);
    expect([...hashTree(home.library).keys()]).toHaveLength(3 + 1);
    expect(Object.keys(hashFolder(home, 'Wedding'))).toHaveLength(31);
    expect((await home.run(['verify', '--all'])).exitCode).toBe(0);
  });

  it('brings everything back with --undo, as long as iCloud has it', async () => {
    const set = await withAlbum(5);
    const { home, members } = set;
    expect((await home.run(['archive', 'Wedding', '--remote-delete', '--yes'])).exitCode).toBe(0);
    expect(deletedOf(set)).toHaveLength(5);
    home.simulator.library.purgeAsset(members[4] ?? '');
    const { exitCode, stdout } = await home.run(['archive', '--undo', '1']);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('4 items brought back');
    expect(stdout).toContain('IMG_4: iCloud has removed it for good.');
    expect(members.slice(0, 4).some((member) => isDeleted(set, member))).toBe(false);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect([...hashTree(home.library).keys()]).toHaveLength(4 + 1 + 1);
  });

  it('deletes nothing whose copy was damaged after it was archived', async () => {
    const set = await withAlbum(3);
    expect((await set.home.run(['archive', 'Wedding'])).exitCode).toBe(0);
    writeFileSync(join(set.home.library, 'Wedding/IMG_1-edited.JPG'), 'rotten');
    const { stdout } = await set.home.run(['archive', 'Wedding', '--remote-delete', '--yes', '--json']);
    const [report] = JSON.parse(stdout).archives;
    expect(report.remote.kept).toEqual([expect.objectContaining({ asset: set.members[1], why: 'not-proven' })]);
    expect(deletedOf(set)).toEqual([set.members[0], set.members[2]]);
  });

  it('deletes nothing while the off-site copy does not hold it', async () => {
    const set = await withAlbum(2);
    const passphrase = join(set.home.library, '..', 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple');
    const env = { OFFSITE_REPOSITORY: '/nowhere/at/all', OFFSITE_PASSPHRASE_FILE: passphrase };
    const { exitCode, stdout } = await set.home.run(['archive', 'Wedding', '--remote-delete', '--yes'], env);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('Nothing was deleted in iCloud: the off-site copy does not hold the archive.');
    expect(deletedOf(set)).toEqual([]);
  });
});

describe('unarchive', () => {
  it('never takes a photo that was deleted in iCloud a moment ago for one that is in the library', async () => {
    const { home } = await withAlbum(2);
    expect((await home.run(['archive', 'Wedding', '--remote-delete', '--yes'])).exitCode).toBe(0);
    expect((await home.run(['unarchive', 'Wedding'])).exitCode).toBe(0);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(Object.keys(hashFolder(home, '_Archive/Wedding'))).toEqual(['IMG_0.JPG', 'IMG_1-edited.JPG', 'IMG_1.JPG']);
  });

  it('lets the folder follow iCloud again; what is only here goes to _Archive', async () => {
    const set = await withAlbum(3);
    const { home, members, album } = set;
    expect((await home.run(['archive', 'Wedding'])).exitCode).toBe(0);
    writeFileSync(join(home.library, 'Wedding/mine.txt'), 'my own');
    home.simulator.library.deleteAsset(members[0] ?? '');
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const { exitCode, stdout } = await home.run(['unarchive', 'Wedding']);
    expect(exitCode, stdout).toBe(0);
    home.simulator.library.addToAlbum(
      home.simulator.library.addAsset({ filename: 'new.jpg', captureMs: Date.UTC(2024, 5, 2), timeZoneOffsetS: 0 }),
      album,
    );
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(Object.keys(hashFolder(home, '_Archive/Wedding'))).toEqual(['IMG_0.JPG']);
    const lines = visible(home).filter((line) => line.startsWith('Wedding/'));
    expect(lines).toEqual([
      expect.stringContaining('Wedding/IMG_1-edited.JPG -> '),
      expect.stringContaining('Wedding/IMG_1.JPG -> '),
      expect.stringContaining('Wedding/IMG_2.JPG -> '),
      'Wedding/mine.txt',
      expect.stringContaining('Wedding/new.jpg -> '),
    ]);
  });
});

/** SHA-256 of every regular file of a folder, by name; the marker aside. */
function hashFolder(home: Home, folder: string): Record<string, string> {
  const at = join(home.library, folder);
  const names = readdirSync(at).filter((name) => lstatSync(join(at, name)).isFile() && name !== '.photos-sync-archive.json');
  return Object.fromEntries(names.sort().map((name) => [name, sha256(readFileSync(join(at, name)))]));
}
