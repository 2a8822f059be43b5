import { plural } from '../domain/format.ts';
import { drawSample } from '../domain/offsite-sampling.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { eachTarget, type OffsiteParts, type OffsiteTarget, openRepository, remember, type TargetResult } from './off-site-parts.ts';
import { compare, findSnapshot, withCatalogOf } from './off-site-restore.ts';

/**
 * Proves that a restore works: the newest snapshot must list every file its catalog names, and a random sample of them is
 * brought back from the other side and compared with Apple's checksum and ours. A failed drill is a loud problem.
 */
export function drillTargets(parts: OffsiteParts, signal: AbortSignal): Promise<readonly TargetResult[]> {
  return eachTarget(parts, 'Trying a restore from', (target) => drillOne(parts, target, signal), signal);
}

async function drillOne(parts: OffsiteParts, target: OffsiteTarget, signal: AbortSignal): Promise<TargetResult> {
  const { catalog, clock } = parts;
  await openRepository(parts, target, signal);
  try {
    const message = await bringBack(parts, target, signal);
    remember(catalog, target.name, { lastDrill: { atMs: clock.now(), ok: true, message } });
    return { target: target.name, is: 'done', message, problem: undefined };
  } catch (error) {
    const problem = asProblem(error);
    // A line that is down says nothing about what is stored.
    if (problem.code === 'offsite-damaged' || problem.code === 'offsite-nothing-found')
      remember(catalog, target.name, { lastDrill: { atMs: clock.now(), ok: false, message: problem.message } });
    throw problem;
  }
}

async function bringBack({ files, rules, random, log }: OffsiteParts, target: OffsiteTarget, signal: AbortSignal): Promise<string> {
  const snapshot = await findSnapshot(target, 'latest', signal);
  return withCatalogOf(
    target,
    snapshot,
    files,
    async (catalog) => {
      const listed = new Set((await target.repository.list(snapshot.id, signal)).map(({ path }) => path));
      const inside = ({ path }: { path: string }) =>
        rules.include === undefined || rules.include.some((folder) => path.startsWith(`${folder}/`));
      const known = [...catalog.files()].filter(inside);
      const absent = known.filter(({ path }) => !listed.has(path));
      const sample = await drawSample(known, rules.sample, random);
      const work = await files.workFolder();
      try {
        const paths = sample.map(({ path }) => path);
        const { failed } =
          paths.length === 0 ? { failed: [] } : await target.repository.restore(snapshot.id, paths, work.path, () => undefined, signal);
        const { verified, wrong } = await compare(files, work.path, sample, failed, signal);
        for (const { path, why } of wrong) log.error(`Drill at off-site ${target.name}: ${path}: ${why}.`);
        for (const { path } of absent.slice(0, 20)) log.error(`Drill at off-site ${target.name}: ${path} is not in the snapshot.`);
        const [first] = [...wrong, ...absent.map(({ path }) => ({ path, why: 'it is not in the snapshot' }))];
        if (first)
          throw new Problem(
            'offsite-damaged',
            `The restore drill at ${target.shownAs} failed: ${plural(wrong.length, 'file')} of ${sample.length} did not come back as stored, ${plural(absent.length, 'file')} missing there. ${first.path}: ${first.why}.`,
          );
        return `${plural(verified, 'random file')} came back exactly; all ${plural(known.length, 'file')} of the catalog are listed.`;
      } finally {
        await work.remove();
      }
    },
    signal,
  );
}
