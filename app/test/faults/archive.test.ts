import { describe, expect, it } from 'vitest';
import { expectNothingLost } from '../support/archive-truth.ts';
import { type Lab, newLab } from '../support/lab.ts';

const DELETE = { remoteDelete: true, yes: true };

/** A lab with an album of so many photos, synced. */
async function withAlbum(count: number): Promise<{ lab: Lab; album: string; members: string[] }> {
  const lab = await newLab({ library: { assets: 0, seed: 1, mix: 'plain', meanBytes: 300 } });
  const { album, members } = addAlbum(lab, 'Album', count);
  expect(await lab.sync()).toMatchObject({ report: { outcome: 'complete' } });
  return { lab, album, members };
}

let nextMs = Date.UTC(2024, 0, 1);
function addAlbum({ simulator }: Lab, name: string, count: number): { album: string; members: string[] } {
  const { library } = simulator;
  const members = Array.from({ length: count }, () => {
    nextMs += 60_000;
    return library.addAsset({ filename: `IMG_${nextMs % 9973}.JPG`, captureMs: nextMs, timeZoneOffsetS: 0 });
  });
  if (count > 1) library.editAsset(members[1] ?? '', { uti: 'public.jpeg' });
  const album = library.addAlbum({ name });
  for (const member of members) library.addToAlbum(member, album);
  return { album, members };
}

const deletedIn = ({ simulator }: Lab, members: readonly string[]) =>
  members.filter((member) => simulator.library.findAsset(member)?.asset.deletedMs !== undefined);

interface Kept {
  readonly asset: string;
  readonly why: string;
}

async function archive(lab: Lab, album = 'Album') {
  const { exitCode, out } = await lab.command('archive', { album, ...DELETE });
  const [report] = JSON.parse(out).archives as { remote: { deleted: { asset: string }[]; kept: Kept[]; stopped?: string } }[];
  return {
    exitCode,
    deleted: report?.remote.deleted.map(({ asset }) => asset) ?? [],
    kept: report?.remote.kept ?? [],
    stopped: report?.remote.stopped,
  };
}

describe('a power cut while an album is archived and deleted in iCloud', () => {
  it('after every kind of step leaves nothing deleted without its copy, and the next call finishes the work', async () => {
    const { lab, members: first } = await withAlbum(3);
    const whole = await lab.command('archive', { album: 'Album', ...DELETE });
    expect([whole.exitCode, deletedIn(lab, first)]).toEqual([0, first]);
    // The first and the last call of every kind, as a whole run makes them.
    const kinds = [...new Set(whole.calls)];
    expect(kinds).toEqual(
      expect.arrayContaining(['beginArchive', 'copyOver', 'putArchiveFile', 'mark', 'completeArchive', 'intend', 'endDelete']),
    );
    const moments = new Set(kinds.flatMap((name) => [whole.calls.indexOf(name) + 1, whole.calls.lastIndexOf(name) + 1]));
    for (const atCall of moments) {
      const name = `Album ${atCall}`;
      const { members } = addAlbum(lab, name, 3);
      await lab.command('archive', { album: name, ...DELETE }, { is: 'power-cut', atCall });
      expectNothingLost(lab.library, lab.simulator.library, '');
      // A sync in between must not undo what was begun.
      if (atCall % 3 === 0) await lab.sync();
      const { exitCode, out, died } = await lab.command('archive', { album: name, ...DELETE });
      expect(exitCode, `cut at call ${atCall} (${whole.calls[atCall - 1]}): ${died ?? out}`).toBe(0);
      expect(deletedIn(lab, members)).toEqual(members);
      expectNothingLost(lab.library, lab.simulator.library, '');
    }
  }, 200_000);
});

