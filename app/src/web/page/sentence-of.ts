import { formatBytes, formatCount, formatDuration } from '../../domain/format.ts';
import { healthOf, type ServiceState } from '../../domain/service-state.ts';
import type { Facts } from '../facts.ts';
import { remainingWords } from '../progress-words.ts';
import { html } from './html.ts';
import { needSentence } from './need-sentence.ts';
import { endedWell, provenSentence } from './proven-sentence.ts';
import type { Sentence } from './sentence.ts';
import { formatDay, formatWhen } from './when.ts';

type Rule = (state: ServiceState, nowMs: number, facts: Facts | undefined) => Sentence | undefined;

/** Below so many files a sync is only a line under the sentence that was true before. */
const SMALL_SYNC_FILES = 200;
const DAY_MS = 86_400_000;

/** The first rule that knows something wins: what needs a person comes before what goes on, and that before what is done. */
const RULES: readonly Rule[] = [
  holding,
  needSentence,
  starting,
  stopping,
  stale,
  firstRun,
  syncing,
  working,
  unfinished,
  incomplete,
  paused,
  provenSentence,
];

/** Removals wait for a word, and nothing that comes before it does. */
export function isHolding({ phase, need }: ServiceState, facts: Facts | undefined): boolean {
  return facts?.hold !== undefined && phase === 'idle' && need?.code === 'removals-held';
}

/** Removals on hold come before everything but a missing library, a full disk and a code. */
function holding(state: ServiceState, _nowMs: number, facts: Facts | undefined): Sentence | undefined {
  const hold = facts?.hold;
  if (hold === undefined || !isHolding(state, facts)) return undefined;
  const of = hold.library === undefined ? '' : ` of ${formatCount(hold.library)}`;
  return {
    short: 'Needs your decision',
    title: hold.items === 1 ? '1 removal is on hold' : `${formatCount(hold.items)} removals are on hold`,
    lead: html`iCloud no longer lists ${formatCount(hold.items)}${of} items. That is more than we take away without a word, so <b>nothing was removed here</b>. If you did not delete them on purpose, keep them.`,
    tone: 'person',
    glyph: 'hold',
  };
}

/** `facts`: what the catalog says, where it could be asked. */
export function sentenceOf(state: ServiceState, nowMs: number, facts?: Facts): Sentence {
  for (const rule of RULES) {
    const sentence = rule(state, nowMs, facts);
    if (sentence !== undefined) return sentence;
  }
  return good(state, nowMs);
}

function starting({ phase }: ServiceState): Sentence | undefined {
  if (phase !== 'starting') return undefined;
  return { short: 'Starting', title: 'Starting', lead: 'We look at the library folder first.', tone: 'calm', glyph: 'turning' };
}

function stopping({ phase }: ServiceState): Sentence | undefined {
  if (phase !== 'stopping') return undefined;
  return {
    short: 'Stopping',
    title: 'Stopping',
    lead: 'The service ends. What is stored is safe; the next start goes on from here.',
    tone: 'calm',
    glyph: 'empty',
  };
}

function stale(state: ServiceState, nowMs: number): Sentence | undefined {
  if (healthOf(state, nowMs) !== 'stale') return undefined;
  const { lastSuccessMs, startedAtMs } = state;
  const days = formatCount(Math.max(1, Math.floor((nowMs - (lastSuccessMs ?? startedAtMs)) / DAY_MS)));
  const last = lastSuccessMs === undefined ? 'There was none since the start' : `The last good one was ${formatWhen(lastSuccessMs, nowMs)}`;
  return {
    short: 'No good sync',
    title: `No good sync for ${days} ${days === '1' ? 'day' : 'days'}`,
    lead: `${last}. What is stored is safe.`,
    tone: 'bad',
    glyph: 'clock',
  };
}

function firstRun(state: ServiceState, nowMs: number): Sentence | undefined {
  const { lastSuccessMs, lastRun, phase, nextRunMs } = state;
  if (lastSuccessMs !== undefined || lastRun !== undefined || phase !== 'idle') return undefined;
  const next = nextRunMs === undefined || state.paused ? '' : ` The first sync starts ${formatWhen(nextRunMs, nowMs)}.`;
  return { short: 'Nothing yet', title: 'Nothing is backed up yet', lead: `The service is ready.${next}`, tone: 'calm', glyph: 'empty' };
}

