import type { Coverage } from '../domain/coverage.ts';
import type { RunRow } from '../ports/browse.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Hold, LibraryAnswers } from './library-answers.ts';

/** What the home page says beside the state of the service: all of it from the catalog, at one moment. */
export interface Facts {
  /** Epoch ms at which these figures were true. */
  readonly atMs: number;
  readonly coverage: Coverage;
  /** Of the last 53 weeks, oldest first. */
  readonly nights: readonly RunRow[];
  /** Newest first. */
  readonly runs: readonly RunRow[];
  readonly growth: readonly { readonly month: string; readonly bytes: number }[];
  readonly newRows: readonly number[];
  /** Removals that wait for a word; asked for only when there are any. */
  readonly hold: Hold | undefined;
  readonly space: { readonly free: number; readonly total: number } | undefined;
}

export interface FactsSource {
  /** Undefined while no library is open. */
  read(): Promise<Facts | undefined>;
}

const WEEKS_MS = 53 * 7 * 86_400_000;
const RECENT_RUNS = 6;
const NEW_ROWS = 8;
const NEW_WITHIN_MS = 26 * 3_600_000;
/** Figures of a catalog that changes all the time are worked out so often at most, and never for more than a tenth of the time. */
const SHORTEST_MS = 5_000;
const SHARE = 10;
/** Nobody waits longer than this for figures while older ones are there: those say when they were true, and the page is told of the new ones. */
const LONG_WAIT_MS = 300;
/** Without a change the clock alone makes them old: the disk fills by other hands, too. */
const LONGEST_MS = 10 * 60_000;

export interface FactsParts {
  readonly library: () => LibraryDoor | undefined;
  readonly answers: LibraryAnswers;
  readonly epochMs: () => number;
  readonly nowMs: () => number;
}

/** Works the figures out once for all who look, and again only when the catalog has changed. */
export function createFacts({ library, answers, epochMs, nowMs }: FactsParts): FactsSource {
  let kept: { facts: Facts; version: number; door: LibraryDoor; madeMs: number; tookMs: number } | undefined;
  let making: Promise<Facts> | undefined;

  async function make(door: LibraryDoor): Promise<Facts> {
    const startedMs = nowMs();
    const version = door.browse.version();
    const atMs = epochMs();
    const runs = door.browse.runs(RECENT_RUNS);
    const coverage = await door.overview.coverage();
    const facts: Facts = {
      atMs,
      coverage,
      nights: door.browse.runsSince(atMs - WEEKS_MS),
      runs,
      growth: await door.overview.growth(),
      newRows: await door.overview.newest(atMs - NEW_WITHIN_MS, NEW_ROWS),
      hold: coverage.held > 0 ? await answers.hold(door) : undefined,
      space: await door.media.space().catch(() => undefined),
    };
    kept = { facts, version, door, madeMs: nowMs(), tookMs: nowMs() - startedMs };
    return facts;
  }

  return {
    async read() {
      const door = library();
      if (door === undefined) return undefined;
      if (kept?.door === door) {
        const ageMs = nowMs() - kept.madeMs;
        const isYoung = ageMs < Math.max(SHORTEST_MS, kept.tookMs * SHARE);
        if (isYoung || (kept.version === door.browse.version() && ageMs < LONGEST_MS)) return kept.facts;
      }
      making ??= make(door).finally(() => {
        making = undefined;
      });
      if (kept?.door !== door || kept.tookMs < LONG_WAIT_MS) return making;
      making.catch(() => undefined); // the next look asks again
      return kept.facts;
    },
  };
}
