import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import { openSnapshotCatalog } from '../../../src/adapters/catalog/snapshot-copy.ts';
import { createOffsiteFiles } from '../../../src/adapters/disk/offsite-files.ts';
import { lookAtReturn, placeReturned, RETURNING } from '../../../src/adapters/disk/returned-library.ts';
import { Problem } from '../../../src/domain/problem.ts';
import { failedReport } from '../../../src/domain/run-report.ts';
import type { Catalog, Listing } from '../../../src/ports/catalog.ts';
import { newFolder } from '../../support/offsite.ts';

const NOW = Date.parse('2026-11-20T05:00:00Z');

/** A library with a catalog that knows of some files. */
function newLibrary(files: number): { root: string; catalog: Catalog; listing: Listing; add(name: string): void } {
  const root = newFolder();
  mkdirSync(join(root, '.photos-sync'), { mode: 0o700 });
  const catalog = openCatalog({ file: join(root, '.photos-sync/catalog.sqlite'), appleId: 'tester@example.com' });
  catalog.setLibraryId('lib-1');
  const listing = catalog.beginListing({ name: 'PrimarySync', owner: '_owner', database: 'private' }, 1);
  const add = (name: string) => {
    const rendition = { kind: 'original' as const, checksum: `sum-${name}`, size: 10, uti: 'public.jpeg', download: undefined };
    const asset = {
      zone: 'PrimarySync',
      id: name,
      masterId: `m-${name}`,
      filename: `${name}.JPG`,
      captureMs: Date.parse('2024-05-17T23:30:00Z'),
      addedMs: 2,
      offsetS: 3600,
      favorite: false,
      hidden: false,
      renditions: [rendition],
      details: {},
      previews: [],
    };
    const row = catalog.putAsset(listing, asset, { folder: '_All-Photos/2024', base: name, folded: name });
    catalog.putRenditions(row, [{ rendition, path: `_All-Photos/2024/${name}.JPG` }]);
    catalog.addTodo(row, 'original', 5);
    for (const item of catalog.todo(0, 10)) catalog.stored(item, { sha256: `sha-${name}`, size: 10, proof: 'apple', nowMs: 9 });
  };
  for (let index = 0; index < files; index++) add(`IMG_${index}`);
  return { root, catalog, listing, add };
}

function filesOf(root: string, catalog: Catalog, configDir = join(root, '.photos-sync'), includeSignIn = true) {
  return createOffsiteFiles({ root, configDir, includeSignIn, copyCatalog: catalog.copyTo, openCatalog: openSnapshotCatalog });
}

