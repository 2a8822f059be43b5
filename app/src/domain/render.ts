import type { Coverage, MissingGroup } from './coverage.ts';
import { formatBytes, formatCount, formatDuration, noLongerListedNotice, plural } from './format.ts';
import { type Holdings, holdingsJson, renderHoldings } from './holdings.ts';
import type { Problem } from './problem.ts';
import { intactJson, notIntact, renderIntact } from './render-intact.ts';
import { type ProblemCount, type RunReport, reachedItsEnd } from './run-report.ts';
import type { ServiceState } from './service-state.ts';
import { SET_ASIDE_AFTER } from './todo-wish.ts';
import { trustSentence } from './trust-forecast.ts';

/** The end of a run, as the owner reads it: what happened, what is missing and why, what to do now. */
export function renderReport(report: RunReport): string {
  const { counts } = report;
  const took = formatDuration(report.endedAtMs - report.startedAtMs);
  const news = [
    `${formatCount(counts.downloaded)} new`,
    counts.replaced > 0 && `${formatCount(counts.replaced)} changed (older versions are in _Trash)`,
    counts.reused > 0 && `${formatCount(counts.reused)} found here`,
  ]
    .filter(Boolean)
    .join(', ');
  const proven =
    counts.unconfirmed === 0
      ? 'Everything iCloud shows is here and verified.'
      : `Everything iCloud shows is here; ${plural(counts.unconfirmed, 'file')} could not be confirmed against Apple's checksum.`;
  const headline = {
    complete: `Sync finished in ${took}: ${news}. ${proven}`,
    incomplete: `Sync finished in ${took}: ${news}. Not everything is backed up yet.`,
    failed: `Sync failed after ${took}: ${news}.`,
    interrupted: `Sync was interrupted after ${took}: ${news}. Run it again; it carries on from here.`,
    'needs-person': `Sync ${reachedItsEnd(report) ? 'finished in' : 'stopped after'} ${took}: ${news}. It needs you.`,
  }[report.outcome];
  return [headline, ...report.problems.map(renderProblem), ...report.notices].join('\n');
}

function renderProblem({ count, examples, advice }: ProblemCount): string {
  const [first = '', ...others] = examples;
  const more = count > examples.length ? [`  … and ${formatCount(count - examples.length)} more`] : [];
  if (count === 1) return `- ${sentence(first)} ${advice}`;
  return [`- ${plural(count, 'item')}: ${advice}`, ...[first, ...others].map((example) => `  ${example}`), ...more].join('\n');
}

/** A problem that ended a command before there was anything to report. */
export function renderFailure(problem: Problem): string {
  return `${sentence(problem.message)}\n${problem.advice}`;
}

const sentence = (text: string) => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** The answer to "is my backup complete and intact?". */
export function renderStatus(coverage: Coverage, lastRun: RunReport | undefined, holdings?: Holdings): string {
  const lines = [headline(coverage)];
  if (lastRun) lines.push(`Last run: ${lastRun.command} ended ${new Date(lastRun.endedAtMs).toLocaleString('sv')}, ${lastRun.outcome}.`);
  lines.push(
    `iCloud lists ${plural(coverage.assets, 'item')} and ${plural(coverage.albums, 'album')}. Stored here: ${plural(coverage.storedFiles, 'file')}, ${formatBytes(coverage.storedBytes)}.`,
  );
  if (coverage.kinds.length > 0) {
    lines.push(
      '',
      table([
        ['', 'in iCloud', 'stored', 'verified', 'unconfirmed'],
        ...coverage.kinds.map((kind) => [
          kind.kind,
          ...[kind.listed, kind.stored, kind.verified, kind.unconfirmed + kind.unverifiable].map(formatCount),
        ]),
      ]),
    );
  }
  if (holdings) lines.push(...renderHoldings(holdings, coverage.leftOut));
  lines.push(...renderIntact(coverage));
  if (coverage.missing.length > 0) lines.push('', 'Missing:');
  for (const group of coverage.missing) {
    lines.push(`- ${plural(group.count, 'file')}: ${group.advice}${whenAgain(group)}`, ...group.examples.map((example) => `  ${example}`));
  }
  if (coverage.held > 0)
    lines.push(
      '',
      `${plural(coverage.held, 'item')} gone from iCloud ${coverage.held === 1 ? 'is' : 'are'} still in place: \`hold show\` lists them.`,
    );
  if (coverage.noLongerListed > 0) lines.push('', noLongerListedNotice(coverage.noLongerListed));
  return lines.join('\n');
}

