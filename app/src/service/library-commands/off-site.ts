import { z } from 'zod';
import { formatBytes } from '../../domain/format.ts';
import { type NextWork, type OffsiteState, offsiteJson, renderOffsite, targetState } from '../../domain/offsite.ts';
import type { OffsiteTrigger } from '../../domain/offsite-plan.ts';
import { Problem } from '../../domain/problem.ts';
import { exitCodeOf, type Outcome, outcomeOf } from '../../domain/run-report.ts';
import { takeSnapshots } from '../../engine/off-site.ts';
import { checkTargets, initTargets, listSnapshots, pruneTargets } from '../../engine/off-site-care.ts';
import { drillTargets } from '../../engine/off-site-drill.ts';
import { type OffsiteParts, type OffsiteTarget, recall, type TargetResult } from '../../engine/off-site-parts.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';

/** A target whose other side shows keys that a person has to compare. */
export interface ReachableTarget extends OffsiteTarget {
  readonly hostKeys: (signal: AbortSignal) => Promise<string>;
  readonly acceptHostKey: (fingerprint: string, signal: AbortSignal) => Promise<string>;
}

export interface OffsiteCommandParts extends Omit<OffsiteParts, 'targets' | 'onDoing'> {
  readonly targets: readonly ReachableTarget[];
  readonly next: () => NextWork;
}

const OUTCOMES = ['complete', 'incomplete', 'failed', 'interrupted', 'needs-person'] as const satisfies readonly Outcome[];

const Target = z.object({ target: z.string().optional() });
const RunArgs = Target.extend({
  /** How the sync ended that this follows. */
  after: z.enum(OUTCOMES).optional(),
  held: z.boolean().default(false),
  scheduled: z.boolean().default(false),
});
const InitArgs = Target.extend({ hostKey: z.string().optional(), adopt: z.boolean().default(false) });
const CheckArgs = Target.extend({ all: z.boolean().default(false), structure: z.boolean().default(false) });

export interface StateParts {
  readonly targets: readonly Pick<OffsiteTarget, 'name' | 'engine' | 'shownAs'>[];
  readonly catalog: Pick<Catalog, 'memo'>;
  readonly clock: Clock;
  readonly next: () => NextWork;
}

/** What is going on off-site, and what is known of each target; for `status`, the page and the API. */
export function offsiteState(parts: StateParts, doing: string | undefined): OffsiteState {
  const nowMs = parts.clock.now();
  const targets = parts.targets.map((target) => targetState(target, recall(parts.catalog, target.name), nowMs));
  return { targets, next: parts.next(), doing };
}

/** `off-site init|run|status|check|prune|snapshots|drill`; `restore` has a file of its own. */
export function offsiteCommands(parts: OffsiteCommandParts, onDoing: (text: string | undefined) => void): readonly LibraryCommand[] {
  const choose = (name: string | undefined): OffsiteParts & OffsiteCommandParts => ({
    ...parts,
    onDoing,
    targets: chosen(parts.targets, name),
  });
  return [
    {
      name: 'off-site init',
      runs: 'alone',
      async run(args, io) {
        const { target, hostKey, adopt } = InitArgs.parse(args);
        return init(choose(target), hostKey, adopt, io);
      },
    },
    {
      name: 'off-site run',
      runs: 'alone',
      async run(args, io) {
        const { target, after, held, scheduled } = RunArgs.parse(args);
        const trigger: OffsiteTrigger = after ? { by: 'sync', outcome: after, held } : { by: scheduled ? 'schedule' : 'person' };
        const report = progressLines(parts, io);
        return tell(await takeSnapshots(choose(target), trigger, { onProgress: report }, io.signal), io, trigger.by !== 'person');
      },
    },
    {
      name: 'off-site check',
      runs: 'alone',
      async run(args, io) {
        const { target, all, structure } = CheckArgs.parse(args);
        return tell(await checkTargets(choose(target), all ? 'all' : structure ? 'structure' : 'next-part', io.signal), io);
      },
    },
    {
      name: 'off-site prune',
      runs: 'alone',
      run: async (args, io) => tell(await pruneTargets(choose(Target.parse(args).target), io.signal), io),
    },
    {
      name: 'off-site drill',
      runs: 'alone',
      run: async (args, io) => tell(await drillTargets(choose(Target.parse(args).target), io.signal), io),
    },
    { name: 'off-site snapshots', runs: 'alone', run: (args, io) => showSnapshots(choose(Target.parse(args).target), io) },
    { name: 'off-site status', runs: 'beside', run: async (_args, io) => showStatus(choose(undefined), io) },
  ];
}

/** All targets, or the one that was named. Throws `offsite-not-set-up`. */
export function chosen<T extends { readonly name: string }>(targets: readonly T[], name: string | undefined): readonly T[] {
  if (targets.length === 0) throw new Problem('offsite-not-set-up', 'No off-site copy is set up.');
  const found = name === undefined ? targets : targets.filter((target) => target.name === name);
  if (found.length > 0) return found;
  throw new Problem('offsite-not-set-up', `There is no off-site copy "${name}", only ${targets.map((target) => target.name).join(', ')}.`);
}