function syncing(state: ServiceState, nowMs: number): Sentence | undefined {
  const { phase, progress, lastSuccessMs } = state;
  if (phase === 'signing-in' && lastSuccessMs === undefined)
    return {
      short: 'Signing in',
      title: 'Signing in to iCloud',
      lead: 'The sync starts right after it.',
      tone: 'calm',
      glyph: 'turning',
    };
  if (phase !== 'syncing') return undefined;
  const files = progress === undefined ? 0 : progress.counts.downloaded + progress.missingFiles;
  if (progress === undefined || files < SMALL_SYNC_FILES)
    return lastSuccessMs === undefined
      ? {
          short: 'Backing up',
          title: 'Comparing with iCloud',
          lead: 'Files arrive as soon as the first ones are listed.',
          tone: 'calm',
          glyph: 'turning',
        }
      : undefined;
  const { downloaded, downloadedBytes } = progress.counts;
  const left = remainingWords(state, nowMs);
  const rate = progress.bytesPerSecond > 0 ? ` at ${formatBytes(progress.bytesPerSecond)}/s` : '';
  return {
    short: 'Backing up',
    title: `Backing up: ${formatCount(downloaded)} of ${formatCount(files)} files`,
    lead: `${formatBytes(downloadedBytes)} of ${formatBytes(downloadedBytes + progress.missingBytes)} is on disk and verified.${left === undefined ? '' : ` About ${left} left${rate}.`} You can close this page.`,
    tone: 'calm',
    glyph: 'turning',
  };
}

const WORK: Readonly<Record<string, readonly [title: string, lead: string]>> = {
  verify: ['Reading the files back', 'Every file is read from the disk and compared. What is stored is not touched.'],
  archive: ['Archiving an album', 'Files are copied, read back and compared. Nothing is deleted before that.'],
  'off-site run': ['Copying off-site', 'The second copy is being made.'],
  'off-site drill': ['Proving a restore', 'A random sample comes back from the second copy and is compared.'],
};

/** A command that takes a while; short ones end before anybody can read about them. */
function working({ phase, activity = '' }: ServiceState): Sentence | undefined {
  if (phase !== 'working') return undefined;
  const [title, lead] = WORK[activity] ?? ['Working', `The command “${activity}” is running.`];
  return { short: title, title, lead: `${lead} Syncs go on after it. You can close this page.`, tone: 'calm', glyph: 'turning' };
}

/** The last run ended early, for a reason that the next run may not meet. */
function unfinished(state: ServiceState, nowMs: number): Sentence | undefined {
  const { lastRun, nextRunMs, paused: isPaused } = state;
  if (lastRun === undefined || endedWell(state) || lastRun.outcome === 'incomplete') return undefined;
  const next = nextRunMs === undefined || isPaused ? '' : ` The next attempt is ${formatWhen(nextRunMs, nowMs)}.`;
  return {
    short: 'Not finished',
    title: 'The last sync did not finish',
    lead: `What is stored is safe.${next}`,
    tone: 'person',
    glyph: 'incomplete',
  };
}

function incomplete({ lastRun }: ServiceState, _nowMs: number, facts: Facts | undefined): Sentence | undefined {
  if (lastRun?.outcome !== 'incomplete') return undefined;
  const missing = facts?.coverage.missing.reduce((sum, { count }) => sum + count, 0) ?? 0;
  if (facts !== undefined && missing > 0) {
    const { storedFiles } = facts.coverage;
    return {
      short: 'Incomplete',
      title: `Safe, but ${formatCount(missing)} ${missing === 1 ? 'file is' : 'files are'} incomplete`,
      lead: `${formatCount(storedFiles)} files are here and intact. The other ${formatCount(missing)} could not be fetched whole; we try again at every sync.`,
      tone: 'person',
      glyph: 'incomplete',
    };
  }
  return {
    short: 'Incomplete',
    title: 'Safe, but incomplete',
    lead: 'Some items could not be listed or fetched whole; we try again at every sync. What is stored is safe.',
    tone: 'person',
    glyph: 'incomplete',
  };
}

function paused({ paused: isPaused, lastSuccessMs }: ServiceState, nowMs: number): Sentence | undefined {
  if (!isPaused) return undefined;
  const until = lastSuccessMs === undefined ? '' : ` Backed up to ${formatDay(lastSuccessMs, nowMs)}; newer photos are only in iCloud.`;
  return { short: 'Paused', title: 'Paused', lead: `No sync until you go on.${until}`, tone: 'calm', glyph: 'paused' };
}

/**
 * Says no more than was checked: that a listing was read to its end and everything in it arrived. After a restart the last
 * run is no longer known, and the last success may have been an incomplete one.
 */
function good({ lastSuccessMs, lastRun }: ServiceState, nowMs: number): Sentence {
  if (lastSuccessMs === undefined)
    return {
      short: 'Nothing yet',
      title: 'Nothing is backed up yet',
      lead: 'No sync has been completed so far.',
      tone: 'calm',
      glyph: 'empty',
    };
  if (lastRun === undefined)
    return {
      short: 'Waiting',
      title: 'Waiting for the next sync',
      lead: `The last good sync ended ${formatWhen(lastSuccessMs, nowMs)}.`,
      tone: 'calm',
      glyph: 'clock',
    };
  const took = ` The last run took ${formatDuration(lastRun.endedAtMs - lastRun.startedAtMs)}.`;
  return {
    short: 'Complete',
    title: 'Complete',
    lead: `Everything that iCloud listed is on this disk. Compared with iCloud ${formatWhen(lastSuccessMs, nowMs)}.${took}`,
    tone: 'good',
    glyph: 'good',
  };
}
