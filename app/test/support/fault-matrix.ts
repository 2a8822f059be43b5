import { readFileSync, writeFileSync } from 'node:fs';
import type { FaultRule } from '../../simulator/http/faults.ts';
import type { LieSwitches } from '../../simulator/simulator.ts';
import type { DiskFault, Lab, LabRun } from './lab.ts';

/** One row of the table in docs/reliability.md. */
export interface FaultCase {
  readonly fault: string;
  /** `first`: strikes the first sync. `later`: strikes a sync after some changes. `full`: the same, with a full listing. */
  readonly strikes: 'first' | 'later' | 'full';
  readonly http?: FaultRule;
  readonly lie?: Partial<LieSwitches>;
  readonly disk?: DiskFault;
  /** Called before the run that is struck. */
  readonly before?: (lab: Lab) => void;
}

const always = Number.POSITIVE_INFINITY;

export const FAULTS: readonly FaultCase[] = [
  // Answers of the photo database.
  { fault: 'HTTP 401 on a listing page', strikes: 'first', http: { on: 'query', skip: 2, effect: { status: 401 } } },
  { fault: 'HTTP 403 on a listing page', strikes: 'first', http: { on: 'query', skip: 2, effect: { status: 403 } } },
  { fault: 'HTTP 408 on a listing page, once', strikes: 'first', http: { on: 'query', skip: 2, effect: { status: 408 } } },
  { fault: 'HTTP 421 on a listing page', strikes: 'first', http: { on: 'query', skip: 2, effect: { status: 421 } } },
  {
    fault: 'HTTP 429 with Retry-After on a listing page',
    strikes: 'first',
    http: { on: 'query', skip: 2, times: always, effect: { status: 429, headers: { 'Retry-After': '1' } } },
  },
  { fault: 'HTTP 503 on every listing page', strikes: 'first', http: { on: 'query', skip: 2, times: always, effect: { status: 503 } } },
  {
    fault: 'HTTP 502 with an HTML page on a listing page, once',
    strikes: 'first',
    http: { on: 'query', skip: 2, effect: { status: 502, body: '<html>bad gateway</html>' } },
  },
  { fault: 'HTML with status 200 instead of a listing page, once', strikes: 'first', http: { on: 'query', skip: 2, effect: 'html' } },
  { fault: 'connection reset on every listing page', strikes: 'first', http: { on: 'query', skip: 2, times: always, effect: 'reset' } },
  { fault: 'HTTP 500 on the change feed', strikes: 'later', http: { on: 'changes-zone', times: always, effect: { status: 500 } } },
  { fault: 'connection reset on the gate', strikes: 'later', http: { on: 'changes-database', times: always, effect: 'reset' } },
  { fault: 'HTTP 503 on lookups', strikes: 'later', http: { on: 'lookup', times: always, effect: { status: 503 } } },
  // Downloads.
  { fault: 'HTTP 401 on a download', strikes: 'first', http: { on: 'download', skip: 3, effect: { status: 401 } } },
  { fault: 'HTTP 404 on downloads', strikes: 'first', http: { on: 'download', skip: 3, times: 5, effect: { status: 404 } } },
  { fault: 'HTTP 410, addresses expired', strikes: 'first', http: { on: 'download', skip: 3, times: 6, effect: { status: 410 } } },
  {
    fault: 'HTTP 429 with Retry-After on downloads',
    strikes: 'first',
    http: { on: 'download', skip: 3, times: 4, effect: { status: 429, headers: { 'Retry-After': '2' } } },
  },
  { fault: 'HTTP 503 on every download', strikes: 'first', http: { on: 'download', skip: 3, times: always, effect: { status: 503 } } },
  {
    fault: 'connection reset at byte 100, every download',
    strikes: 'first',
    http: { on: 'download', skip: 3, times: always, effect: { resetAfterBytes: 100 } },
  },
  {
    fault: 'body cut short, right Content-Length',
    strikes: 'first',
    http: { on: 'download', skip: 3, times: always, effect: { truncateTo: 50 } },
  },
  {
    fault: 'body cut short, Content-Length agrees',
    strikes: 'first',
    http: { on: 'download', skip: 3, times: always, effect: { shortenTo: 50 } },
  },
  { fault: 'one byte wrong, right size', strikes: 'first', http: { on: 'download', skip: 3, times: always, effect: 'corrupt' } },
  { fault: 'HTML with status 200 instead of a file', strikes: 'first', http: { on: 'download', skip: 3, times: always, effect: 'html' } },
  // Answers that look right.
  { fault: 'list is empty', strikes: 'full', lie: { emptyLists: ['photos'] } },
  { fault: 'list is empty, the count agrees', strikes: 'full', lie: { emptyLists: ['photos'], countsAgree: true } },
  { fault: 'list ends early, the count agrees', strikes: 'full', lie: { listsEndEarly: 9, countsAgree: true } },
  { fault: 'list leaves items out', strikes: 'full', lie: { listsLeaveOut: { every: 4 }, countsAgree: true } },
  { fault: 'list without masters', strikes: 'full', lie: { listsWithoutTypes: ['CPLMaster'] } },
  { fault: 'error entries in pages', strikes: 'full', lie: { errorsInPages: { every: 5 } } },
  { fault: 'items repeated across pages', strikes: 'full', lie: { repeatedItems: 4 } },
  { fault: 'empty pages with more to come', strikes: 'full', lie: { emptyListPages: 3 } },
  { fault: 'count is wrong by 500', strikes: 'full', lie: { countsOffBy: 500 } },
  { fault: 'album members left out', strikes: 'full', lie: { membersLeaveOut: { every: 2 } } },
  { fault: 'feed leaves records out', strikes: 'later', lie: { feedLeavesOut: { every: 2 } } },
  { fault: 'feed tears every pair apart', strikes: 'later', lie: { feedPageLimit: 1, emptyFeedPages: 2 } },
  { fault: 'feed brings no masters', strikes: 'later', lie: { feedWithoutTypes: ['CPLMaster'] } },
  { fault: 'feed brings no tombstones', strikes: 'later', lie: { feedWithoutTypes: ['tombstone'] } },
  { fault: 'feed token refused', strikes: 'later', lie: { tokensRefused: true } },
  { fault: 'gate says that nothing changed', strikes: 'later', lie: { gateSilent: true } },
  // The disk.
  ...(['ENOSPC', 'EIO', 'EROFS'] as const).flatMap((is) =>
    [4, 25, 70].map((atCall): FaultCase => ({ fault: `${is} at change ${atCall}`, strikes: 'first', disk: { is, atCall } })),
  ),
  ...[2, 11, 23, 37, 52, 68, 85, 110].map(
    (atCall): FaultCase => ({
      fault: `power cut at change ${atCall} of a first sync`,
      strikes: 'first',
      disk: { is: 'power-cut', atCall },
    }),
  ),
  ...[3, 9, 16, 24, 33, 43, 55].map(
    (atCall): FaultCase => ({
      fault: `power cut at change ${atCall} of a sync with removals and moves`,
      strikes: 'later',
      disk: { is: 'power-cut', atCall },
    }),
  ),
];

