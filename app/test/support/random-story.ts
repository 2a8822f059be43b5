import { expect } from 'vitest';
import type { FaultEffect } from '../../simulator/http/faults.ts';
import type { LieSwitches } from '../../simulator/simulator.ts';
import { type DiskFault, type Lab, type LabRun, newLab } from './lab.ts';
import { type Chance, seededChance } from './seeded-chance.ts';
import { sha256 } from './tree.ts';
import { expectTruth, photosAnywhere } from './truth.ts';

interface Story {
  readonly lab: Lab;
  readonly chance: Chance;
  /** Record names, live and deleted ones. */
  readonly ids: string[];
  readonly deleted: Set<string>;
  readonly purged: Set<string>;
  readonly albums: string[];
}

/**
 * A story of `operations` random changes in iCloud with syncs in between, some of them with a fault, then honest syncs until
 * all is calm. After every sync: nothing unknown under a real name, nothing that was stored is gone.
 */
export async function playStory(seed: number, operations: number): Promise<{ syncs: number; faults: number; convergedIn: number }> {
  const chance = seededChance(seed);
  const lab = await newLab({
    env: { METADATA: chance.pick(['xmp', 'none']) },
    library: { assets: 30, seed, meanBytes: 400, sharedLibraryRole: chance.pick(['owner', 'participant', 'none']) },
  });
  const story: Story = { lab, chance, ids: [], deleted: new Set(), purged: new Set(), albums: [] };
  const ever = new Set<string>();
  const known = new Set<string>();
  let [syncs, faults] = [0, 0];
  for (let done = 0; done < operations; done++) {
    operate(story);
    if (!chance.of(0.12)) continue;
    for (const file of allContents(lab)) known.add(file);
    syncs += 1;
    const trouble = chance.of(0.6) ? arm(lab, chance) : {};
    if (trouble.armed) faults += 1;
    await lab.sync({ full: chance.of(0.25), allowDeletions: chance.of(0.5), ...(trouble.disk ? { fault: trouble.disk } : {}) });
    disarm(lab);
    checkNothingLost(lab, ever, known);
  }
  for (const file of allContents(lab)) known.add(file);
  let convergedIn = 0;
  let last: LabRun | undefined;
  for (let calm = false; !calm && convergedIn < 4; ) {
    convergedIn += 1;
    last = await lab.sync({ full: true, allowDeletions: true });
    calm = 'report' in last && last.report.outcome === 'complete';
  }
  if (last === undefined || 'died' in last || last.report.outcome !== 'complete')
    throw new Error(`The last honest sync did not complete: ${JSON.stringify(last)}`);
  expectTruth(lab.library, lab.simulator.library);
  checkNothingLost(lab, ever, known);
  return { syncs, faults, convergedIn };
}

function allContents({ simulator }: Lab): string[] {
  return (['visible', 'hidden', 'deleted'] as const).flatMap((visibility) =>
    [...simulator.library.expected(visibility)].map((file) => sha256(file.read())),
  );
}

function checkNothingLost({ library }: Lab, ever: Set<string>, known: ReadonlySet<string>): void {
  const files = [...photosAnywhere(library)];
  for (const [path, hash] of files) expect(known.has(hash), `${path} holds bytes that iCloud never had`).toBe(true);
  const here = new Set(files.map(([, hash]) => hash));
  for (const hash of ever) expect(here.has(hash), `bytes ${hash} were stored and are gone`).toBe(true);
  for (const hash of here) ever.add(hash);
}

/** One change that a person might make in iCloud. */
function operate(story: Story): void {
  const { chance, lab, ids, deleted, purged, albums } = story;
  const { library } = lab.simulator;
  const live = ids.filter((id) => !deleted.has(id) && !purged.has(id));
  const one = () => live[chance.between(0, live.length - 1)] as string;
  const album = () => albums[chance.between(0, albums.length - 1)] as string;
  const what = chance.between(0, 99);
  if (live.length < 5 || what < 25) {
    ids.push(
      library.addAsset({
        filename: `IMG_${chance.between(1, 40)}.${chance.pick(['JPG', 'HEIC'])}`,
        captureMs: Date.UTC(2020 + chance.between(0, 4), chance.between(0, 11), 5),
        timeZoneOffsetS: 0,
        size: chance.between(50, 900),
        ...(chance.of(0.2) ? { liveVideoSize: 300 } : {}),
      }),
    );
  } else if (what < 37) library.editAsset(one());
  else if (what < 42) library.revertEdit(one());
  else if (what < 54) {
    const id = one();
    library.deleteAsset(id);
    deleted.add(id);
  } else if (what < 60) {
    const [id] = deleted;
    if (id === undefined) return;
    library.restoreAsset(id);
    deleted.delete(id);
  } else if (what < 64) {
    const id = one();
    library.purgeAsset(id);
    purged.add(id);
  } else if (what < 72) library.setHidden(one(), chance.of(0.6));
  else if (what < 76) library.setFavorite(one(), chance.of(0.5));
  else if (what < 80) ids.push(library.duplicateAsset(one()));
  else if (what < 84) albums.push(library.addAlbum({ name: `Album ${chance.between(1, 5)}`, type: chance.of(0.2) ? 3 : 0 }));
  else if (albums.length === 0) return;
  else if (what < 93) library.addToAlbum(one(), album());
  else if (what < 96) library.renameAlbum(album(), `Album ${chance.between(1, 5)}`);
  else if (what < 98) library.removeAlbum(album());
  else library.restoreAlbum(album());
}

const KINDS = ['query', 'changes-zone', 'changes-database', 'lookup', 'download', 'validate', 'count'] as const;
const EFFECTS: readonly [FaultEffect, ...FaultEffect[]] = [
  { status: 503, headers: { 'Retry-After': '1' } },
  { status: 429, headers: { 'Retry-After': '1' } },
  { status: 500 },
  { status: 401 },
  { status: 410 },
  { status: 421 },
  'reset',
  'corrupt',
  'html',
  { resetAfterBytes: 60 },
  { truncateTo: 40 },
  { shortenTo: 40 },
];
const LIES: readonly [Partial<LieSwitches>, ...Partial<LieSwitches>[]] = [
  { listsEndEarly: 7 },
  { listsEndEarly: 7, countsAgree: true },
  { emptyLists: ['photos'] },
  { listsLeaveOut: { every: 4 }, countsAgree: true },
  { listsWithoutTypes: ['CPLMaster'] },
  { errorsInPages: { every: 6 } },
  { repeatedItems: 3 },
  { emptyListPages: 2 },
  { feedLeavesOut: { every: 3 } },
  { feedPageLimit: 1 },
  { feedSilent: true },
  { gateSilent: true },
  { tokensRefused: true },
  { countsOffBy: 500 },
  { membersLeaveOut: { every: 2 } },
  { albumsLeaveOut: { every: 2 } },
];

function arm({ simulator }: Lab, chance: Chance): { armed?: true; disk?: DiskFault } {
  const what = chance.between(0, 2);
  if (what === 0) simulator.lies.tell(chance.pick(LIES));
  else if (what === 1)
    simulator.faults.add({ on: chance.pick(KINDS), skip: chance.between(0, 6), times: chance.between(1, 8), effect: chance.pick(EFFECTS) });
  else
    return {
      armed: true,
      disk: { is: chance.pick(['power-cut', 'power-cut', 'ENOSPC', 'EIO', 'EROFS'] as const), atCall: chance.between(1, 160) },
    };
  return { armed: true };
}

function disarm({ simulator }: Lab): void {
  simulator.lies.stop();
  simulator.faults.clear();
}
