import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLibrary, probeVolume } from '../../../src/adapters/disk/volume.ts';
import { exists, mountTmpfs, problemOf, tempFolder } from './support.ts';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('opening a library', () => {
  it('makes one where nothing is, with folders only its owner may look into', async () => {
    const root = join(tempFolder(), 'not/there/yet');
    const stateDir = join(tempFolder(), 'config');
    const library = await openLibrary({ root, stateDir, createIfEmpty: true, now: () => 0, madeBy: 'test 1.0' });
    expect(library).toMatchObject({
      created: true,
      incomingDir: join(root, '.photos-sync/incoming'),
      lockFile: join(root, '.photos-sync/library'),
    });
    expect(JSON.parse(readFileSync(join(root, '.photos-sync/library.json'), 'utf8'))).toEqual({
      libraryId: library.libraryId,
      createdAt: '1970-01-01T00:00:00.000Z',
      madeBy: 'test 1.0',
    });
    expect([join(root, '.photos-sync'), library.incomingDir, stateDir].map(mode)).toEqual([0o700, 0o700, 0o700]);
  });

  it('knows it again, with and without an expectation, and closes what was open to others', async () => {
    const root = tempFolder();
    const { libraryId } = await openLibrary({ root, createIfEmpty: true });
    writeFileSync(join(root, 'a photo.jpg'), '');
    chmodSync(join(root, '.photos-sync'), 0o755);
    for (const expectedLibraryId of [undefined, libraryId]) {
      expect(await openLibrary({ root, createIfEmpty: true, expectedLibraryId })).toMatchObject({ libraryId, created: false });
    }
    expect(mode(join(root, '.photos-sync'))).toBe(0o700);
  });

  it.each(['lost+found', '@eaDir', '#recycle', '.DS_Store', '.photos-sync', '.stfolder', '@Recycle', '.@__thumb'])(
    'takes a folder with %s for empty',
    async (name) => {
      const root = tempFolder();
      mkdirSync(join(root, name));
      expect(await openLibrary({ root, createIfEmpty: true })).toMatchObject({ created: true });
    },
  );

  it('refuses another library and names both folders', async () => {
    const root = tempFolder();
    await openLibrary({ root, createIfEmpty: true });
    const problem = await problemOf(openLibrary({ root, stateDir: '/config', createIfEmpty: true, expectedLibraryId: 'another' }));
    expect(problem).toMatchObject({ code: 'library-foreign', remedy: 'person' });
    expect(problem.message).toContain(root);
    expect(problem.message).toContain('/config');
  });

  it('takes an empty mount point for what it is and writes nothing into it', async () => {
    const root = tempFolder();
    expect(await problemOf(openLibrary({ root, createIfEmpty: true, expectedLibraryId: 'known' }))).toMatchObject({
      code: 'volume-missing',
    });
    expect(await problemOf(openLibrary({ root: join(root, 'gone'), createIfEmpty: true, expectedLibraryId: 'known' }))).toMatchObject({
      code: 'volume-missing',
    });
    expect(await problemOf(openLibrary({ root, createIfEmpty: false }))).toMatchObject({ code: 'volume-missing' });
    expect(readdirSync(root)).toEqual([]);
  });

  it("refuses somebody's folder, says what is in it, and leaves it as it is", async () => {
    const root = tempFolder();
    for (const name of ['g', 'f', 'e', 'd', 'c', 'b', 'a']) writeFileSync(join(root, name), '');
    const problem = await problemOf(openLibrary({ root, createIfEmpty: true }));
    expect(problem.code).toBe('library-foreign');
    expect(problem.message).toContain('it holds a, b, c, d, e and 2 more');
    expect(problem.message).not.toContain('icloud-photos-sync 1 to 4');
    expect(readdirSync(root)).toHaveLength(7);
  });

  it.each<[string, (root: string) => void]>([
    ['its state file', (root) => writeFileSync(join(root, '.icloud-photos-sync'), '{}')],
    [
      'its file names',
      (root) => {
        mkdirSync(join(root, '_All-Photos'));
        writeFileSync(join(root, '_All-Photos/AeYfMtlOMb3dM9bETic9fXkMpjMV.jpeg'), '');
      },
    ],
  ])('takes over a library of version 1 to 4, recognised by %s, and changes nothing in it', async (_, make) => {
    const root = tempFolder();
    make(root);
    const before = readdirSync(root, { recursive: true }).map(String).sort();
    expect((await openLibrary({ root, createIfEmpty: true })).libraryId).not.toBe('');
    expect(
      readdirSync(root, { recursive: true })
        .map(String)
        .filter((name) => !name.startsWith('.photos-sync'))
        .sort(),
    ).toEqual(before);
  });

  it('does not write through a link in the place of its own folder', async () => {
    const [root, elsewhere] = [tempFolder(), tempFolder()];
    symlinkSync(elsewhere, join(root, '.photos-sync'));
    expect(await problemOf(openLibrary({ root, createIfEmpty: true }))).toMatchObject({ code: 'library-foreign' });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('says that a marker cannot be read instead of making a second library', async () => {
    const root = tempFolder();
    await openLibrary({ root, createIfEmpty: true });
    for (const text of ['', '{"libraryId":', '{}', 'null']) {
      writeFileSync(join(root, '.photos-sync/library.json'), text);
      expect(await problemOf(openLibrary({ root, createIfEmpty: true }))).toMatchObject({ code: 'disk-error' });
    }
  });

  it('says that a volume is read-only', async () => {
    const root = mountTmpfs('size=1m');
    const { libraryId } = await openLibrary({ root, createIfEmpty: true });
    execFileSync('mount', ['-o', 'remount,ro', root]);
    onTestFinished(() => execFileSync('mount', ['-o', 'remount,rw', root]) && undefined);
    expect(await problemOf(openLibrary({ root, createIfEmpty: true, expectedLibraryId: libraryId }))).toMatchObject({
      code: 'library-not-writable',
    });
  });

  it('notices when the volume is unmounted under it', async () => {
    const root = mountTmpfs('size=1m');
    const library = await openLibrary({ root, createIfEmpty: true });
    await library.stillThere();
    execFileSync('umount', [root]);
    onTestFinished(() => execFileSync('mount', ['-t', 'tmpfs', 'photos-test', root]) && undefined);
    expect(await problemOf(library.stillThere())).toMatchObject({ code: 'volume-missing' });
    rmSync(root, { recursive: true });
    expect(await problemOf(library.stillThere())).toMatchObject({ code: 'volume-missing' });
    mkdirSync(root);
  });
});

describe('trying out a volume', () => {
  it('finds what it can do and leaves nothing behind', async () => {
    const { root } = await openLibrary({ root: tempFolder(), createIfEmpty: true });
    const own = join(root, '.photos-sync');
    for (const name of ['probe-aaaaaa', 'probe-bbbbbb', 'probe-notes']) mkdirSync(join(own, name));
    writeFileSync(join(own, 'probe-aaaaaa/left'), '');
    for (const name of ['probe-aaaaaa', 'probe-notes']) utimesSync(join(own, name), 0, 0);
    expect(await probeVolume(root)).toMatchObject({
      symlinks: true,
      hardLinks: true,
      foldsCase: false,
      nameLimitBytes: 255,
      timeStepMs: 1,
    });
    expect(readdirSync(own).sort()).toEqual(['incoming', 'library.json', 'probe-bbbbbb', 'probe-notes']);
    expect(exists(join(own, 'probe-aaaaaa'))).toBe(false);
  });
});