async function init(
  parts: OffsiteParts & { readonly targets: readonly ReachableTarget[] },
  hostKey: string | undefined,
  adopt: boolean,
  io: CommandIo,
): Promise<number> {
  if (hostKey !== undefined) {
    const [only, another] = parts.targets;
    if (only === undefined || another) throw new Problem('offsite-not-set-up', 'A key is accepted for one copy at a time: add --target.');
    io.err(`Off-site ${only.name}: accepted ${await only.acceptHostKey(hostKey, io.signal)}.\n`);
  }
  const results = await initTargets(parts, adopt, io.signal);
  if (!io.json)
    for (const { target, recovery } of results)
      if (recovery !== '')
        io.out(`Off-site ${target}: keep this outside of this machine, together with the passphrase:\n\n${recovery}\n\n`);
  const code = tell(results, io);
  if (code === 0 && !io.json)
    io.out(`${KEEP_ELSEWHERE} Do it NOW: without the passphrase nobody can restore anything, nor can this program.\n`);
  return code;
}

const KEEP_ELSEWHERE =
  'Keep the passphrase and the address of the repository somewhere else than on this machine: a restore on a new one needs both.';

/** One line per target, or JSON; the exit code follows from the worst problem. */
function tell(results: readonly TargetResult[], io: CommandIo, quietly = false): number {
  const problems = results.flatMap(({ problem }) =>
    problem ? [{ code: problem.code, count: 1, examples: [problem.message], advice: problem.advice }] : [],
  );
  const ended = results.find(({ is }) => is === 'failed')?.problem?.code;
  const outcome = outcomeOf(problems, ended);
  if (io.json) {
    const shown = results.map(({ target, is, message, problem }) => ({
      target,
      is,
      message,
      code: problem?.code ?? null,
      advice: problem?.advice ?? null,
    }));
    io.out(`${JSON.stringify({ schema: 1, outcome, targets: shown }, null, 2)}\n`);
    return exitCodeOf(outcome);
  }
  for (const { target, is, message, problem } of results) {
    if (quietly && is === 'skipped') continue;
    const text = message.startsWith('Off-site ') ? message : `Off-site ${target}: ${message}`;
    if (problem) io.err(`${text}\n${problem.advice}\n`);
    else io.out(`${text}\n`);
  }
  return exitCodeOf(outcome);
}

const SAY_MS = 10_000;

function progressLines({ clock }: Pick<OffsiteParts, 'clock'>, io: CommandIo) {
  let saidMs = clock.now();
  return (
    target: string,
    { doneFiles, doneBytes, totalBytes }: { doneFiles: number; doneBytes: number; totalBytes: number | undefined },
  ) => {
    if (clock.now() - saidMs < SAY_MS) return;
    saidMs = clock.now();
    const of = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
    io.err(`Off-site ${target}: ${doneFiles} files, ${formatBytes(doneBytes)}${of}.\n`);
  };
}

async function showSnapshots(parts: OffsiteParts, io: CommandIo): Promise<number> {
  const { results, lists } = await listSnapshots(parts, io.signal);
  if (io.json) {
    const shown = lists.map(({ target, snapshots }) => ({
      target,
      snapshots: snapshots.map(({ id, atMs, kind, files, bytes }) => ({
        id,
        at: new Date(atMs).toISOString(),
        kind,
        files: files ?? null,
        bytes: bytes ?? null,
      })),
    }));
    io.out(`${JSON.stringify({ schema: 1, targets: shown }, null, 2)}\n`);
  } else
    for (const { target, snapshots } of lists) {
      io.out(`Off-site ${target}: ${snapshots.length === 0 ? 'no snapshot yet.' : ''}\n`);
      for (const { id, atMs, kind, files, bytes } of snapshots) {
        const what =
          kind === 'replaced'
            ? 'replaced files'
            : [files === undefined ? '' : `${files} files`, bytes === undefined ? '' : formatBytes(bytes)].filter(Boolean).join(', ');
        io.out(`  ${new Date(atMs).toLocaleString('sv')}  ${/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 8) : id}  ${what}\n`);
      }
    }
  const failed = results.filter(({ problem }) => problem);
  return failed.length === 0 ? 0 : tell(failed, io.json ? { ...io, json: false } : io);
}

function showStatus(parts: OffsiteCommandParts, io: CommandIo): number {
  const state = offsiteState(parts, undefined);
  io.out(io.json ? `${JSON.stringify({ schema: 1, ...offsiteJson(state) }, null, 2)}\n` : `${renderOffsite(state)}\n${KEEP_ELSEWHERE}\n`);
  return state.targets.some(({ problem }) => problem) ? exitCodeOf('incomplete') : 0;
}
