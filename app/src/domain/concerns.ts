import type { Facts } from './facts.ts';
import { formatBytes, formatCount, plural } from './format.ts';
import { formatDate, formatMoment } from './moment.ts';
import { itemsAre, needWords, sentence, titlesOf } from './need-words.ts';
import { handling } from './problem.ts';
import type { ServiceState } from './service-state.ts';

/** Something that is not as it should be. Of each topic there is one at most. */
export interface Concern {
  readonly topic: string;
  /** Another id under the same topic is another problem, and is told again. */
  readonly id: string;
  /** So long it may last before it is worth a message, ms: what mends itself soon is nobody's business. */
  readonly patienceMs: number;
  readonly urgency: 'normal' | 'high';
  readonly title: string;
  readonly text: string;
  readonly overTitle: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What is wrong at this moment. A new fact becomes a new entry here and a line in `isSettled`. */
export function concernsOf(facts: Facts): readonly Concern[] {
  const single = [need, volume, brokenRun, stale, incomplete].flatMap((look) => look(facts) ?? []);
  return [...single, ...damaged(facts), ...offsite(facts)];
}

function need({ state, coverage }: Facts): Concern | undefined {
  if (!state.need) return undefined;
  const { code, sinceMs } = state.need;
  const words = needWords(state.need, state.codeAwaited);
  const held = code === 'removals-held' ? (coverage()?.held ?? 0) : 0;
  const title = held > 0 ? `${plural(held, 'removal is', 'removals are')} on hold` : words.title;
  return { topic: 'need', id: `${code} ${sinceMs}`, patienceMs: 0, urgency: 'high', ...words, title };
}

/** Patient, because a server that restarts mounts its disks when it comes to it. */
function volume({ state }: Facts): Concern | undefined {
  if (state.phase !== 'volume-missing') return undefined;
  const [title, overTitle] = titlesOf('volume-missing');
  const text =
    'The disk may not be mounted, so nothing is written and nothing is removed. We look again every minute and go on by ourselves. Mount it, or correct DATA_DIR.';
  return { topic: 'volume', id: 'volume', patienceMs: 10 * MINUTE_MS, urgency: 'high', title, overTitle, text };
}

/** A run that only its owner can mend. One that the next run mends by itself becomes a word about age, if it comes to that. */
function brokenRun({ state: { lastRun } }: Facts): Concern | undefined {
  if (lastRun?.outcome !== 'failed' || lastRun.code === undefined || handling(lastRun.code).remedy !== 'fix') return undefined;
  const [title, overTitle] = titlesOf(lastRun.code);
  const text = `${sentence(lastRun.message ?? '')} What is stored is safe. ${handling(lastRun.code).advice}`.trim();
  return { topic: 'run', id: lastRun.code, patienceMs: 0, urgency: 'high', title, overTitle, text };
}

const REASONS: Readonly<Record<string, string>> = {
  'no-network': 'Apple could not be reached from here.',
  'rate-limited': 'Apple asked for pauses.',
  'icloud-failed': 'iCloud answered with errors.',
  'answer-not-understood': 'Apple may have changed something; look for a new version.',
  'listing-incomplete': 'iCloud did not list everything.',
  'indexing-unfinished': 'iCloud is still preparing the library.',
  interrupted: 'Runs were stopped before their end.',
};

/** No good sync for two periods. Silent where a person has been asked for already, or where the owner has paused. */
function stale({ nowMs, state }: Facts): Concern | undefined {
  if (!isStale(state, nowMs) || state.need || state.phase === 'volume-missing') return undefined;
  const sinceMs = state.lastSuccessMs ?? state.startedAtMs;
  const days = Math.floor((nowMs - sinceMs) / DAY_MS);
  const last =
    state.lastSuccessMs === undefined ? 'There has been none since the start.' : `The last complete one was on ${formatDate(sinceMs)}.`;
  const reason = REASONS[state.lastRun?.code ?? ''];
  return {
    topic: 'stale',
    id: 'stale',
    patienceMs: HOUR_MS,
    urgency: 'high',
    title: days < 1 ? 'No good sync for too long' : `No good sync for ${plural(days, 'day')}`,
    overTitle: 'Backing up again',
    text: [last, reason, 'What is stored is safe. We try again at every slot of the schedule.'].filter(Boolean).join(' '),
  };
}

function isStale(state: ServiceState, nowMs: number): boolean {
  return !state.paused && isAtRest(state) && nowMs - (state.lastSuccessMs ?? state.startedAtMs) > 2 * state.periodMs;
}

/** Items come and go between two nights; the same hole for three days will not fill by itself. */
function incomplete({ state, coverage }: Facts): Concern | undefined {
  if (state.lastRun?.outcome !== 'incomplete') return undefined;
  return {
    topic: 'incomplete',
    id: 'incomplete',
    patienceMs: Math.max(3 * DAY_MS, 2 * state.periodMs),
    urgency: 'normal',
    title: 'Safe, but some items are incomplete',
    overTitle: 'Nothing is incomplete any more',
    get text() {
      const missing = coverage()?.missing ?? [];
      const count = missing.reduce((sum, group) => sum + group.count, 0);
      const [worst] = missing;
      const example = worst?.examples[0];
      return [
        `${itemsAre(count)} not whole on this disk yet; everything else is. We try again every night.`,
        example && sentence(example),
        worst?.advice,
      ]
        .filter(Boolean)
        .join(' ');
    },
  };
}

const FINDINGS: Readonly<Record<string, readonly [one: string, many: string, over: string]>> = {
  'file-missing': ['A file has gone from this disk', 'files have gone from this disk', 'The lost files are back'],
  'file-changed': ['A stored file was changed', 'stored files were changed', 'The changed files are right again'],
};
const DAMAGED = ['A file on this disk is damaged', 'files on this disk are damaged', 'The damaged files are whole again'] as const;

/** Files that are no longer as they were stored. One that has merely gone is fetched again within a night or two. */
function damaged({ state, coverage }: Facts): readonly Concern[] {
  // In the middle of a read-back the good files may be on their way already.
  if (!isAtRest(state)) return [];
  return (coverage()?.findings ?? []).map(({ code, count, examples, advice }): Concern => {
    const [one, many, overTitle] = FINDINGS[code] ?? DAMAGED;
    return {
      topic: `finding ${code}`,
      id: code,
      patienceMs: code === 'file-missing' ? 2 * state.periodMs : 0,
      urgency: 'normal',
      title: count === 1 ? one : `${formatCount(count)} ${many}`,
      overTitle,
      text: [...examples.map(sentence), 'Everything else was not touched.', advice].join(' '),
    };
  });
}

/** The second copy. What its next run mends by itself may take some of them. */
function offsite({ state }: Facts): readonly Concern[] {
  return (state.offsite?.targets ?? []).flatMap(({ name, problem }): readonly Concern[] => {
    if (!problem) return [];
    const passes = handling(problem.code).remedy === 'retry' || handling(problem.code).remedy === 'skip-item';
    return [
      {
        topic: `off-site ${name}`,
        id: `${problem.code} ${problem.sinceMs}`,
        patienceMs: passes ? Math.max(3 * DAY_MS, 2 * state.periodMs) : 0,
        urgency: 'normal',
        title: `The off-site copy "${name}" has stopped`,
        overTitle: `The off-site copy "${name}" goes on`,
        text: `${sentence(problem.message)} The library on this disk is not affected. ${problem.advice}`,
      },
    ];
  });
}

/** No run goes on. A need for a code leaves its phase standing after the run that met it. */
export function isAtRest({ phase, codeAwaited }: ServiceState): boolean {
  return phase === 'idle' || (phase === 'waiting-for-code' && !codeAwaited);
}

/**
 * Whether the absence of a concern means that it is over. While a run goes on nothing is over yet, and a run that was
 * interrupted says nothing about anything.
 */
export function isSettled(topic: string, { state, coverage }: Facts): boolean {
  if (topic === 'volume') return state.phase !== 'starting' && state.phase !== 'stopping';
  if (!isAtRest(state)) return false;
  if (topic.startsWith('finding ')) return coverage() !== undefined;
  if (topic.startsWith('off-site ')) return state.offsite !== undefined;
  return reachedItsEnd(state) || (topic === 'incomplete' && state.lastRun?.outcome === 'failed');
}

/** Removals that wait for an answer do not make a run a bad one. */
function reachedItsEnd({ lastRun, lastSuccessMs }: ServiceState): boolean {
  if (lastRun?.outcome === 'complete' || lastRun?.outcome === 'incomplete') return true;
  return lastRun?.outcome === 'needs-person' && lastSuccessMs !== undefined && lastSuccessMs >= lastRun.endedAtMs;
}

/** How the backup stands, in the words of good news. Never claims more than the last run has checked. */
export function standing({ state, coverage }: Facts): string {
  const { lastRun } = state;
  const known = coverage();
  const when = lastRun ? ` The last sync ended ${formatMoment(lastRun.endedAtMs)}.` : '';
  if (!known || known.listedAtMs === undefined) return `Syncs go on as scheduled.${when}`;
  const missing = known.missing.reduce((sum, group) => sum + group.count, 0);
  if (known.complete && missing === 0)
    return `All ${formatCount(known.assets)} items in iCloud are on this disk (${formatBytes(known.storedBytes)}).${when}`;
  return `${itemsAre(missing)} incomplete; we try again every night.${when}`;
}
