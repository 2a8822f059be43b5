import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFoundStore } from '../../../src/adapters/disk/adopt.ts';
import type { FoundFile, FoundStore, SeenFile } from '../../../src/ports/found-files.ts';
import { mountTmpfs, never, newLibrary, problemOf, tempFolder } from './support.ts';

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function walked(store: FoundStore, root: string, folder = ''): Promise<SeenFile[]> {
  const files: SeenFile[] = [];
  for await (const file of store.walk(root, folder, never)) files.push(file);
  return files;
}

/** A library and a folder of another program with one photo, found as a walk finds it. */
async function setUp(source = tempFolder(), text = 'the photo') {
  const library = newLibrary();
  const store = createFoundStore({ root: library.root, incomingDir: join(library.root, '.photos-sync/incoming') });
  put(source, '2024/IMG_1.HEIC', text);
  const [seen] = await walked(store, source);
  if (!seen) throw new Error('nothing was found');
  const found: FoundFile = { ...seen, ...(await store.digest(source, seen.path, never)), root: source };
  return { library, store, source, found, at: join(source, '2024/IMG_1.HEIC') };
}

const capture = Date.UTC(2024, 4, 17);
const to = { path: '_All-Photos/2024/2024-05/IMG_1.HEIC', modifiedAtMs: capture };

describe('a photo that another program has fetched', () => {
  it('is copied with its date, and the source stays as it was', async () => {
    const { library, store, found, at } = await setUp();
    const before = statSync(at);
    expect(await store.take(found, to, 'copy', never)).toBe('copy');
    expect(library.text(to.path)).toBe('the photo');
    expect(statSync(library.at(to.path)).mtimeMs).toBe(capture);
    expect(statSync(at)).toMatchObject({ mtimeMs: before.mtimeMs, ino: before.ino });
    expect(statSync(library.at(to.path)).ino).not.toBe(before.ino);
    expect(library.files()).toEqual([to.path]);
  });

  it('gets a second name by a link, and keeps its date', async () => {
    const { library, store, found, at } = await setUp();
    const before = statSync(at).mtimeMs;
    expect(await store.take(found, to, 'link', never)).toBe('link');
    expect(statSync(library.at(to.path))).toMatchObject({ ino: statSync(at).ino, mtimeMs: before });
  });

  it('is copied where a link or a rename cannot reach, and a moved one leaves its old place only then', async () => {
    const { library, store, found, at } = await setUp(mountTmpfs('size=1m'));
    expect(await store.take(found, to, 'link', never)).toBe('copy');
    expect(await store.take(found, { ...to, path: 'b.HEIC' }, 'move', never)).toBe('move');
    expect([library.text(to.path), library.text('b.HEIC')]).toEqual(['the photo', 'the photo']);
    expect(() => statSync(at)).toThrow('ENOENT');
  });

  it('is moved by its name alone on one volume', async () => {
    const { library, store, found, at } = await setUp();
    const { ino } = statSync(at);
    expect(await store.take(found, to, 'move', never)).toBe('move');
    expect(statSync(library.at(to.path))).toMatchObject({ ino, mtimeMs: capture });
    expect(() => statSync(at)).toThrow('ENOENT');
  });

  it.each(['copy', 'link', 'move'] as const)('never takes the place of another file: %s', async (how) => {
    const { library, store, found, at } = await setUp();
    put(library.root, to.path, 'somebody else');
    expect(await problemOf(store.take(found, to, how, never))).toMatchObject({ code: 'path-occupied' });
    expect(library.text(to.path)).toBe('somebody else');
    expect(readFileSync(at, 'utf8')).toBe('the photo');
    expect(library.files()).toEqual([to.path]);
  });

  it.each(['copy', 'move'] as const)('is not taken when it changed after it was read: %s over volumes', async (how) => {
    const { library, store, found, at } = await setUp(mountTmpfs('size=1m'));
    writeFileSync(at, 'not photo');
    expect(await problemOf(store.take(found, to, how, never))).toMatchObject({ code: 'content-mismatch' });
    expect(library.files()).toEqual([]);
    expect(readFileSync(at, 'utf8')).toBe('not photo');
  });
});

describe('a walk', () => {
  it('meets photos only: no links, no hidden folders, nothing of a NAS, no metadata beside photos', async () => {
    const { store, source } = await setUp();
    for (const path of ['@eaDir/x.jpg', '.hidden/x.jpg', '#recycle/x.jpg', 'Thumbs.db', '.mounted', 'IMG_1.HEIC.xmp', 'b/IMG_2.AAE'])
      put(source, path, 'x');
    symlinkSync('2024', join(source, 'link'));
    symlinkSync('2024/IMG_1.HEIC', join(source, 'photo.heic'));
    expect((await walked(store, source)).map(({ path }) => path)).toEqual(['2024/IMG_1.HEIC', 'b/IMG_2.AAE']);
    expect(await walked(store, source, 'nowhere')).toEqual([]);
  });

  it('notices when a file was changed without its date', async () => {
    const { store, source, found, at } = await setUp();
    writeFileSync(at, 'not photo');
    utimesSync(at, new Date(), new Date(found.modifiedMs));
    const now = await store.look(source, '2024/IMG_1.HEIC');
    expect(now).toMatchObject({ size: found.size });
    expect(now?.changedMs).not.toBe(found.changedMs);
  });
});

describe('what may be imported', () => {
  it('is any folder but the library, its trees, and what holds it', async () => {
    const { store, library, source } = await setUp();
    put(library.root, '_All-Photos/x.jpg', 'x');
    put(library.root, 'old/x.jpg', 'x');
    expect(await store.openSource(source)).toMatchObject({ names: ['2024'] });
    expect(await store.openSource(library.at('old'))).toMatchObject({ names: ['x.jpg'] });
    for (const folder of [
      library.root,
      dirname(library.root),
      library.at('_All-Photos'),
      join(source, 'nowhere'),
      join(source, '2024/IMG_1.HEIC'),
    ])
      expect(await problemOf(store.openSource(folder))).toMatchObject({ code: 'settings-invalid' });
  });
});
