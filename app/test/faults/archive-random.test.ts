import { describe, expect, it } from 'vitest';
import { realFiles } from '../support/archive-truth.ts';
import { type DiskFault, type Lab, newLab } from '../support/lab.ts';
import { type Chance, seededChance } from '../support/seeded-chance.ts';
import { sha256 } from '../support/tree.ts';

/** One story again with ARCHIVE_SEED, more of them with ARCHIVE_STORIES. */
const SEED = process.env.ARCHIVE_SEED;
const STORIES = Number(process.env.ARCHIVE_STORIES ?? 2);
const FIRST_SEED = 90_210;
const seeds = SEED === undefined ? Array.from({ length: STORIES }, (_, index) => FIRST_SEED + index) : [Number(SEED)];
const ROUNDS = 6;

/** What was seen in iCloud and is neither there any more, outside Recently Deleted, nor in a real file here. */
function lost({ simulator, library }: Lab, seen: ReadonlyMap<string, string>): string[] {
  const cloud = new Set(
    (['visible', 'hidden'] as const).flatMap((visibility) => [...simulator.library.expected(visibility)].map(({ sha256: hash }) => hash)),
  );
  const here = realFiles(library);
  return [...seen].filter(([hash]) => !cloud.has(hash) && !here.has(hash)).map(([, name]) => name);
}

function makeTrouble({ simulator }: Lab, chance: Chance, members: readonly string[], album: string): DiskFault | undefined {
  const { lies, faults, library } = simulator;
  const member = () => chance.pick(members as [string, ...string[]]);
  switch (chance.between(0, 8)) {
    case 0:
      lies.tell({ writesAnswerNothing: chance.pick(['but-done', 'not-done']) });
      return undefined;
    case 1:
      lies.tell({ writesRefused: { every: 3 }, refusedAs: chance.pick(['SERVER_RECORD_CHANGED', 'ACCESS_DENIED', 'INTERNAL_ERROR']) });
      return undefined;
    case 2:
      lies.tell({ writesLeaveOut: { every: 2 } });
      return undefined;
    case 3:
      lies.tell({ deletesUntilBusy: chance.between(0, 8), busyTimes: chance.between(1, 4), busyWith: chance.of(0.5) ? 'op-lock' : 503 });
      return undefined;
    case 4:
      faults.add({ on: 'modify', effect: { resetAfterBytes: chance.between(0, 200) } });
      return undefined;
    case 5:
      faults.add({
        on: chance.pick(['modify', 'lookup', 'query']),
        skip: chance.between(0, 3),
        effect: { status: chance.pick([401, 421, 500, 503]), body: {} },
      });
      return undefined;
    case 6:
      faults.add({ on: 'modify', effect: { first: () => library.setFavorite(member(), true) } });
      return undefined;
    case 7:
      faults.add({ on: 'lookup', skip: chance.between(0, 2), effect: { first: () => library.removeFromAlbum(member(), album) } });
      return undefined;
    default:
      return chance.of(0.7) ? { is: 'power-cut', atCall: chance.between(1, 60) } : { is: 'ENOSPC', atCall: chance.between(1, 60) };
  }
}

describe('archive with deletes in iCloud, whatever goes wrong', () => {
  it.each(seeds)(
    'seed %i: what is in iCloud or proven here never becomes less',
    async (seed) => {
      const chance = seededChance(seed);
      const lab = await newLab({ library: { assets: 12, seed, meanBytes: 300, sharedLibraryRole: chance.pick(['owner', 'none']) } });
      const { library } = lab.simulator;
      const items = [...new Set([...library.expected()].map(({ assetRecordName }) => assetRecordName))];
      const seen = new Map<string, string>();
      for (let round = 0; round < ROUNDS; round++) {
        const album = library.addAlbum({ name: `Album ${round}` });
        const live = items.filter((item) => library.findAsset(item)?.asset.deletedMs === undefined);
        const fresh = Array.from({ length: 4 }, () => library.addAsset({ captureMs: Date.UTC(2024, round, chance.between(1, 28)) }));
        items.push(...fresh);
        const members = [...new Set([...fresh, ...live.filter(() => chance.of(0.3))])];
        for (const member of members) library.addToAlbum(member, album);
        if (chance.of(0.5)) library.setFavorite(chance.pick(members as [string, ...string[]]), true);
        if (chance.of(0.5)) library.editAsset(fresh[0] ?? '', { uti: 'public.jpeg' });
        await lab.sync({ allowDeletions: true });
        for (const file of library.expected()) seen.set(sha256(file.read()), `${file.filename} ${file.kind}`);
        const fault = makeTrouble(lab, chance, members, album);
        const args = { album: `Album ${round}`, remoteDelete: true, yes: true, evenIfInOtherAlbums: chance.of(0.3) };
        await lab.command('archive', args, fault);
        expect(lost(lab, seen), 'after the archive').toEqual([]);
        lab.simulator.lies.stop();
        lab.simulator.faults.clear();
        await lab.sync({ allowDeletions: true });
        expect(lost(lab, seen), 'after the sync').toEqual([]);
        expect((await lab.command('archive', args)).exitCode).toBe(0);
        expect(lost(lab, seen), 'after the work was finished').toEqual([]);
        if (chance.of(0.3)) await lab.command('unarchive', { album: `Album ${round}` });
        expect(lost(lab, seen), 'after it follows iCloud again').toEqual([]);
      }
    },
    120_000,
  );
});