describe('while an archive is deleted in iCloud', () => {
  it('a pause after 240 deletes, and a lock, are waited out', async () => {
    const { lab, members } = await withAlbum(320);
    lab.simulator.lies.tell({ deletesUntilBusy: 240, busyTimes: 2, busyWith: 503 });
    const first = await archive(lab);
    expect([first.exitCode, first.deleted.length]).toEqual([0, 320]);
    expect(deletedIn(lab, members)).toEqual(members);
    expectNothingLost(lab.library, lab.simulator.library, 'Album');
  });

  it.each(['but-done', 'not-done'] as const)('an empty answer is looked into and not believed: %s', async (writesAnswerNothing) => {
    const { lab, members } = await withAlbum(5);
    lab.simulator.lies.tell({ writesAnswerNothing });
    const first = await archive(lab);
    expect(first.deleted.toSorted()).toEqual(deletedIn(lab, members).toSorted());
    expect(first.deleted).toHaveLength(writesAnswerNothing === 'but-done' ? 5 : 0);
    if (writesAnswerNothing === 'not-done') expect(first.kept.map(({ why }) => why)).toEqual(Array(5).fill('refused'));
    lab.simulator.lies.stop();
    await archive(lab);
    expect(deletedIn(lab, members)).toEqual(members);
  });

  it('a lock on the library is tried again', async () => {
    const { lab, members } = await withAlbum(4);
    lab.simulator.lies.tell({ deletesUntilBusy: 0, busyTimes: 1, busyWith: 'op-lock' });
    await archive(lab);
    lab.simulator.lies.stop();
    expect((await archive(lab)).exitCode).toBe(0);
    expect(deletedIn(lab, members)).toEqual(members);
  });

  it('a refused item stays and is named, and the others of its batch go', async () => {
    const { lab, members } = await withAlbum(6);
    const [refused = ''] = members;
    lab.simulator.lies.tell({ writesRefused: [refused], refusedAs: 'ACCESS_DENIED' });
    const { deleted, kept } = await archive(lab);
    expect(kept).toEqual([expect.objectContaining({ asset: refused, why: 'refused' })]);
    expect(deleted.toSorted()).toEqual(members.slice(1).toSorted());
    expect(deletedIn(lab, members).toSorted()).toEqual(members.slice(1).toSorted());
  });

  it('answers that leave items out are made good by looking', async () => {
    const { lab, members } = await withAlbum(6);
    lab.simulator.lies.tell({ writesLeaveOut: members.slice(0, 3) });
    const { deleted } = await archive(lab);
    expect(deleted.toSorted()).toEqual([...members].toSorted());
    expect(deletedIn(lab, members)).toEqual(members);
  });

  it.each([
    ['made a favourite', 'favorite', (lab: Lab, item: string) => lab.simulator.library.setFavorite(item, true)],
    ['hidden', 'hidden', (lab: Lab, item: string) => lab.simulator.library.setHidden(item, true)],
    ['edited', 'changed-in-icloud', (lab: Lab, item: string) => lab.simulator.library.editAsset(item, { uti: 'public.jpeg' })],
  ])('an item that is %s in the last moment stays', async (_what, why, change) => {
    const { lab, members } = await withAlbum(3);
    const [, , item = ''] = members;
    // Between the look and the delete: the tag of the record is what saves it.
    lab.simulator.faults.add({ on: 'modify', effect: { first: () => change(lab, item) } });
    const { deleted, kept } = await archive(lab);
    expect(deletedIn(lab, members)).toEqual(members.slice(0, 2));
    expect(kept).toEqual([expect.objectContaining({ asset: item, why })]);
    expect(deleted.toSorted()).toEqual(members.slice(0, 2).toSorted());
    expectNothingLost(lab.library, lab.simulator.library, 'Album');
  });

  it.each([
    ['made a favourite', 'favorite', (lab: Lab, item: string) => lab.simulator.library.setFavorite(item, true)],
    ['taken out of the album', 'left-album', (lab: Lab, item: string, album: string) => lab.simulator.library.removeFromAlbum(item, album)],
    [
      'put into another album',
      'in-other-albums',
      (lab: Lab, item: string) => {
        lab.simulator.library.addToAlbum(item, lab.simulator.library.addAlbum({ name: 'Another' }));
      },
    ],
  ])('an item that was %s after the archive was made stays', async (_what, why, change) => {
    const { lab, album, members } = await withAlbum(3);
    expect((await lab.command('archive', { album: 'Album' })).exitCode).toBe(0);
    change(lab, members[0] ?? '', album);
    const { kept } = await archive(lab);
    expect(kept).toEqual([expect.objectContaining({ asset: members[0], why })]);
    expect(deletedIn(lab, members)).toEqual(members.slice(1));
  });

  it('an item that leaves the album between two batches stays', async () => {
    const { lab, album, members } = await withAlbum(120);
    const item = members.at(-1) ?? '';
    lab.simulator.faults.add({ on: 'modify', effect: { first: () => lab.simulator.library.removeFromAlbum(item, album) } });
    const { kept } = await archive(lab);
    expect(kept).toEqual([expect.objectContaining({ asset: item, why: 'left-album' })]);
    expect(deletedIn(lab, members)).toHaveLength(119);
  });

  it('items of the shared library are never touched', async () => {
    const lab = await newLab({ library: { assets: 30, seed: 4, meanBytes: 300, sharedLibraryRole: 'owner' } });
    const { library } = lab.simulator;
    const shared = [...library.expected()].filter(({ zone }) => zone !== 'PrimarySync').map(({ assetRecordName }) => assetRecordName);
    expect(shared.length).toBeGreaterThan(0);
    const { album, members } = addAlbum(lab, 'Album', 2);
    for (const item of new Set(shared)) library.addToAlbum(item, album);
    await lab.sync();
    const { kept } = await archive(lab);
    expect(
      kept
        .filter(({ why }) => why === 'shared-library')
        .map(({ asset }) => asset)
        .toSorted(),
    ).toEqual([...new Set(shared)].toSorted());
    expect(deletedIn(lab, shared)).toEqual([]);
    expect(deletedIn(lab, members)).toEqual(members);
  });

  it('a login that ends in the middle is renewed, and the work goes on', async () => {
    const { lab, members } = await withAlbum(120);
    lab.simulator.faults.add({ on: 'modify', skip: 1, effect: { status: 421, body: { reason: 'Missing X-APPLE-WEBAUTH-TOKEN cookie' } } });
    await archive(lab);
    expect((await archive(lab)).exitCode).toBe(0);
    expect(deletedIn(lab, members)).toEqual(members);
  });

  it('a connection that breaks after the delete was carried out is found out about', async () => {
    const { lab, members } = await withAlbum(4);
    lab.simulator.faults.add({ on: 'modify', times: 2, effect: { resetAfterBytes: 10 } });
    const first = await archive(lab);
    const again = await archive(lab);
    expect(deletedIn(lab, members)).toEqual(members);
    expect(first.deleted.length + again.deleted.length).toBeLessThanOrEqual(4);
    const listed = JSON.parse((await lab.command('archive list', {})).out).archives[0];
    expect(listed.deleted).toHaveLength(4);
  });
});
