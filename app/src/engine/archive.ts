import { type ArchiveMember, type DeleteRules, keepsByCatalog } from '../domain/archive-plan.ts';
import type { ArchiveReport, RemotePart } from '../domain/archive-report.ts';
import type { FreeSpaceRule } from '../domain/free-space.ts';
import type { Layout } from '../domain/layout.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { ProblemTally, type RunReport } from '../domain/run-report.ts';
import type { MemberPart } from '../ports/archive-catalog.ts';
import type { AlbumStore, LibraryStore } from '../ports/library-store.ts';
import { nameLinks } from './albums.ts';
import { type FindParts, type FoundAlbum, findAlbums } from './archive-find.ts';
import { deleteRemotely, type RemoteDeleteParts } from './remote-delete.ts';
import { createSpaceGuard } from './space-guard.ts';

export interface ArchiveParts extends Omit<RemoteDeleteParts, 'refresh'>, FindParts {
  readonly store: LibraryStore;
  /** Undefined when the volume cannot hold links. */
  readonly albumStore: AlbumStore | undefined;
  /** Links begin with the photo's number in the album's order. */
  readonly numbered: boolean;
  readonly layout: Layout;
  readonly keepFree: FreeSpaceRule;
  /** Brings the catalog up to date with iCloud, without fetching anything. */
  readonly list: (signal: AbortSignal) => Promise<RunReport>;
  /** Fetches what is missing of these items. */
  readonly fetchItems: (assetRows: ReadonlySet<number>, signal: AbortSignal) => Promise<void>;
  /** Takes a snapshot of the library with this folder in it; answers why there is none. Undefined where no off-site copy is set up. */
  readonly snapshot: ((path: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** Keeps the report; answers where. */
  readonly save: (report: ArchiveReport) => Promise<string>;
}

export interface ArchiveWish extends DeleteRules {
  /** As somebody typed it: a path or a name. */
  readonly album: string;
  readonly recursive: boolean;
  readonly remoteDelete: boolean;
  readonly planOnly: boolean;
  readonly onProgress: (text: string) => void;
}

/** Makes albums fixed folders of real files, and, if wished, frees iCloud of what is proven to be in them. */
export async function archive(parts: ArchiveParts, wish: ArchiveWish, signal: AbortSignal): Promise<ArchiveReport[]> {
  await parts.stillThere();
  await refresh(parts, signal);
  const albums = findAlbums(parts, wish.album, wish.recursive);
  const reports: ArchiveReport[] = [];
  for (const album of albums) {
    signal.throwIfAborted();
    if (wish.planOnly) reports.push(planOf(parts, album, wish));
    else {
      const report = await archiveOne(parts, album, wish, signal);
      reports.push({ ...report, savedAs: await parts.save(report) });
      if (signal.aborted) break;
    }
  }
  return reports;
}

/** What cannot be read of iCloud's present state must not be guessed at. */
export async function refresh(parts: Pick<ArchiveParts, 'list'>, signal: AbortSignal): Promise<void> {
  const { outcome, problems } = await parts.list(signal);
  const bad = problems.find(({ code }) => code === 'listing-incomplete' || code === 'indexing-unfinished');
  const [first] = bad ? [bad] : outcome === 'complete' || outcome === 'incomplete' ? [] : problems;
  if (first) throw new Problem(first.code, first.examples[0] ?? 'iCloud could not be listed.');
  signal.throwIfAborted();
}

async function archiveOne(parts: ArchiveParts, album: FoundAlbum, wish: ArchiveWish, signal: AbortSignal): Promise<ArchiveReport> {
  const { catalog } = parts;
  const tally = new ProblemTally();
  const existing = catalog.archive.archives().find((row) => row.album === album.row.id);
  if (existing?.completeAtMs === undefined) await makeArchive(parts, album, wish, tally, signal);
  const row = catalog.archive.archives().find((one) => one.album === album.row.id);
  if (!row) throw new Problem('archive-not-found', `${album.path} could not be archived.`);
  const isComplete = row.completeAtMs !== undefined;
  const report = {
    id: row.id,
    album: row.name,
    path: row.path,
    plan: false,
    complete: isComplete,
    files: row.files,
    bytes: row.bytes,
    problems: tally.list(),
  };
  if (!wish.remoteDelete) return { ...report, remote: undefined };
  const nothing = { deleted: [], bytes: 0, kept: [] };
  if (!isComplete) return { ...report, remote: { ...nothing, stopped: 'the album is not completely archived yet.' } };
  const lacking = await parts.snapshot?.(row.path, signal);
  if (lacking !== undefined)
    return { ...report, remote: { ...nothing, stopped: `the off-site copy does not hold the archive. ${lacking}` } };
  return { ...report, remote: await deleteRemote(parts, row.id, wish, signal) };
}

async function deleteRemote(parts: ArchiveParts, id: number, wish: ArchiveWish, signal: AbortSignal): Promise<RemotePart> {
  const done = await deleteRemotely(
    { ...parts, refresh: (ending) => refresh(parts, ending) },
    id,
    wish,
    (count, of) => wish.onProgress(`Deleting in iCloud: ${count} of ${of} looked at.`),
    signal,
  );
  return {
    deleted: done.deleted,
    bytes: done.deleted.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: done.kept,
    stopped: done.stopped && `${done.stopped.message} Run the same command again to go on.`,
  };
}

/** Links become files, each read back; the marker and the catalog say so at the end. What breaks off is an archive already: no sync touches it. */
async function makeArchive(
  parts: ArchiveParts,
  album: FoundAlbum,
  wish: ArchiveWish,
  tally: ProblemTally,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, archiveStore, clock } = parts;
  await fetchMissing(parts, album, tally, signal);
  const members = catalog.archive.memberParts(album.row.rowId);
  const byPath = new Map(members.map((part) => [part.path, part]));
  const files = nameLinks(members, album.path, parts.digest, parts.numbered, parts.layout.names);
  for (const link of catalog.links(album.row.rowId)) if (!files.has(link.path)) await parts.albumStore?.unlink(link.path, link.target);
  const id = catalog.archive.beginArchive(album.row.id, album.row.name, album.path, clock.now());
  catalog.setAlbumPath(album.row.rowId, album.path);
  await archiveStore.ensureFolder(album.path);
  const space = createSpaceGuard(parts);
  const known = new Map(catalog.archive.archiveFiles(id).map((file) => [file.path, file]));
  let done = 0;
  for (const [path, from] of files) {
    signal.throwIfAborted();
    const part = byPath.get(from);
    if (part && known.get(path)?.sha256 !== part.sha256) await archiveFile(parts, id, part, path, space, tally, signal);
    done += 1;
    if (done % 100 === 0) wish.onProgress(`${album.path}: ${done} of ${files.size} files copied and read back.`);
  }
  await markFolder(parts, id);
  if (tally.list().length === 0) catalog.archive.completeArchive(id, clock.now());
}

async function fetchMissing(
  { catalog, fetchItems }: ArchiveParts,
  album: FoundAlbum,
  tally: ProblemTally,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(catalog.archive.missingOf(album.row.rowId));
  if (missing.size === 0) return;
  await fetchItems(missing, signal);
  const still = catalog.archive.missingOf(album.row.rowId).length;
  if (still > 0) tally.add('transfer-failed', `${album.path}: ${still} of its photos could not be fetched whole.`, still);
}

async function archiveFile(
  parts: ArchiveParts,
  id: number,
  part: MemberPart,
  path: string,
  space: ReturnType<typeof createSpaceGuard>,
  tally: ProblemTally,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, archiveStore, clock } = parts;
  const release = await space.admit(part.size);
  try {
    await archiveStore.copyOver(part.path, path, part.sha256, signal);
    const got = await archiveStore.readBack(path, signal);
    const isGood = got?.size === part.size && got.sha256 === part.sha256 && (part.proof !== 'apple' || got.checksum === part.checksum);
    if (!isGood) throw new Problem('content-mismatch', `${path} does not read back as it was written.`);
    const { zone, asset, kind, checksum, size, sha256, proof } = part;
    catalog.archive.putArchiveFile(id, { path, zone, asset, kind, checksum, size, sha256, proof, finding: null }, clock.now());
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.remedy !== 'skip-item') throw problem;
    tally.add(problem.code, problem.message);
  } finally {
    release();
  }
}