describe('the state in a snapshot', () => {
  it('is whole although the catalog is open and being written to', async () => {
    const { root, catalog, add } = newLibrary(200);
    const preparing = filesOf(root, catalog).prepare(undefined, NOW);
    for (let index = 0; index < 50; index++) add(`later-${index}`);
    const { files } = await preparing;
    catalog.close();
    expect(files).toBeGreaterThanOrEqual(200);
    const copy = join(root, '.photos-sync/snapshot');
    expect(readdirSync(copy).sort()).toEqual(['catalog.sqlite', 'manifest.json']);
    expect(statSync(copy).mode & 0o777).toBe(0o700);
    const restored = openSnapshotCatalog(join(copy, 'catalog.sqlite'));
    expect([restored.sound(), restored.countFiles(), restored.libraryId()]).toEqual([true, files, 'lib-1']);
    restored.close();
    expect(JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'))).toMatchObject({ libraryId: 'lib-1', files });
  });

  it('has the same fingerprint until something about the library changes', async () => {
    const { root, catalog, listing, add } = newLibrary(5);
    const files = filesOf(root, catalog);
    const { fingerprint } = await files.prepare(undefined, NOW);
    catalog.endListing(listing, { complete: true, syncToken: 'another', nowMs: 7 });
    catalog.endRun(catalog.startRun('sync', 8), failedReport('sync', 8, 9, new Problem('no-network', 'Gone.')));
    expect((await files.prepare(undefined, NOW + 1)).fingerprint).toBe(fingerprint);
    add('new');
    expect((await files.prepare(undefined, NOW + 2)).fingerprint).not.toBe(fingerprint);
    catalog.close();
  });

  it('finds files by folder and by the day at the place where they were taken', () => {
    const { root, catalog } = newLibrary(3);
    catalog.close();
    const copy = openSnapshotCatalog(join(root, '.photos-sync/catalog.sqlite'));
    const none = { paths: [], album: undefined, from: undefined, until: undefined };
    const count = (wanted: object) => copy.select({ ...none, ...wanted }).length;
    // 23:30 in London is past midnight where the photo was taken.
    expect([count({}), count({ from: '2024-05-18', until: '2024-05-18' }), count({ until: '2024-05-17' })]).toEqual([3, 3, 0]);
    expect([
      count({ paths: ['_All-Photos'] }),
      count({ paths: ['_All-Photos/2024/IMG_1.JPG'] }),
      count({ paths: ['_All-Photos/20'] }),
    ]).toEqual([3, 1, 0]);
    copy.close();
  });

  it('holds the sign-in, but not where the volume shows it to others or the owner wants it out', async () => {
    const { root, catalog } = newLibrary(1);
    const config = newFolder();
    writeFileSync(join(config, 'session.json'), '{"secret":1}');
    const copy = join(root, '.photos-sync/snapshot/session.json');
    expect((await filesOf(root, catalog, config).prepare(undefined, NOW)).signInLeftOut).toBe(false);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    chmodSync(join(root, '.photos-sync/snapshot'), 0o755);
    expect((await filesOf(root, catalog, config).prepare(undefined, NOW)).signInLeftOut).toBe(true);
    expect(existsSync(copy)).toBe(false);
    chmodSync(join(root, '.photos-sync/snapshot'), 0o700);
    expect((await filesOf(root, catalog, config, false).prepare(undefined, NOW)).signInLeftOut).toBe(false);
    expect(existsSync(copy)).toBe(false);
    catalog.close();
  });

  it('is not made up where it did not come back', () => {
    const { root, catalog } = newLibrary(1);
    expect(() => filesOf(root, catalog).openCatalogIn(newFolder())).toThrow(/without its catalog/);
    catalog.close();
  });
});

describe('a library that came back', () => {
  function returned(): { root: string; config: string; from: string } {
    const root = newFolder();
    const from = join(root, RETURNING);
    mkdirSync(join(from, '_All-Photos'), { recursive: true });
    writeFileSync(join(from, '_All-Photos/a.JPG'), 'a');
    mkdirSync(join(from, '.photos-sync/snapshot'), { recursive: true });
    writeFileSync(join(from, '.photos-sync/library.json'), '{}');
    writeFileSync(join(from, '.photos-sync/snapshot/catalog.sqlite'), 'from the snapshot');
    writeFileSync(join(from, '.photos-sync/snapshot/session.json'), 'old sign-in');
    return { root, config: newFolder(), from };
  }

  it('takes its place with its state', async () => {
    const { root, config } = returned();
    expect(await lookAtReturn(root)).toEqual({ is: 'begun' });
    await placeReturned(root, config, NOW);
    expect(readdirSync(root).sort()).toEqual(['.photos-sync', '_All-Photos']);
    expect(readFileSync(join(config, 'catalog.sqlite'), 'utf8')).toBe('from the snapshot');
    expect(readFileSync(join(config, 'session.json'), 'utf8')).toBe('old sign-in');
    expect(await lookAtReturn(root)).toEqual({ is: 'taken', by: '.photos-sync' });
  });

  it('keeps a catalog that survived beside, and the newer sign-in in place', async () => {
    const { root, config } = returned();
    writeFileSync(join(config, 'catalog.sqlite'), 'survived');
    writeFileSync(join(config, 'session.json'), 'new sign-in');
    await placeReturned(root, config, NOW);
    expect(readFileSync(join(config, 'catalog.sqlite'), 'utf8')).toBe('from the snapshot');
    expect(readFileSync(join(config, 'catalog.sqlite.before-restore-2026-11-20T050000'), 'utf8')).toBe('survived');
    expect(readFileSync(join(config, 'session.json'), 'utf8')).toBe('new sign-in');
  });

  it('is finished, not fetched again, when it was stopped while taking its place', async () => {
    const { root, config, from } = returned();
    writeFileSync(`${from}.complete`, '');
    mkdirSync(join(root, 'Summer'));
    expect(await lookAtReturn(root)).toEqual({ is: 'waiting' });
    await placeReturned(root, config, NOW);
    expect(readdirSync(root).sort()).toEqual(['.photos-sync', 'Summer', '_All-Photos']);
    expect(existsSync(join(root, '.photos-sync/library.json'))).toBe(true);
  });

  it('has no place where something lies', async () => {
    const root = newFolder();
    expect(await lookAtReturn(join(root, 'none'))).toEqual({ is: 'free' });
    mkdirSync(join(root, '.photos-sync'));
    writeFileSync(join(root, '.photos-sync/photos-sync.log'), '');
    expect(await lookAtReturn(root)).toEqual({ is: 'free' });
    writeFileSync(join(root, 'taxes.pdf'), '');
    expect(await lookAtReturn(root)).toEqual({ is: 'taken', by: 'taxes.pdf' });
  });
});