export interface MatrixRow {
  readonly fault: string;
  readonly happened: string;
  /** Further honest runs until everything was right again. */
  readonly runs: number;
}

export function inWords(run: LabRun): string {
  if ('died' in run) return 'ended at once';
  const { outcome, problems } = run.report;
  return [outcome, ...problems.map(({ code }) => code)].join(', ');
}

const PAGE = new URL('../../../docs/reliability.md', import.meta.url);
const [BEGIN, END] = ['<!-- fault matrix -->\n', '<!-- end of fault matrix -->\n'];

export function matrixTable(rows: readonly MatrixRow[]): string {
  return [
    '| Fault | The run that it struck | Right again after |',
    '| --- | --- | --- |',
    ...rows.map(
      ({ fault, happened, runs }) =>
        `| ${fault} | ${happened} | ${runs === 0 ? 'the same run' : `${runs} more run${runs === 1 ? '' : 's'}`} |`,
    ),
  ].join('\n');
}

/** Runs by fault, as the page has them. With UPDATE_DOCS the page gets the new table first. */
export function rowsOnPage(table: string): ReadonlyMap<string, number> {
  const text = readFileSync(PAGE, 'utf8');
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END);
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, `${text.slice(0, from)}${table}\n${text.slice(to)}`);
  const lines = (process.env.UPDATE_DOCS ? table : text.slice(from, to)).trim().split('\n').slice(2);
  return new Map(
    lines.map((line) => {
      const [, fault = '', , runs = ''] = line.split('|').map((cell) => cell.trim());
      return [fault, runs === 'the same run' ? 0 : Number.parseInt(runs, 10)];
    }),
  );
}
