import type { ProblemCode } from '../domain/problem.ts';
import { asProblem, type Problem } from '../domain/problem.ts';
import { type VerifyReport, verifyOutcome } from '../domain/verify-report.ts';
import { bytesDue, dayShare, paidAfter } from '../domain/verify-share.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Amount, LedgerFile } from '../ports/verify-ledger.ts';
import { checkPresence } from './check-presence.ts';
import { noteVerify } from './last-verify.ts';
import { type Found, nothingFound, type VerifyFileParts, verifyFile } from './verify-file.ts';

export interface VerifyParts extends Omit<VerifyFileParts, 'catalog' | 'repair'> {
  readonly catalog: Catalog;
  /** Every file is read again within so many days. */
  readonly verifyDays: number;
  /** Fetches what was put on the to-do list after `sinceSeq`, if that needs nobody. Answers how many files came, and why the rest did not. */
  readonly fetchNow:
    | ((sinceSeq: number, signal: AbortSignal) => Promise<{ readonly fetched: number; readonly why: string | undefined }>)
    | undefined;
}

export interface VerifyWish {
  /** `due`: what has gathered, and not a byte more. `share`: that, a day's share at least, and a look at every file. */
  readonly scope: 'due' | 'share' | 'all';
  readonly repair: boolean;
  readonly onProgress: (read: Amount, planned: Amount) => void;
}

const BATCH = 100;
/** Until when the shares have been read; epoch ms. */
const PAID_MEMO = 'verify-paid-until';
/** Begin of a pass over everything that was not finished; epoch ms. */
const PASS_MEMO = 'verify-pass-since';
/** A pass that was left lying for longer begins anew. */
const PASS_AGE_MS = 14 * 86_400_000;

/**
 * Reads stored files again and compares them with the catalog, the one that was read longest ago first. May end at any moment: each
 * file is noted when it has been read, so the next run carries on.
 */
export async function verify(parts: VerifyParts, wish: VerifyWish, signal: AbortSignal): Promise<VerifyReport> {
  const { catalog, clock } = parts;
  const startedAtMs = clock.now();
  const found = nothingFound();
  const fileParts = { ...parts, repair: wish.repair };
  const sinceSeq = catalog.lastTodoSeq();
  const total = catalog.amountReadBefore(Number.MAX_SAFE_INTEGER);
  const notices: string[] = [];
  let presence = { lookedAt: 0, foreign: { count: 0, examples: [] as readonly string[] } };
  let left: Amount = { files: 0, bytes: 0 };
  let ended: Problem | undefined;
  const shares = shareOf(parts, total, wish.scope, startedAtMs);
  const pass = wish.scope === 'all' ? passOf(parts, startedAtMs) : { sinceMs: startedAtMs, carriesOn: false };
  if (pass.carriesOn) notices.push(`This carries on with the pass that began on ${new Date(pass.sinceMs).toLocaleString('sv')}.`);
  try {
    await parts.stillThere();
    await readAgain(fileParts, startedAtMs, found, signal);
    if (wish.scope !== 'due') presence = await checkPresence(fileParts, found, signal);
    await readDue(fileParts, pass.sinceMs, shares.bytes, found, wish.onProgress, signal);
    if (wish.scope === 'all') catalog.setMemo(PASS_MEMO, '');
  } catch (error) {
    ended = asProblem(signal.aborted ? signal.reason : error);
    if (ended.code !== 'interrupted') found.tally.add(ended.code, ended.message);
  }
  if (ended?.code !== 'volume-missing') {
    noteVerify(catalog, { atMs: clock.now(), problems: found.tally.list() });
    catalog.setMemo(PAID_MEMO, String(paidAfter(shares.basis, found.bytes)));
    left = wish.scope === 'all' ? catalog.amountReadBefore(pass.sinceMs) : left;
  }
  const fetched = await fetchFound(parts, found, sinceSeq, ended, notices, signal);
  const problems = found.tally.list();
  const { files, bytes, fetchAgain, keptAside, repaired } = found;
  return {
    scope: wish.scope === 'all' ? 'all' : 'share',
    startedAtMs,
    endedAtMs: clock.now(),
    outcome: verifyOutcome(problems, ended, fetched >= fetchAgain),
    total,
    read: { files, bytes },
    left,
    ...presence,
    fetchAgain,
    fetched,
    keptAside,
    repaired,
    problems,
    notices,
  };
}

