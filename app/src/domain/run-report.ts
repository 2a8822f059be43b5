import { handling, type Problem, type ProblemCode, type Remedy } from './problem.ts';

/** How a run ended. Exit codes follow from it and from the problems (decisions.md 18). */
export type Outcome = 'complete' | 'incomplete' | 'failed' | 'interrupted' | 'needs-person';

/** One kind of problem of a run, counted, with some examples. */
export interface ProblemCount {
  readonly code: ProblemCode;
  readonly count: number;
  /** What happened, for the first few: names the photo. */
  readonly examples: readonly string[];
  readonly advice: string;
}

/** What a command did. Text, `--json`, the page and the exit code are renderings of this one value. Bytes and ms throughout. */
export interface RunReport {
  readonly command: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: Outcome;
  readonly counts: RunCounts;
  readonly problems: readonly ProblemCount[];
  /** Things worth knowing that are no problems, for instance albums of a kind that has no members. */
  readonly notices: readonly string[];
}

export interface RunCounts {
  /** Assets seen in complete and incomplete listings of this run. */
  readonly listed: number;
  readonly downloaded: number;
  readonly downloadedBytes: number;
  /** New versions that took the place of older ones; the older ones went to `_Trash`. */
  readonly replaced: number;
  /** Files taken from what was on disk already: identical bytes, or left complete by an earlier run. */
  readonly reused: number;
  /** Items that iCloud no longer shows, moved to `_Trash`. */
  readonly removed: number;
  /** Items that iCloud no longer shows, held until a person decides. */
  readonly held: number;
  /** Files that were given another path: hidden, unhidden, moved between the libraries. */
  readonly moved: number;
  readonly albums: number;
  readonly links: number;
  /** Items stored here that iCloud no longer shows and that stay for good: "only here". */
  readonly noLongerListed: number;
  /** Stored files that Apple's checksum disagrees with, kept because two downloads were identical (design.md). */
  readonly unconfirmed: number;
  /** Renditions still to be fetched after the run. */
  readonly missing: number;
}

export const NO_COUNTS: RunCounts = {
  listed: 0,
  downloaded: 0,
  downloadedBytes: 0,
  replaced: 0,
  reused: 0,
  removed: 0,
  held: 0,
  moved: 0,
  albums: 0,
  links: 0,
  noLongerListed: 0,
  unconfirmed: 0,
  missing: 0,
};

/** The report of a run that broke off before it could write one itself. */
export function failedReport(command: string, startedAtMs: number, endedAtMs: number, problem: Problem): RunReport {
  const problems = [{ code: problem.code, count: 1, examples: [problem.message], advice: problem.advice }];
  return { command, startedAtMs, endedAtMs, outcome: outcomeOf(problems, problem.code), counts: NO_COUNTS, problems, notices: [] };
}

const EXAMPLES = 5;

/** Collects problems while a run goes on; memory does not grow with their number. */
export class ProblemTally {
  private readonly byCode = new Map<ProblemCode, { count: number; examples: string[] }>();

  add(code: ProblemCode, example: string, count = 1): void {
    const entry = this.byCode.get(code) ?? { count: 0, examples: [] };
    entry.count += count;
    if (entry.examples.length < EXAMPLES && !entry.examples.includes(example)) entry.examples.push(example);
    this.byCode.set(code, entry);
  }

  list(): ProblemCount[] {
    return [...this.byCode].map(([code, { count, examples }]) => ({ code, count, examples, advice: handling(code).advice }));
  }
}

const SEVERITY: Record<Remedy, number> = { usage: 5, person: 4, fix: 3, retry: 2, 'skip-item': 1 };

/** What a run with these problems amounts to. `ended` is the problem that ended it early, if one did. */
export function outcomeOf(problems: readonly ProblemCount[], ended: ProblemCode | undefined): Outcome {
  if (ended === 'interrupted') return 'interrupted';
  const worst = problems.reduce((most, { code }) => Math.max(most, SEVERITY[handling(code).remedy]), 0);
  if (worst === SEVERITY.person) return 'needs-person';
  if (ended !== undefined) return 'failed';
  return worst === 0 ? 'complete' : 'incomplete';
}

/** Exit codes of decisions.md 18; 5 beats 4. */
export function exitCodeOf(outcome: Outcome): number {
  return { complete: 0, failed: 1, interrupted: 2, incomplete: 4, 'needs-person': 5 }[outcome];
}

/** The run did its work to the end: what it could not fetch is on the to-do list, what it would remove may wait for a person. */
export function reachedItsEnd({ outcome, problems }: Pick<RunReport, 'outcome' | 'problems'>): boolean {
  if (outcome === 'complete' || outcome === 'incomplete') return true;
  return outcome === 'needs-person' && problems.every(({ code }) => code === 'removals-held' || handling(code).remedy === 'skip-item');
}

/** Whether the run's question to a person still stands: a hold ends with the answer, everything else with the next run. */
export function isPersonNeeded({ outcome, problems }: Pick<RunReport, 'outcome' | 'problems'>, heldItems: number): boolean {
  if (outcome !== 'needs-person') return false;
  return heldItems > 0 || problems.some(({ code }) => code !== 'removals-held' && handling(code).remedy === 'person');
}
