import { formatBytes, formatCount, formatDuration } from '../../domain/format.ts';
import { healthOf, type ServiceState } from '../../domain/service-state.ts';
import { remainingWords } from '../progress-words.ts';
import { needSentence } from './need-sentence.ts';
import type { Sentence } from './sentence.ts';
import { formatDay, formatWhen } from './when.ts';

type Rule = (state: ServiceState, nowMs: number) => Sentence | undefined;

/** Below so many files a sync is only a line under the sentence that was true before. */
const SMALL_SYNC_FILES = 200;
const DAY_MS = 86_400_000;

/** The first rule that knows something wins: what needs a person comes before what goes on, and that before what is done. */
const RULES: readonly Rule[] = [needSentence, starting, stopping, stale, firstRun, syncing, unfinished, incomplete, paused];

export function sentenceOf(state: ServiceState, nowMs: number): Sentence {
  for (const rule of RULES) {
    const sentence = rule(state, nowMs);
    if (sentence !== undefined) return sentence;
  }
  return good(state, nowMs);
}

function starting({ phase }: ServiceState): Sentence | undefined {
  if (phase !== 'starting') return undefined;
  return { short: 'Starting', title: 'Starting', lead: 'We look at the library folder first.', tone: 'calm' };
}

function stopping({ phase }: ServiceState): Sentence | undefined {
  if (phase !== 'stopping') return undefined;
  return {
    short: 'Stopping',
    title: 'Stopping',
    lead: 'The service ends. What is stored is safe; the next start goes on from here.',
    tone: 'calm',
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
  };
}

function firstRun(state: ServiceState, nowMs: number): Sentence | undefined {
  const { lastSuccessMs, lastRun, phase, nextRunMs } = state;
  if (lastSuccessMs !== undefined || lastRun !== undefined || phase !== 'idle') return undefined;
  const next = nextRunMs === undefined || state.paused ? '' : ` The first sync starts ${formatWhen(nextRunMs, nowMs)}.`;
  return { short: 'Nothing yet', title: 'Nothing is backed up yet', lead: `The service is ready.${next}`, tone: 'calm' };
}

function syncing(state: ServiceState, nowMs: number): Sentence | undefined {
  const { phase, progress, lastSuccessMs } = state;
  if (phase === 'signing-in' && lastSuccessMs === undefined)
    return { short: 'Signing in', title: 'Signing in to iCloud', lead: 'The sync starts right after it.', tone: 'calm' };
  if (phase !== 'syncing') return undefined;
  const files = progress === undefined ? 0 : progress.counts.downloaded + progress.missingFiles;
  if (progress === undefined || files < SMALL_SYNC_FILES)
    return lastSuccessMs === undefined
      ? { short: 'Backing up', title: 'Comparing with iCloud', lead: 'Files arrive as soon as the first ones are listed.', tone: 'calm' }
      : undefined;
  const { downloaded, downloadedBytes } = progress.counts;
  const left = remainingWords(state, nowMs);
  const rate = progress.bytesPerSecond > 0 ? ` at ${formatBytes(progress.bytesPerSecond)}/s` : '';
  return {
    short: 'Backing up',
    title: `Backing up: ${formatCount(downloaded)} of ${formatCount(files)} files`,
    lead: `${formatBytes(downloadedBytes)} of ${formatBytes(downloadedBytes + progress.missingBytes)} is on disk and verified.${left === undefined ? '' : ` About ${left} left${rate}.`} You can close this page.`,
    tone: 'calm',
  };
}

/** The last run ended early, for a reason that the next run may not meet. */
function unfinished({ lastRun, nextRunMs, paused: isPaused }: ServiceState, nowMs: number): Sentence | undefined {
  if (lastRun === undefined || lastRun.outcome === 'complete' || lastRun.outcome === 'incomplete') return undefined;
  const next = nextRunMs === undefined || isPaused ? '' : ` The next attempt is ${formatWhen(nextRunMs, nowMs)}.`;
  return { short: 'Not finished', title: 'The last sync did not finish', lead: `What is stored is safe.${next}`, tone: 'person' };
}

function incomplete({ lastRun }: ServiceState): Sentence | undefined {
  if (lastRun?.outcome !== 'incomplete') return undefined;
  return {
    short: 'Incomplete',
    title: 'Safe, but incomplete',
    lead: 'Some items could not be listed or fetched whole; we try again at every sync. What is stored is safe.',
    tone: 'person',
  };
}

function paused({ paused: isPaused, lastSuccessMs }: ServiceState, nowMs: number): Sentence | undefined {
  if (!isPaused) return undefined;
  const until = lastSuccessMs === undefined ? '' : ` Backed up to ${formatDay(lastSuccessMs, nowMs)}; newer photos are only in iCloud.`;
  return { short: 'Paused', title: 'Paused', lead: `No sync until you go on.${until}`, tone: 'calm' };
}

/**
 * Says no more than was checked: that a listing was read to its end and everything in it arrived. After a restart the last
 * run is no longer known, and the last success may have been an incomplete one.
 */
function good({ lastSuccessMs, lastRun }: ServiceState, nowMs: number): Sentence {
  if (lastSuccessMs === undefined)
    return { short: 'Nothing yet', title: 'Nothing is backed up yet', lead: 'No sync has been completed so far.', tone: 'calm' };
  if (lastRun === undefined)
    return {
      short: 'Waiting',
      title: 'Waiting for the next sync',
      lead: `The last good sync ended ${formatWhen(lastSuccessMs, nowMs)}.`,
      tone: 'calm',
    };
  const took = ` The last run took ${formatDuration(lastRun.endedAtMs - lastRun.startedAtMs)}.`;
  return {
    short: 'Complete',
    title: 'Complete',
    lead: `Everything that iCloud listed is on this disk. Compared with iCloud ${formatWhen(lastSuccessMs, nowMs)}.${took}`,
    tone: 'good',
  };
}