/** Says in the folder itself what it is, so that neither another catalog nor another program mistakes it. */
export async function markFolder({ catalog, archiveStore }: Pick<ArchiveParts, 'catalog' | 'archiveStore'>, id: number): Promise<void> {
  const row = catalog.archive.archives().find((one) => one.id === id);
  if (!row) return;
  const files = catalog.archive.archiveFiles(id).map(({ path, zone, asset, kind, size, checksum, sha256, proof }) => {
    return { name: path.slice(row.path.length + 1), zone, asset, kind, size, checksum, sha256, proof };
  });
  await archiveStore.mark(row.path, {
    schema: 1,
    album: row.album,
    name: row.name,
    archivedAt: new Date(row.archivedAtMs).toISOString(),
    files,
  });
}

/** What would happen, from the catalog alone. */
function planOf(parts: ArchiveParts, album: FoundAlbum, wish: ArchiveWish): ArchiveReport {
  const { catalog } = parts;
  const existing = catalog.archive.archives().find((row) => row.album === album.row.id);
  const members = catalog.archive.memberParts(album.row.rowId);
  const files = existing?.completeAtMs === undefined ? members : [];
  const report = {
    id: existing?.id,
    album: album.row.name,
    path: album.path,
    plan: true,
    complete: existing?.completeAtMs !== undefined,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    problems: [],
  };
  if (!wish.remoteDelete) return { ...report, remote: undefined };
  const planned = catalog.archive.membersOfAlbum(album.row.id, existing?.id).map((member) => withPlannedFiles(member, members));
  const kept = planned.flatMap((member) => {
    const why = keepsByCatalog(member, wish);
    return why === undefined ? [] : [{ asset: member.asset, name: member.name, why }];
  });
  const deleted = planned
    .filter((member) => keepsByCatalog(member, wish) === undefined)
    .map(({ asset, name, files: own }) => ({
      asset,
      name,
      bytes: own.reduce((sum, { size }) => sum + size, 0),
      recoverableUntilMs: undefined,
    }));
  return { ...report, remote: { deleted, bytes: deleted.reduce((sum, { bytes }) => sum + bytes, 0), kept, stopped: undefined } };
}

/** As if it were archived already: what is stored will be copied. */
function withPlannedFiles(member: ArchiveMember, parts: readonly MemberPart[]): ArchiveMember {
  if (member.files.length > 0) return member;
  const files = parts
    .filter(({ asset, zone }) => asset === member.asset && zone === member.zone)
    .map((part) => ({ ...part, finding: null }));
  return { ...member, files };
}
