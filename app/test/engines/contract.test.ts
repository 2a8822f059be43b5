import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupRepository } from '../../src/ports/backup-repository.ts';
import {
  contentsOf,
  makeLibrary,
  never,
  newFolder,
  newTarget,
  newTools,
  openEngine,
  PASSPHRASE,
  pathOf,
  put,
  quiet,
  snapshotContents,
  sourceOf,
} from '../support/offsite.ts';
import { openPlaces, type Place, type Places } from '../support/offsite-places.ts';
import { codeOf, placeOf } from '../support/offsite-repository.ts';
import { type S3Server, startS3Server } from '../support/offsite-servers.ts';
import { quickenKey } from '../support/restic-key.ts';

let s3: S3Server;
let places: Places;
beforeAll(async () => {
  s3 = await startS3Server();
  places = await openPlaces(s3);
});
afterAll(async () => {
  await places?.stop();
  await s3?.stop();
});

const NAMES = [
  'restic-folder',
  'restic-sftp',
  'restic-rest',
  'restic-s3',
  'restic-rclone',
  'borg-folder',
  'borg-ssh',
  'rclone-folder',
  'rclone-sftp',
];

function open(place: Place, name: string): { repository: BackupRepository; argv: string[][] } {
  const argv: string[][] = [];
  const tools = newTools();
  const { runChild } = tools;
  const target = newTarget(place.at(name).repository, newFolder(), place.at(name));
  if (!place.at(name).repository.includes('://') && !place.at(name).repository.startsWith('rest:'))
    mkdirSync(dirname(place.folder(name)), { recursive: true });
  if (place.name.endsWith('sftp') || place.name.endsWith('ssh')) mkdirSync(dirname(place.folder(name)), { recursive: true });
  const repository = openEngine(place.engine, target, {
    ...tools,
    runChild: (request, signal) => {
      argv.push([...request.args, ...Object.values(request.env)]);
      return runChild(request, signal);
    },
  });
  return { repository, argv };
}

describe.each(NAMES)('%s', (name) => {
  it('keeps the promises of a repository', async () => {
    const place = placeOf(places, name);
    const { repository, argv } = open(place, 'one');
    const root = newFolder();
    makeLibrary(root, { files: 40, bytes: 3000, seed: 7 });

    expect(await repository.probe(never)).toEqual({ is: 'absent' });
    const { id } = await repository.init(never);
    if (existsSync(join(place.folder('one'), 'keys'))) quickenKey(place.folder('one'), PASSPHRASE);
    expect(await repository.probe(never)).toEqual({ is: 'ready', id });
    expect(await repository.snapshots(never)).toEqual([]);

    const first = await repository.snapshot(sourceOf(root), quiet, never);
    expect(first).toMatchObject({ unreadable: [] });
    expect(first.files).toBeGreaterThanOrEqual(42);
    expect((await repository.snapshots(never)).map((one) => one.id)).toEqual([first.id]);

    const listed = await repository.list(first.id, never);
    expect(listed.map(({ path }) => path).sort()).toEqual(Object.keys(snapshotContents(root)).sort());
    expect(listed.find(({ path }) => path === pathOf(3))).toEqual(expect.objectContaining({ kind: 'file', size: 3000 }));

    const before = snapshotContents(root);
    const back = join(newFolder(), 'back');
    expect(await repository.restore(first.id, 'all', back, quiet, never)).toEqual({ failed: [] });
    expect(contentsOf(back)).toEqual(before);

    put(root, pathOf(3), 'changed, and longer than it was before');
    const second = await repository.snapshot(sourceOf(root), quiet, never);
    expect(second.readFiles).toBeGreaterThanOrEqual(1);
    // Borg reads files of the newest tick of the clock once more: stored.test.ts looks at it closely.
    if (place.engine !== 'borg') expect(second.readFiles).toBe(1);
    const some = join(newFolder(), 'some');
    await repository.restore(second.id, [pathOf(3), pathOf(5), 'Summer/0 of summer.JPG'], some, quiet, never);
    expect(Object.keys(contentsOf(some)).sort()).toEqual(['Summer/0 of summer.JPG', pathOf(3), pathOf(5)].sort());
    expect(readFileSync(join(some, pathOf(3)), 'utf8')).toBe('changed, and longer than it was before');

    expect(await repository.check({ kind: 'structure' }, root, never)).toEqual({ sound: true, findings: [] });
    expect(await repository.check({ kind: 'all' }, root, never)).toEqual({ sound: true, findings: [] });
    expect(await repository.storedBytes(never)).toBeGreaterThan(40 * 3000);
    expect(argv.flat().join('\n')).not.toContain('correct horse');
  });
});

describe('a bucket with object lock', () => {
  it('still has everything after a thief with its key has deleted what he could', async () => {
    const { repository } = open(placeOf(places, 'restic-s3'), 'locked');
    await repository.init(never);
    const root = newFolder();
    makeLibrary(root, { files: 3, bytes: 3000, seed: 8 });
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);

    const versionsOf = async (kind: 'Version' | 'DeleteMarker') =>
      [...(await s3.ask('GET', '?versions&prefix=locked/')).text.matchAll(new RegExp(`<${kind}>.*?</${kind}>`, 'gs'))].map(([text]) => ({
        key: /<Key>(.*?)</.exec(text)?.[1] ?? '',
        version: /<VersionId>(.*?)</.exec(text)?.[1] ?? '',
      }));
    const stored = await versionsOf('Version');
    expect(stored.length).toBeGreaterThan(4);
    for (const { key } of stored) await s3.ask('DELETE', `/${key}`);
    expect(await repository.probe(never)).toEqual({ is: 'absent' });
    for (const { key, version } of stored) expect((await s3.ask('DELETE', `/${key}?versionId=${version}`)).text).toContain('AccessDenied');

    // What the owner does with a key of his own: away with the marks.
    for (const { key, version } of await versionsOf('DeleteMarker')) await s3.ask('DELETE', `/${key}?versionId=${version}`);
    const back = join(newFolder(), 'back');
    expect(await repository.restore(id, 'all', back, quiet, never)).toEqual({ failed: [] });
    expect(contentsOf(back)).toEqual(snapshotContents(root));
  });

  it('is not asked without a key', async () => {
    const place = placeOf(places, 'restic-s3');
    const repository = openEngine('restic', newTarget(place.at('none').repository, newFolder()));
    expect(await codeOf(repository.probe(never))).toBe('offsite-refused');
  });
});

describe('a restic of before 0.17', () => {
  it('is refused by name', async () => {
    const { runChild } = newTools();
    const old = openEngine('restic', newTarget('/nowhere', newFolder()), {
      ...newTools(),
      runChild: (request, signal) =>
        runChild({ ...request, program: '/bin/echo', args: ['restic 0.14.0 compiled with go1.19.8 on linux/amd64'] }, signal),
    });
    await expect(old.probe(never)).rejects.toMatchObject({ code: 'offsite-tool-missing', message: expect.stringContaining('0.14.0') });
  });
});
