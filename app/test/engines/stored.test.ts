import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import { contentsOf, never, newFolder, pathOf, put, quiet, sourceOf } from '../support/offsite.ts';
import { openPlaces, type Places } from '../support/offsite-places.ts';
import { codeOf, newRepository } from '../support/offsite-repository.ts';

const ENGINES: readonly OffsiteEngine[] = ['restic', 'borg', 'rclone'];
let places: Places;
beforeAll(async () => {
  places = await openPlaces();
});
afterAll(() => places?.stop());

describe.each(ENGINES)('%s with flipped bytes in what it stored', (engine) => {
  it('finds the damage when it reads the data, and the restore names the file', async () => {
    const { repository, root, folder } = await newRepository(places, `${engine}-folder`, { files: 12, bytes: 60_000 });
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    flip(largestFile(folder));
    expect(await repository.check({ kind: 'all' }, root, never)).toMatchObject({
      sound: false,
      findings: expect.arrayContaining([expect.any(String)]),
    });
    const back = join(newFolder(), 'back');
    const { failed } = await repository.restore(id, 'all', back, quiet, never);
    expect(failed.length).toBeGreaterThan(0);
    const [original, returned] = [contentsOf(root), contentsOf(back)];
    const same = Object.keys(returned).filter((path) => returned[path] === original[path]);
    expect(same.length).toBeGreaterThanOrEqual(5); // the others come back
    expect(failed.some(({ path }) => path !== '' && original[path] !== returned[path])).toBe(true);
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  for (let place = middle; place < middle + 16; place++) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}

function largestFile(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return files.reduce((largest, file) => (statSync(file).size > statSync(largest).size ? file : largest), files[0] ?? '');
}

describe('forgetting', () => {
  it.each(['restic-folder', 'borg-folder', 'borg-ssh'])('%s removes what is named and nothing else', async (place) => {
    const { repository, root, again } = await newRepository(places, place);
    const taken: string[] = [];
    for (const index of [0, 1, 2]) {
      put(root, pathOf(index), `version ${index}`);
      taken.push((await repository.snapshot(sourceOf(root, { nowMs: Date.now() + index * 1000 }), quiet, never)).id);
    }
    const stranger = again({ libraryId: '99999999-2222-4333-8444-555555555555' });
    const { id: foreign } = await stranger.snapshot(sourceOf(root), quiet, never);
    expect((await repository.snapshots(never)).map(({ id }) => id)).toEqual(taken);
    await repository.forget(taken.slice(0, 2), never);
    expect((await repository.snapshots(never)).map(({ id }) => id)).toEqual(taken.slice(2));
    expect((await stranger.snapshots(never)).map(({ id }) => id)).toEqual([foreign]);
    expect(await repository.check({ kind: 'all' }, root, never)).toMatchObject({ sound: true });
  });

  it('does not claim success on a server that only lets us add', async () => {
    const { repository, root } = await newRepository(places, 'restic-rest');
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    expect(await codeOf(repository.forget([id], never))).toBe('offsite-retention-refused');
    expect(await repository.snapshots(never)).toHaveLength(1);
  });

  it('of a mirror removes folders of older versions, never the mirror', async () => {
    const { repository, root } = await newRepository(places, 'rclone-folder');
    await repository.snapshot(sourceOf(root), quiet, never);
    put(root, pathOf(1), 'a new version of it');
    rmSync(join(root, pathOf(2)));
    await repository.snapshot(sourceOf(root), quiet, never);
    const [replaced, current] = await repository.snapshots(never);
    expect([replaced?.kind, current?.kind]).toEqual(['replaced', 'whole']);
    const back = join(newFolder(), 'back');
    await repository.restore(replaced?.id ?? '', 'all', back, quiet, never);
    expect(Object.keys(contentsOf(back)).sort()).toEqual([pathOf(1), pathOf(2)].sort());
    await repository.forget([replaced?.id ?? ''], never);
    expect((await repository.snapshots(never)).map(({ kind }) => kind)).toEqual(['whole']);
  });
});

describe.each(ENGINES)('an unchanged library, with %s,', (engine) => {
  it('is not read again, and of 10 changed files among 10,000 only those are', async () => {
    const { repository, root } = await newRepository(places, `${engine}-folder`, { files: 10_000, bytes: 200 });
    makeNewest(root, pathOf(0));
    await repository.snapshot(sourceOf(root), quiet, never);
    const second = await repository.snapshot(sourceOf(root), quiet, never);
    expect(second.readFiles).toBeLessThanOrEqual(engine === 'borg' ? 1 : 0);
    for (let index = 10; index < 20; index++) put(root, pathOf(index), `changed ${index}`);
    const third = await repository.snapshot(sourceOf(root), quiet, never);
    expect(third.readFiles).toBeGreaterThanOrEqual(10);
    expect(third.readFiles).toBeLessThanOrEqual(engine === 'borg' ? 11 : 10);
    expect(third.files).toBeGreaterThanOrEqual(10_000);
    process.stdout.write(`${engine}: 10 of ${third.files} files changed, ${third.readFiles} read\n`);
  });
});

/** Borg reads again whatever is as new as the newest file that it saw, by the times that it looks at: that is one file, then. */
function makeNewest(root: string, path: string): void {
  const changed = (one: string) => statSync(join(root, one), { bigint: true }).ctimeNs;
  put(root, '_Trash/now', '');
  do put(root, path, 'the newest');
  while (changed(path) <= changed('_Trash/now'));
  const taken = new Date('2024-06-01T12:00:00Z');
  utimesSync(join(root, path), taken, taken);
}

describe.each([
  ['restic', false],
  ['restic', true],
  ['borg', false],
  ['borg', true],
  ['rclone', false],
] as const)('a library on another disk and for another user, with %s (OFFSITE_UNSTABLE_INODES: %s),', (engine, unstableInodes) => {
  it('is not stored again, nor read again where size and time are enough', async () => {
    const bytes = 20_000;
    const { root, again } = await newRepository(places, `${engine}-folder`, { files: 100, bytes });
    makeNewest(root, pathOf(0));
    await again({ unstableInodes }).snapshot(sourceOf(root), quiet, never);
    // Other numbers, owners, rights and times of change at the same place.
    renameSync(root, `${root}.old`);
    execFileSync('cp', ['-a', `${root}.old`, root]);
    rmSync(`${root}.old`, { recursive: true });
    execFileSync('chmod', ['-R', 'g-rwx,o-rwx', root]);
    const next = await again({ unstableInodes }).snapshot(sourceOf(root), quiet, never);
    expect(next.addedBytes).toBeLessThan((100 * bytes) / 10);
    if (unstableInodes || engine === 'rclone') expect(next.readFiles).toBeLessThanOrEqual(1);
    else expect(next.readFiles).toBeGreaterThanOrEqual(100);
  });
});