/** How much is due now. A run by hand reads a day's share even if today's has been read. */
function shareOf({ catalog, verifyDays }: VerifyParts, total: Amount, scope: VerifyWish['scope'], nowMs: number) {
  const memo = Number(catalog.memo(PAID_MEMO));
  const basis = { totalBytes: total.bytes, verifyDays, paidUntilMs: memo > 0 ? memo : undefined, nowMs };
  const due = bytesDue(basis);
  if (scope === 'all') return { basis, bytes: Number.POSITIVE_INFINITY };
  return { basis, bytes: scope === 'share' ? Math.max(due, dayShare(basis)) : due };
}

function passOf({ catalog }: VerifyParts, nowMs: number): { sinceMs: number; carriesOn: boolean } {
  const memo = Number(catalog.memo(PASS_MEMO));
  const isOpen = memo > 0 && memo <= nowMs && nowMs - memo < PASS_AGE_MS;
  if (!isOpen) catalog.setMemo(PASS_MEMO, String(nowMs));
  return isOpen ? { sinceMs: memo, carriesOn: true } : { sinceMs: nowMs, carriesOn: false };
}

/** What was not right last time comes first: it may have been put right since. */
async function readAgain(parts: VerifyFileParts, beforeMs: number, found: Found, signal: AbortSignal): Promise<void> {
  for (;;) {
    const files = parts.catalog.filesWithFinding(beforeMs, BATCH);
    if (files.length === 0) return;
    await each(parts, files, found, signal);
  }
}

async function readDue(
  parts: VerifyFileParts,
  beforeMs: number,
  shareBytes: number,
  found: Found,
  onProgress: VerifyWish['onProgress'],
  signal: AbortSignal,
): Promise<void> {
  const open = parts.catalog.amountReadBefore(beforeMs);
  const share = open.bytes === 0 ? 1 : Math.min(1, shareBytes / open.bytes);
  const before = { files: found.files, bytes: found.bytes };
  const planned = { files: Math.ceil(open.files * share), bytes: Math.min(open.bytes, shareBytes) };
  const read = () => ({ files: found.files - before.files, bytes: found.bytes - before.bytes });
  while (read().bytes < shareBytes) {
    const files = parts.catalog.filesReadBefore(beforeMs, BATCH);
    if (files.length === 0) return;
    for (const file of files) {
      if (read().bytes >= shareBytes) return;
      await each(parts, [file], found, signal);
      onProgress(read(), planned);
    }
  }
}

async function each(parts: VerifyFileParts, files: readonly LedgerFile[], found: Found, signal: AbortSignal): Promise<void> {
  for (const file of files) {
    signal.throwIfAborted();
    await verifyFile(parts, file, found, signal);
  }
}

const STOPS_FETCHING: ReadonlySet<ProblemCode> = new Set([
  'interrupted',
  'volume-missing',
  'disk-error',
  'disk-full',
  'library-not-writable',
]);

async function fetchFound(
  { fetchNow }: VerifyParts,
  found: Found,
  sinceSeq: number,
  ended: Problem | undefined,
  notices: string[],
  signal: AbortSignal,
): Promise<number> {
  if (found.fetchAgain === 0) return 0;
  if (ended && STOPS_FETCHING.has(ended.code)) return 0;
  const answer = fetchNow ? await fetchNow(sinceSeq, signal) : { fetched: 0, why: undefined };
  if (answer.fetched < found.fetchAgain)
    notices.push(`${answer.why ?? 'They are on the to-do list.'} The next sync fetches what is still missing.`);
  return answer.fetched;
}
