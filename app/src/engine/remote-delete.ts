import {
  type ArchiveMember,
  type DeleteRules,
  type FreshItem,
  type KeptReason,
  keepsByCatalog,
  keepsByNow,
} from '../domain/archive-plan.ts';
import type { Zone } from '../domain/asset.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { bytesOf, type VerifiedCopy } from '../domain/verified.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type ChangeAnswer, MOST_AT_ONCE, type RemoteDeletion } from '../ports/remote-deletion.ts';
import { readBack } from './archive-read-back.ts';
import { personalZone, RECENTLY_DELETED_MS, settleOpenDeletes } from './remote-delete-settle.ts';

export interface RemoteDeleteParts {
  readonly catalog: Catalog;
  readonly archiveStore: ArchiveStore;
  readonly remote: RemoteDeletion;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws Problem `volume-missing` when the library has gone away. */
  readonly stillThere: () => Promise<void>;
  /** Brings the catalog up to date with iCloud: favourites, albums, edits. */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
  /** Keeps what only iCloud can give: larger pictures for the page. Never fails. */
  readonly keepPreviews: (assetRows: readonly number[], signal: AbortSignal) => Promise<void>;
}

export interface DeletedItem {
  readonly asset: string;
  readonly name: string;
  readonly bytes: number;
  readonly recoverableUntilMs: number | undefined;
}

export interface KeptItem {
  readonly asset: string;
  readonly name: string;
  readonly why: KeptReason;
  readonly detail?: string | undefined;
}

export interface DeletedRemotely {
  readonly deleted: readonly DeletedItem[];
  readonly kept: readonly KeptItem[];
  /** What ended it early; the next call goes on. */
  readonly stopped: Problem | undefined;
}

/** Writes are paced: some hundred in a row made iCloud refuse (photos.md §11). */
const PAUSE_MS = 1000;
const TRIES = 5;
const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** The catalog's word on other albums must not be older than this when a batch begins. */
const FRESH_MS = 60_000;
const PASSING = new Set(['rate-limited', 'icloud-failed', 'no-network', 'session-ended', 'answer-not-understood']);

/** A delete that was noted and whose end is still open. */
interface Open {
  readonly intent: number;
  readonly member: ArchiveMember;
  readonly copy: VerifiedCopy;
}

/**
 * Moves the items of an archived album to Recently Deleted, those that nothing speaks for keeping: batch by batch, each item looked
 * at fresh, its files read back, the intent noted before and the result after. Whatever is in doubt stays in iCloud.
 */