function whenAgain({ count, nextTryMs, setAside }: MissingGroup): string {
  const next = nextTryMs === undefined ? '' : ` Next try: ${new Date(nextTryMs).toLocaleString('sv')}.`;
  if (setAside === 0) return next;
  const which = setAside === count ? 'Set aside' : `${plural(setAside, 'file')} of them set aside`;
  return `${next} ${which} after ${SET_ASIDE_AFTER} tries: tried again by the next full listing, or after \`icloud-photos-sync retry\`.`;
}

function headline(coverage: Coverage): string {
  if (coverage.listedAtMs === undefined) return 'Not known yet: the library has not been listed to its end.';
  const when = `as of ${new Date(coverage.listedAtMs).toLocaleString('sv')}`;
  if (coverage.complete && coverage.intact) return `Complete and intact, ${when}.`;
  if (coverage.complete) return `Complete, ${when}, but ${notIntact(coverage)}.`;
  return coverage.intact ? `Not complete, ${when}.` : `Not complete, ${when}, and ${notIntact(coverage)}.`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}

/** `status --json`, schema 1: docs/status.md. Fields are added, never changed; times are ISO 8601 in UTC, sizes in bytes. */
export function statusJson(coverage: Coverage, lastRun: RunReport | undefined, holdings?: Holdings): object {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    schema: 1,
    complete: coverage.complete,
    intact: coverage.intact,
    listedAt: iso(coverage.listedAtMs),
    icloud: { assets: coverage.assets, albums: coverage.albums },
    stored: { files: coverage.storedFiles, bytes: coverage.storedBytes },
    kinds: Object.fromEntries(coverage.kinds.map(({ kind, ...figures }) => [kind, figures])),
    missing: coverage.missing.map(({ code, count, advice, examples, nextTryMs, setAside }) => ({
      code,
      count,
      advice,
      examples,
      nextTry: iso(nextTryMs),
      setAside,
    })),
    noLongerListed: coverage.noLongerListed,
    held: coverage.held,
    ...(holdings && { contents: holdingsJson(holdings, coverage.leftOut) }),
    ...intactJson(coverage),
    lastRun: lastRun ? reportJson(lastRun) : null,
  };
}

/** `sync --json` and the run inside `status --json`. */
export function reportJson({ startedAtMs, endedAtMs, ...report }: RunReport): object {
  return { schema: 1, startedAt: new Date(startedAtMs).toISOString(), endedAt: new Date(endedAtMs).toISOString(), ...report };
}

/** What the service is doing, in one line below the status. */
export function renderServiceLine(state: ServiceState): string {
  const doing = {
    starting: 'The service is starting.',
    idle: state.paused ? 'The service is paused.' : 'The service is waiting for its next slot.',
    'signing-in': 'The service is signing in.',
    syncing: 'A sync is running.',
    working: `The service is busy with \`${state.activity ?? 'a command'}\`.`,
    'waiting-for-code': state.codeAwaited
      ? 'A sign-in code is awaited: enter_mfa <6 digits>.'
      : 'A sign-in code is needed. Ask for one: resend_mfa device.',
    'waiting-for-approval': 'A device of yours has to let the service read the photos. Unlock it and tap Allow.',
    'volume-missing': 'The library is not there; looking for it every minute.',
    stopping: 'The service is stopping.',
  }[state.phase];
  const next = state.nextRunMs === undefined ? '' : ` Next sync: ${new Date(state.nextRunMs).toLocaleString('sv')}.`;
  const need = state.need ? `\n${sentence(state.need.message)} ${state.need.advice}` : '';
  const trust = state.trustDaysLeft === undefined ? '' : `\n${trustSentence({ daysLeft: state.trustDaysLeft })}${cookieDate(state)}`;
  return `${doing}${next}${trust}${need}`;
}

function cookieDate({ trustCookieEndsMs }: ServiceState): string {
  if (trustCookieEndsMs === undefined) return '';
  return ` (Its cookie is dated ${new Date(trustCookieEndsMs).toLocaleDateString('sv')}; Apple asks earlier.)`;
}
