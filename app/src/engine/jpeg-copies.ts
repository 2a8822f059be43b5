import type { FoundPreview, Zone } from '../domain/asset.ts';
import { plural } from '../domain/format.ts';
import { type CopyWish, copyWish } from '../domain/jpeg-copy.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { CopySubject } from '../ports/jpeg-copies.ts';
import type { ByteSource } from '../ports/library-store.ts';
import { type CopyRound, type JpegCopyParts, makeCopy, pathFor } from './jpeg-copy-make.ts';
import { createSpaceGuard } from './space-guard.ts';

/** Raise it when every copy is to be looked at once more after an update of this program. */
const FORMAT = 1;
const FORM_NOTED = 'jpeg-copies';
/** Two names each: a lookup takes a hundred. */
const BATCH = 50;
const AT_A_TIME = 4;
const BEST_FIRST = ['full', 'large', 'medium'] as const;

/**
 * Brings `_JPEG` up to date: a JPEG of every picture that not every program can show. Looks only at items that changed; with
 * `full` also for copies that somebody took away. Answers notices: these copies are a convenience and never fail a run.
 */
export async function refreshJpegCopies(parts: JpegCopyParts, full: boolean, signal: AbortSignal): Promise<readonly string[]> {
  const { catalog, log } = parts;
  const form = parts.jpegCopies ? `yes ${FORMAT}` : 'no';
  if (!parts.jpegCopies) catalog.copyNone();
  else if (catalog.memo(FORM_NOTED) !== form) catalog.copyAll();
  catalog.setMemo(FORM_NOTED, form);
  if (!parts.jpegCopies) return [];
  const work = startWork(parts);
  let stopped: Problem | undefined;
  try {
    if (full) await lookForMissing(parts, signal);
    for (let after = 0; ; ) {
      const batch = catalog.toCopy(after, BATCH);
      const last = batch.at(-1);
      if (!last) break;
      after = last.row;
      await copyBatch(work, batch, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    stopped = asProblem(error);
    if (stopped.code === 'internal') throw error;
  }
  if (work.made > 0) log.info(`${plural(work.made, 'JPEG copy', 'JPEG copies')} made.`);
  return tell(work.failed, stopped);
}

function startWork(parts: JpegCopyParts): CopyRound {
  const waiting = { todoTotal: () => ({ count: 1, bytes: work.next }) };
  const space = createSpaceGuard({ store: parts.store, catalog: waiting, keepFree: parts.keepFree });
  const work: CopyRound = { ...parts, space, failed: [], made: 0, next: 0 };
  return work;
}

function tell(failed: readonly string[], stopped: Problem | undefined): readonly string[] {
  const notices: string[] = [];
  if (failed.length > 0)
    notices.push(
      `${plural(failed.length, 'JPEG copy', 'JPEG copies')} could not be made; the next run tries again: ${failed.slice(0, 3).join(' ')}`,
    );
  if (stopped) notices.push(`The JPEG copies are not up to date; the next run goes on. ${stopped.message}`);
  return notices;
}

async function lookForMissing({ catalog, store }: JpegCopyParts, signal: AbortSignal): Promise<void> {
  for (let after = 0; ; ) {
    const copies = catalog.copies(after, BATCH);
    if (copies.length === 0) return;
    for (const { row, path } of copies) {
      signal.throwIfAborted();
      after = row;
      if ((await store.sizeOf(path)) === undefined) catalog.copyAgain(row);
    }
  }
}

async function copyBatch(work: CopyRound, batch: readonly CopySubject[], signal: AbortSignal): Promise<void> {
  const remote: { subject: CopySubject; wish: CopyWish }[] = [];
  for (const subject of batch) {
    signal.throwIfAborted();
    const wish = subject.asset.hidden ? undefined : copyWish(subject.files);
    await guarded(work, subject, signal, async () => {
      if (!wish) await removeCopy(work, subject, signal);
      else if (await isCurrent(work, subject, wish)) work.catalog.copyDone(subject.row);
      else if (wish.stored) await copyStored(work, subject, wish, signal);
      else if (subject.gone) work.catalog.copyDone(subject.row);
      else remote.push({ subject, wish });
    });
  }
  for (const [zoneName, ofZone] of Map.groupBy(remote, ({ subject }) => subject.asset.zone)) {
    const zone = work.catalog.zones().find((known) => known.zone.name === zoneName)?.zone;
    if (zone) await copyRemote(work, zone, ofZone, signal);
  }
}

/** What is wrong with one picture is noted; what is wrong with the disk, the network or the account ends this round. */
async function guarded(work: CopyRound, subject: CopySubject, signal: AbortSignal, copy: () => Promise<void>): Promise<void> {
  try {
    await copy();
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.remedy !== 'skip-item') throw error;
    work.failed.push(problem.message);
    work.log.debug('A JPEG copy could not be made.', { item: `${subject.folder}/${subject.base}`, reason: problem.message });
  }
}

async function isCurrent(work: CopyRound, subject: CopySubject, wish: CopyWish): Promise<boolean> {
  const { copy } = subject;
  if (copy?.from !== wish.from || copy.path !== pathFor(work, subject)) return false;
  if ((await work.store.sizeOf(copy.path)) !== copy.size) return false;
  const time = modifiedAtMs(subject.asset);
  if (time !== undefined) await work.store.setTime(copy.path, time);
  return true;
}

/** A file that is no longer what was put there belongs to whoever changed it. */
async function removeCopy(
  { albumStore, catalog, jpegCopyStore }: CopyRound,
  { row, copy }: CopySubject,
  signal: AbortSignal,
): Promise<void> {
  if (copy) {
    await jpegCopyStore.remove(copy, signal);
    const folders = copy.path.split('/').slice(0, -1);
    for (; folders.length > 0; folders.pop()) if (!(await albumStore.dropFolder(folders.join('/')))) break;
    catalog.dropCopy(row);
  }
  catalog.copyDone(row);
}

async function copyStored(work: CopyRound, subject: CopySubject, wish: CopyWish, signal: AbortSignal): Promise<void> {
  const { stored } = wish;
  if (!stored) return;
  // Missing at the moment: it is being fetched again, which puts the item back on the list.
  if ((await work.store.sizeOf(stored.path)) !== stored.size) return;
  await makeCopy(work, subject, wish, { ...stored, open: () => work.store.read(stored.path) }, signal);
}

async function copyRemote(
  work: CopyRound,
  zone: Zone,
  wanted: readonly { readonly subject: CopySubject; readonly wish: CopyWish }[],
  signal: AbortSignal,
): Promise<void> {
  const requests = wanted.map(({ subject: { asset } }) => ({ assetId: asset.id, masterId: asset.masterId }));
  const found = await work.photos.previews(zone, requests, signal);
  const queue = wanted.map((one, index) => ({ ...one, best: bestOf(found[index] ?? [], one.wish) }));
  const workers = Array.from({ length: AT_A_TIME }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { subject, wish, best } = next;
      await guarded(work, subject, signal, async () => {
        if (!best?.download)
          throw new Problem('not-uploaded-yet', `iCloud has no JPEG of ${subject.folder}/${subject.base} at the moment.`);
        const { download } = best;
        const open = async (from: number) => checkStart(await work.photos.open(download, from, signal));
        await makeCopy(work, subject, wish, { size: best.size, checksum: best.checksum, open }, signal);
      });
    }
  });
  // One that ends the round lets the others finish what they hold.
  for (const worker of workers) worker.catch(() => queue.splice(0));
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

/** The largest that is a JPEG. Of an edited item only what shows the edit. */
function bestOf(previews: readonly FoundPreview[], { shows }: CopyWish): FoundPreview | undefined {
  const usable = previews.filter(
    ({ size, uti, holder }) => size > 0 && (uti === undefined || uti === 'public.jpeg') && (shows === 'original' || holder === 'asset'),
  );
  return BEST_FIRST.map((wanted) => usable.find(({ kind }) => kind === wanted)).find((preview) => preview !== undefined);
}

/** Other pictures come under the name of a JPEG too. */
function checkStart(source: ByteSource): ByteSource {
  if (source.start !== 0) return source;
  async function* checked(): AsyncGenerator<Uint8Array> {
    let isFirst = true;
    for await (const block of source.bytes) {
      if (isFirst && (block[0] !== 0xff || block[1] !== 0xd8)) throw new Problem('transfer-failed', 'What came is no JPEG.');
      isFirst = false;
      yield block;
    }
  }
  return { start: 0, bytes: checked() };
}