export async function deleteRemotely(
  parts: RemoteDeleteParts,
  archiveId: number,
  rules: DeleteRules,
  onProgress: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<DeletedRemotely> {
  const { catalog, clock } = parts;
  const zone = personalZone(catalog);
  const deleted: DeletedItem[] = [];
  const kept = new Map<string, KeptItem>();
  const keep = ({ asset, name }: Pick<ArchiveMember, 'asset' | 'name'>, why: KeptReason, detail?: string) =>
    void kept.set(asset, { asset, name, why, ...(detail ? { detail } : {}) });
  let stopped: Problem | undefined;
  let refreshedMs = Number.NEGATIVE_INFINITY;
  try {
    await settleOpenDeletes(parts, zone, signal);
    await parts.refresh(signal);
    refreshedMs = clock.now();
    const album = albumOf(catalog, archiveId);
    const all = catalog.archive.archiveMembers(archiveId);
    const before = new Set(catalog.archive.deletedOf(archiveId).map(({ asset }) => asset));
    const queue = all.filter((member) => {
      const why = keepsByCatalog(member, rules);
      if (why !== undefined && !before.has(member.asset)) keep(member, why);
      return why === undefined;
    });
    const total = queue.length;
    for (let done = 0; queue.length > 0; done = total - queue.length) {
      signal.throwIfAborted();
      onProgress(done, total);
      if (clock.now() - refreshedMs > FRESH_MS) {
        await parts.refresh(signal);
        refreshedMs = clock.now();
      }
      const names = new Set(queue.splice(0, MOST_AT_ONCE).map(({ asset }) => asset));
      const batch = catalog.archive.archiveMembers(archiveId).filter(({ asset }) => names.has(asset));
      const allowed = batch.filter((member) => {
        const why = keepsByCatalog(member, rules);
        if (why !== undefined) keep(member, why);
        return why === undefined;
      });
      if (done > 0) await clock.sleep(PAUSE_MS, signal);
      await deleteBatch(parts, { archiveId, zone, album, deleted, keep }, allowed, signal);
    }
  } catch (error) {
    stopped = asProblem(signal.aborted ? signal.reason : error);
  }
  return { deleted, kept: [...kept.values()], stopped };
}

interface Batch {
  readonly archiveId: number;
  readonly zone: Zone;
  readonly album: string;
  readonly deleted: DeletedItem[];
  readonly keep: (member: ArchiveMember, why: KeptReason, detail?: string) => void;
}

async function deleteBatch(parts: RemoteDeleteParts, batch: Batch, members: readonly ArchiveMember[], signal: AbortSignal): Promise<void> {
  const { catalog, clock, archiveStore } = parts;
  await parts.stillThere();
  await parts.keepPreviews(
    members.map(({ row }) => row),
    signal,
  );
  const proven: { member: ArchiveMember; copy: VerifiedCopy }[] = [];
  for (const member of members) {
    const copy = await readBack(archiveStore, member, signal);
    if (copy) proven.push({ member, copy });
    else batch.keep(member, 'not-proven');
  }
  // Looked at after the reading, which may take minutes: nothing may have changed since.
  const fresh = await look(
    parts,
    batch,
    proven.map(({ member }) => member),
    signal,
  );
  const wanted = proven.flatMap(({ member, copy }) => {
    const now = fresh.get(member.asset);
    const why = now ? keepsByNow(member, now) : 'unclear';
    if (why !== undefined) batch.keep(member, why);
    return why === undefined && now?.tag !== undefined ? [{ member, copy, tag: now.tag }] : [];
  });
  if (wanted.length === 0) return;
  const intents = catalog.archive.intend(
    batch.archiveId,
    wanted.map(({ copy }) => ({ zone: copy.zone, asset: copy.asset, name: copy.name, bytes: bytesOf(copy) })),
    clock.now(),
  );
  const open = wanted.map(({ member, copy }, index) => ({ intent: intents[index] ?? -1, member, copy }));
  await untilSettled(parts, batch, open, new Map(wanted.map(({ member, tag }) => [member.asset, tag])), signal);
}

/** Asks, hears, looks at what was not answered, and asks again: until every item of the batch is deleted, or kept for a reason. */
async function untilSettled(
  parts: RemoteDeleteParts,
  batch: Batch,
  items: readonly Open[],
  tags: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  let open = items;
  let current = tags;
  let refusals = new Map<string, string>();
  for (let attempt = 1; open.length > 0; attempt++) {
    const failed = await ask(parts, batch, open, current, refusals, signal);
    open = open.filter(({ intent }) => !failed.settled.has(intent));
    if (open.length === 0) return;
    if (failed.problem) await waitOut(parts, failed.problem, attempt, signal);
    // Whatever was heard or not: what iCloud shows now is the truth.
    const fresh = await look(
      parts,
      batch,
      open.map(({ member }) => member),
      signal,
    );
    const next = new Map<string, string>();
    open = open.filter(({ intent, member, copy }) => {
      const now = fresh.get(member.asset);
      if (now?.state === 'deleted') {
        settle(parts, batch, { intent, member, copy }, now.recoverableUntilMs);
        return false;
      }
      const refused = refusals.get(member.asset);
      const why = refused !== undefined || attempt >= TRIES ? ('refused' as const) : now ? keepsByNow(member, now) : ('unclear' as const);
      if (why !== undefined || now?.tag === undefined) {
        giveUp(parts, batch, intent, member, why ?? 'unclear', refused ?? failed.problem?.message);
        return false;
      }
      next.set(member.asset, now.tag);
      return true;
    });
    current = next;
    refusals = new Map();
    if (open.length > 0) await parts.clock.sleep(PAUSE_MS, signal);
  }
}

/** One request. A problem is no answer: what became of the items is found out by looking. */
async function ask(
  parts: RemoteDeleteParts,
  batch: Batch,
  open: readonly Open[],
  tags: ReadonlyMap<string, string>,
  refusals: Map<string, string>,
  signal: AbortSignal,
): Promise<{ settled: ReadonlySet<number>; problem: Problem | undefined }> {
  const settled = new Set<number>();
  let answers: readonly ChangeAnswer[];
  try {
    answers = await parts.remote.remove(
      batch.zone,
      open.map(({ copy }) => ({ copy, tag: tags.get(copy.asset) ?? '' })),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (!PASSING.has(problem.code)) throw problem;
    return { settled, problem };
  }
  for (const answer of answers) {
    const item = open.find(({ copy }) => copy.asset === answer.asset);
    if (item && answer.is === 'done') {
      settle(parts, batch, item, answer.recoverableUntilMs);
      settled.add(item.intent);
    }
    if (answer.is === 'refused') refusals.set(answer.asset, answer.detail);
  }
  return { settled, problem: undefined };
}

function settle(parts: RemoteDeleteParts, batch: Batch, { intent, copy }: Open, recoverableUntilMs: number | undefined): void {
  const nowMs = parts.clock.now();
  const untilMs = recoverableUntilMs ?? nowMs + RECENTLY_DELETED_MS;
  parts.catalog.archive.endDelete(intent, 'deleted', undefined, untilMs, nowMs);
  batch.deleted.push({ asset: copy.asset, name: copy.name, bytes: bytesOf(copy), recoverableUntilMs: untilMs });
}

function giveUp(parts: RemoteDeleteParts, batch: Batch, intent: number, member: ArchiveMember, why: KeptReason, detail?: string): void {
  parts.catalog.archive.endDelete(intent, 'not-deleted', detail ?? why, undefined, parts.clock.now());
  batch.keep(member, why, detail);
}

async function waitOut(parts: RemoteDeleteParts, problem: Problem, attempt: number, signal: AbortSignal): Promise<void> {
  if (attempt >= TRIES) throw problem;
  const asked = Number(problem.context.retryAfterS) * 1000;
  const ms = Math.min(LONGEST_WAIT_MS, asked > 0 ? asked : FIRST_WAIT_MS * 2 ** (attempt - 1));
  parts.log.info(`iCloud takes no deletes at the moment; going on in ${Math.ceil(ms / 1000)} s.`);
  await parts.clock.sleep(ms, signal);
}

async function look(
  parts: RemoteDeleteParts,
  { zone, album }: Batch,
  members: readonly ArchiveMember[],
  signal: AbortSignal,
): Promise<Map<string, FreshItem>> {
  if (members.length === 0) return new Map();
  const items = members.map(({ asset, master }) => ({ asset, master }));
  return new Map((await parts.remote.look(zone, items, album, signal)).map((item) => [item.asset, item]));
}

function albumOf(catalog: Catalog, archiveId: number): string {
  const found = catalog.archive.archives().find(({ id }) => id === archiveId);
  if (!found) throw new Problem('archive-not-found', 'There is no such archive.');
  return found.album;
}
