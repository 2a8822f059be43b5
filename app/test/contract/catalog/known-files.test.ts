import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import { isBrokenCatalog, setCatalogAside } from '../../../src/adapters/catalog/set-aside.ts';
import type { FoundFile } from '../../../src/ports/found-files.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'catalog.sqlite');
}

function newCatalog(file = newFile()) {
  const catalog = openCatalog({ file, appleId: 'owner@example.com' });
  onTestFinished(() => catalog.close());
  return catalog;
}

const file = (path: string, more: Partial<FoundFile> = {}): FoundFile => ({
  root: '',
  path,
  size: 7,
  modifiedMs: 1000,
  changedMs: 2000,
  checksum: 'Asum',
  sha256: 'ff',
  ...more,
});

describe('what was read from disk', () => {
  it('is remembered as long as the file looks the same', () => {
    const { found } = newCatalog();
    found.put(file('_All-Photos/a/IMG_1.JPG'), 10);
    const { root, checksum, sha256, ...seen } = file('_All-Photos/a/IMG_1.JPG');
    expect(found.recall('', seen, 20)).toMatchObject({ checksum, sha256, root });
    expect(found.recall('', { ...seen, size: 8 }, 20)).toBeUndefined();
    expect(found.recall('', { ...seen, changedMs: 2001 }, 20)).toBeUndefined();
    expect(found.recall('/elsewhere', seen, 20)).toBeUndefined();
  });

  it('is forgotten when a later walk no longer meets it', () => {
    const { found } = newCatalog();
    found.put(file('_All-Photos/a.jpg'), 10);
    found.put(file('_All-Photos/b.jpg'), 10);
    found.recall('', file('_All-Photos/b.jpg'), 20);
    found.forgetUnseen('', 20);
    expect(found.withChecksum('', 'Asum').map(({ path }) => path)).toEqual(['_All-Photos/b.jpg']);
  });

  it('keeps names from new photos, unless the bytes are their own', () => {
    const { found } = newCatalog();
    found.put(file('_All-Photos/a/IMG_1.JPG'), 10);
    expect(found.hasBase('_All-Photos/a', 'img_1', new Set())).toBe(true);
    expect(found.hasBase('_All-Photos/a', 'img_1', new Set(['Asum']))).toBe(false);
    expect(found.hasBase('_All-Photos/b', 'img_1', new Set())).toBe(false);
  });

  it('belongs to nobody until an item owns it; files of an import stay what they are', () => {
    const catalog = newCatalog();
    const { found } = catalog;
    found.put(file('_All-Photos/a.jpg'), 10);
    found.put(file('a.jpg', { root: '/elsewhere' }), 10);
    expect(found.unowned('', 5)).toEqual({ files: 1, bytes: 7, examples: ['_All-Photos/a.jpg'] });
    const listing = catalog.beginListing({ name: 'PrimarySync', owner: undefined, database: 'private' }, 1);
    const asset = {
      zone: 'PrimarySync',
      id: 'A1',
      masterId: 'M1',
      filename: 'a.jpg',
      captureMs: 1,
      addedMs: 1,
      offsetS: 0,
      favorite: false,
      hidden: false,
      renditions: [],
      details: {},
      previews: [],
    };
    const row = catalog.putAsset(listing, asset, { folder: '_All-Photos', base: 'a', folded: 'a' });
    const rendition = { kind: 'original' as const, checksum: 'Asum', size: 7, uti: undefined, download: undefined };
    catalog.putRenditions(row, [{ rendition, path: '_All-Photos/a.jpg' }]);
    catalog.addTodo(row, 'original', 1);
    const [item] = catalog.todo(0, 5);
    if (!item) throw new Error('nothing to do');
    catalog.stored(item, { sha256: 'ff', size: 7, proof: 'apple', nowMs: 5 });
    expect(found.isOwned('_All-Photos/a.jpg')).toBe(true);
    expect(found.withChecksum('', 'Asum')).toEqual([]);
    expect(found.withChecksum('/elsewhere', 'Asum')).toHaveLength(1);
    found.forgetOwned();
    expect(found.unowned('', 5)).toMatchObject({ files: 0 });
    expect([...found.listedSizes()]).toEqual([7]);
    expect([...found.listedNames()]).toEqual([{ filename: 'a.jpg', size: 7, checksum: 'Asum' }]);
  });
});

describe('a catalog file', () => {
  it('is broken only when SQLite says so; one that is missing or of another program is not', () => {
    const path = newFile();
    expect(isBrokenCatalog(path, true)).toBe(false);
    newCatalog(path);
    expect(isBrokenCatalog(path, true)).toBe(false);
    const broken = newFile();
    writeFileSync(broken, Buffer.alloc(8192, 7));
    expect(isBrokenCatalog(broken, false)).toBe(true);
    const aside = setCatalogAside(broken, Date.UTC(2026, 10, 20, 2, 15));
    expect(aside).toBe(`${broken}.broken-20261120T021500`);
    expect(isBrokenCatalog(broken, false)).toBe(false);
  });
});
