import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import type { Catalog } from '../../../src/ports/catalog.ts';

const DAY = 86_400_000;
const NOW = 1_700_000_000_000;
let file: string;
let database: DatabaseSync;
let catalog: Catalog;

/** A library of five stored files, read on the days 1 to 5 (`P5` longest ago), and an archive of one. */
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'catalog-')), 'catalog.sqlite');
  catalog = openCatalog({ file, appleId: 'tester@example.com', verifyDays: 3, now: () => NOW });
  database = new DatabaseSync(file);
  database.exec(`
    INSERT INTO zone (id, account_id, name, database) VALUES (1, 1, 'PrimarySync', 'private');
    INSERT INTO archive (id, account_id, album_record, name, path, archived_at) VALUES (1, 1, 'A', 'Old', 'Old', 0);
    INSERT INTO archive_file (archive_id, path, zone, record, kind, checksum, size, sha256, proof, read_at)
      VALUES (1, 'Old/a.jpg', 'PrimarySync', 'R1', 'original', 'c', 7, 's', 'apple', ${NOW - 6 * DAY});`);
  const asset = database.prepare(
    "INSERT INTO asset (id, zone_id, record, master, favorite, hidden, folder, base, folded, listing_id) VALUES (?, 1, ?, 'M', 0, 0, 'T', ?, ?, 1)",
  );
  const rendition = database.prepare("INSERT INTO rendition (asset_id, kind, checksum, size, path) VALUES (?, 'original', ?, 10, ?)");
  const stored = database.prepare(
    "INSERT INTO file (asset_id, kind, path, checksum, size, sha256, proof, stored_at, read_at) VALUES (?, 'original', ?, ?, 10, 'sha', 'apple', 0, ?)",
  );
  for (let row = 1; row <= 5; row++) {
    asset.run(row, `R${row}`, `P${row}`, `p${row}`);
    rendition.run(row, `c${row}`, `T/P${row}.jpg`);
    stored.run(row, `T/P${row}.jpg`, `c${row}`, NOW - row * DAY);
  }
});

const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe('the ledger of verify', () => {
  it('gives what was read longest ago first, archived files among them, and lets a file go when it has been read', () => {
    expect(paths(catalog.filesReadBefore(NOW - 3 * DAY + 1, 10))).toEqual(['Old/a.jpg', 'T/P5.jpg', 'T/P4.jpg', 'T/P3.jpg']);
    expect(catalog.amountReadBefore(NOW - 3 * DAY + 1)).toEqual({ files: 4, bytes: 37 });
    const [archived, oldest] = catalog.filesReadBefore(NOW, 2);
    if (!archived || !oldest) throw new Error('Nothing was given.');
    catalog.noteRead(archived, 'sha', NOW);
    catalog.noteRead(oldest, 'new-sha', NOW);
    expect(paths(catalog.filesReadBefore(NOW - 3 * DAY + 1, 10))).toEqual(['T/P4.jpg', 'T/P3.jpg']);
    expect(catalog.filesOf(5)).toMatchObject([{ sha256: 'new-sha' }]);
  });

  it('knows where good bytes could come from', () => {
    database.exec('UPDATE asset SET gone_at = 1 WHERE id = 2; DELETE FROM rendition WHERE asset_id = 3');
    const sources = Object.fromEntries(catalog.filesByPath('', 10).map(({ path, from }) => [path, from]));
    expect(sources).toEqual({
      'Old/a.jpg': 'nowhere',
      'T/P1.jpg': 'icloud',
      'T/P2.jpg': 'nowhere',
      'T/P3.jpg': 'nowhere',
      'T/P4.jpg': 'icloud',
      'T/P5.jpg': 'icloud',
    });
  });

  it('walks all paths in order, batch by batch', () => {
    const walked: string[] = [];
    for (let after = ''; ; after = walked.at(-1) ?? '') {
      const batch = paths(catalog.filesByPath(after, 2));
      if (batch.length === 0) break;
      walked.push(...batch);
    }
    expect(walked).toEqual(['Old/a.jpg', 'T/P1.jpg', 'T/P2.jpg', 'T/P3.jpg', 'T/P4.jpg', 'T/P5.jpg']);
    expect([catalog.isKnownPath('T/P4.jpg'), catalog.isKnownPath('Old/a.jpg'), catalog.isKnownPath('T/holiday.gpx')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('puts a file on the to-do list with the reason, and status counts it as missing until it is back', () => {
    const [file] = catalog.filesByPath('T/P1.jpg', 1);
    if (!file) throw new Error('Nothing was given.');
    catalog.fetchAgain(file, 'damaged', NOW);
    expect(catalog.filesOf(2)).toEqual([]);
    expect(catalog.coverage()).toMatchObject({
      complete: false,
      missing: [{ code: 'file-damaged', count: 1, examples: [expect.stringContaining('T/P2.jpg is damaged')] }],
    });
    const [item] = catalog.todo(0, 5);
    expect(item).toMatchObject({ path: 'T/P2.jpg', attempts: 0 });
  });

  it('keeps a finding with the day it was first seen, and forgets it when the file is right again', () => {
    const [file] = catalog.filesByPath('T/P1.jpg', 1);
    if (!file) throw new Error('Nothing was given.');
    catalog.noteFinding(file, 'changed', NOW);
    catalog.noteFinding(file, 'changed', NOW + DAY);
    expect(database.prepare('SELECT finding, found_at, read_at FROM file WHERE asset_id = 2').get()).toEqual({
      finding: 'changed',
      found_at: NOW,
      read_at: NOW + DAY,
    });
    expect(paths(catalog.filesWithFinding(NOW + 2 * DAY, 5))).toEqual(['T/P2.jpg']);
    expect(catalog.coverage()).toMatchObject({ intact: false, findings: [{ code: 'file-changed', count: 1, examples: ['T/P2.jpg'] }] });
    catalog.noteRead(file, 'sha', NOW + 3 * DAY);
    expect(catalog.coverage()).toMatchObject({ intact: true, findings: [] });
  });

  it('says how many files were read within the window, archives with their own row', () => {
    expect(catalog.coverage()).toMatchObject({
      read: { days: 3, files: 3, allFiles: 6, oldestMs: NOW - 6 * DAY },
      archived: { files: 1, bytes: 7, findings: 0 },
    });
    const [archived] = catalog.filesByPath('', 1);
    if (!archived) throw new Error('Nothing was given.');
    catalog.noteFinding(archived, 'damaged', NOW);
    expect(catalog.coverage()).toMatchObject({ intact: false, archived: { findings: 1 }, findings: [{ code: 'only-copy-damaged' }] });
  });
});
