import { formatBytes, formatCount, formatDuration, plural } from './format.ts';
import type { Problem, ProblemCode } from './problem.ts';
import { type Outcome, outcomeOf, type ProblemCount } from './run-report.ts';

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** What a verify did. Text, JSON and exit code are renderings of this one value. */
export interface VerifyReport {
  /** `share`: what is due by now. `all`: every file. */
  readonly scope: 'share' | 'all';
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: Outcome;
  /** Everything that belongs to verify. */
  readonly total: Amount;
  /** Read whole in this run. */
  readonly read: Amount;
  /** Of the scope, not read yet. */
  readonly left: Amount;
  /** Files whose presence was looked at; 0 = not part of this run. */
  readonly lookedAt: number;
  /** Put on the to-do list because they were missing or damaged. */
  readonly fetchAgain: number;
  /** Of these, fetched already. */
  readonly fetched: number;
  /** Moved to `_Trash`. */
  readonly keptAside: number;
  /** Brought back from the off-site copy. */
  readonly repaired: number;
  /** Files in our trees that did not come from here. Never touched. */
  readonly foreign: { readonly count: number; readonly examples: readonly string[] };
  readonly problems: readonly ProblemCount[];
  readonly notices: readonly string[];
}

/** What is remembered of the last one that came to its end, whoever asked for it. */
export interface LastVerify {
  /** Epoch ms. */
  readonly atMs: number;
  readonly problems: readonly Pick<ProblemCount, 'code' | 'count' | 'examples'>[];
}

/** Findings that are over when the file has come back. */
const MENDED: ReadonlySet<ProblemCode> = new Set(['file-missing', 'file-damaged']);

export function verifyOutcome(problems: readonly ProblemCount[], ended: Problem | undefined, allFetched: boolean): Outcome {
  return outcomeOf(allFetched ? problems.filter(({ code }) => !MENDED.has(code)) : problems, ended?.code);
}

/** The end of a verify, as the owner reads it. */
export function renderVerify(report: VerifyReport): string {
  const { read, left, foreign } = report;
  const took = formatDuration(report.endedAtMs - report.startedAtMs);
  const what = `${plural(read.files, 'file')} (${formatBytes(read.bytes)}) read in ${took}`;
  const rest = left.files > 0 ? ` ${plural(left.files, 'file')} (${formatBytes(left.bytes)}) of this pass left.` : '';
  const lines = [`${headline(report, what)}${report.outcome === 'interrupted' || report.scope === 'all' ? rest : ''}`];
  if (report.lookedAt > 0) lines.push(`All ${plural(report.lookedAt, 'stored file')} looked for in their folders.`);
  for (const { count, examples, advice } of report.problems) {
    lines.push(`- ${plural(count, 'file')}: ${advice}`, ...examples.map((example) => `  ${example}`));
    if (count > examples.length) lines.push(`  … and ${formatCount(count - examples.length)} more`);
  }
  if (report.keptAside > 0) lines.push(`${plural(report.keptAside, 'file')} kept aside in _Trash.`);
  if (report.fetched > 0) lines.push(`${plural(report.fetched, 'file')} fetched again from iCloud and verified.`);
  if (report.repaired > 0) lines.push(`${plural(report.repaired, 'file')} brought back from the off-site copy.`);
  if (foreign.count > 0)
    lines.push(
      `${plural(foreign.count, 'file')} in these folders did not come from here. They stay as they are.`,
      ...foreign.examples.map((path) => `  ${path}`),
    );
  return [...lines, ...report.notices].join('\n');
}

function headline({ outcome, problems, fetchAgain, fetched }: VerifyReport, what: string): string {
  if (outcome === 'interrupted') return `Verify was interrupted: ${what}. Run it again; it carries on from here.`;
  if (outcome === 'failed' || outcome === 'needs-person') return `Verify could not go on: ${what}.`;
  if (problems.length === 0) return `Verified: ${what}, every one of them right.`;
  if (outcome === 'complete')
    return `Verified: ${what}. ${fetched === fetchAgain && fetched > 0 ? 'What was not right is right again.' : ''}`;
  return `Verified: ${what}. Not everything is right.`;
}

/** `verify --json`, schema 1: docs/verify.md. */
export function verifyJson({ startedAtMs, endedAtMs, ...report }: VerifyReport): object {
  return { schema: 1, startedAt: new Date(startedAtMs).toISOString(), endedAt: new Date(endedAtMs).toISOString(), ...report };
}

/** One line while it goes on. Undefined time left: not known yet. */
export function renderVerifyProgress(read: Amount, planned: Amount, elapsedMs: number): string {
  const share = planned.bytes === 0 ? 1 : Math.min(1, read.bytes / planned.bytes);
  const left = share > 0.01 && share < 1 ? `, about ${formatDuration((elapsedMs / share) * (1 - share))} left` : '';
  return `${Math.floor(share * 100)} %: ${formatCount(read.files)} of ${plural(planned.files, 'file')}, ${formatBytes(read.bytes)} of ${formatBytes(planned.bytes)}${left}`;
}
