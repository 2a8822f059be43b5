import { formatBytes, plural } from '../domain/format.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { BackupRepository, OnProgress, SnapshotInfo } from '../ports/backup-repository.ts';
import { CATALOG_IN_SNAPSHOT, type CatalogFile, type OffsiteFiles, type SnapshotCatalog, type Wanted } from '../ports/offsite-files.ts';

/** A repository to restore from; needs no library. */
export interface RestoreSource {
  readonly name: string;
  readonly repository: BackupRepository;
}

/** A file that did not come back as it was stored. */
export interface NotRestored {
  readonly path: string;
  readonly why: string;
}

/** What came back, compared byte for byte with what the catalog in the same snapshot says. */
export interface RestoreReport {
  readonly target: string;
  readonly snapshot: SnapshotInfo;
  readonly verified: number;
  readonly bytes: number;
  readonly links: number;
  readonly wrong: readonly NotRestored[];
}

/** `latest`, or the beginning of a snapshot's id, or a day as YYYY-MM-DD: the last snapshot of that day or before. */
export async function findSnapshot({ repository, name }: RestoreSource, wanted: string, signal: AbortSignal): Promise<SnapshotInfo> {
  const whole = (await repository.snapshots(signal)).filter(({ kind }) => kind === 'whole');
  const libraries = [...new Set(whole.map(({ libraryId }) => libraryId))];
  if (libraries.length > 1)
    throw new Problem(
      'offsite-nothing-found',
      `Off-site ${name} holds ${libraries.length} libraries: ${libraries.join(', ')}. Say which one with --library.`,
    );
  const before = (ms: number) => whole.filter(({ atMs }) => atMs < ms).at(-1);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(wanted) ? Date.parse(wanted) : undefined;
  const found =
    wanted === 'latest' ? whole.at(-1) : day !== undefined ? before(day + 86_400_000) : whole.find(({ id }) => id.startsWith(wanted));
  if (found) return found;
  const what = wanted === 'latest' ? 'no snapshot' : `no snapshot "${wanted}"`;
  throw new Problem('offsite-nothing-found', `Off-site ${name} holds ${what}.`);
}

/** Brings the catalog of a snapshot back and hands it over; it is gone afterwards. Throws `offsite-damaged` when it is not sound. */
export async function withCatalogOf<T>(
  source: RestoreSource,
  snapshot: SnapshotInfo,
  files: OffsiteFiles,
  use: (catalog: SnapshotCatalog) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const work = await files.workFolder();
  let catalog: SnapshotCatalog | undefined;
  try {
    const { failed } = await source.repository.restore(snapshot.id, [CATALOG_IN_SNAPSHOT], work.path, () => undefined, signal);
    const [bad] = failed;
    if (bad) throw new Problem('offsite-damaged', `The catalog in the snapshot of off-site ${source.name} did not come back: ${bad.why}`);
    catalog = openRestored(files, work.path, source.name);
    return await use(catalog);
  } finally {
    catalog?.close();
    await work.remove();
  }
}

function openRestored(files: OffsiteFiles, folder: string, name: string): SnapshotCatalog {
  try {
    const catalog = files.openCatalogIn(folder);
    if (catalog.sound()) return catalog;
    catalog.close();
  } catch (error) {
    throw new Problem('offsite-damaged', `The catalog in the snapshot of off-site ${name} did not come back whole.`, {
      cause: asProblem(error),
    });
  }
  throw new Problem('offsite-damaged', `The catalog in the snapshot of off-site ${name} is damaged.`);
}

export interface RestoreOrder {
  readonly snapshot: string;
  readonly wanted: Wanted;
  /** Absolute; must be empty. */
  readonly into: string;
}

/** Restores what is wanted into a folder and compares every file with the catalog of the same snapshot. */
export async function restoreTo(
  source: RestoreSource,
  order: RestoreOrder,
  files: OffsiteFiles,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<RestoreReport> {
  if (!(await files.isFree(order.into))) throw new Problem('restore-in-the-way', `${order.into} is not empty.`);
  const snapshot = await findSnapshot(source, order.snapshot, signal);
  return withCatalogOf(
    source,
    snapshot,
    files,
    async (catalog) => {
      const expected = catalog.select(order.wanted);
      await checkSpace(
        files,
        order.into,
        expected.reduce((sum, { size }) => sum + size, 0),
      );
      const links = order.wanted.album === undefined ? [] : catalog.linksOf(order.wanted.album);
      if (expected.length === 0) throw new Problem('offsite-nothing-found', 'Nothing in this snapshot matches what was asked for.');
      const everything = expected.length === catalog.countFiles();
      const paths = everything ? ('all' as const) : [...expected.map(({ path }) => path), ...links];
      const { failed } = await source.repository.restore(snapshot.id, paths, order.into, onProgress, signal);
      const compared = await compare(files, order.into, expected, failed, signal);
      return { target: source.name, snapshot, links: links.length, ...compared };
    },
    signal,
  );
}

/** Restores a snapshot as it is, state included, and compares it with its own catalog. For a library that is gone. */
export async function restoreEverything(
  source: RestoreSource,
  snapshotName: string,
  into: string,
  files: OffsiteFiles,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const snapshot = await findSnapshot(source, snapshotName, signal);
  await checkSpace(files, into, snapshot.bytes ?? 0);
  const { failed } = await source.repository.restore(snapshot.id, 'all', into, onProgress, signal);
  const catalog = openRestored(files, into, source.name);
  try {
    return { target: source.name, snapshot, links: 0, ...(await compare(files, into, catalog.files(), failed, signal)) };
  } finally {
    catalog.close();
  }
}

async function checkSpace(files: OffsiteFiles, into: string, bytes: number): Promise<void> {
  const free = await files.freeBytes(into);
  if (free < bytes)
    throw new Problem('disk-full', `${formatBytes(bytes)} would come back to ${into}, and only ${formatBytes(free)} are free there`);
}

/** No engine's success is believed: every file that the catalog names is read and hashed. */
export async function compare(
  files: Pick<OffsiteFiles, 'inspect'>,
  folder: string,
  expected: Iterable<CatalogFile>,
  failed: readonly NotRestored[],
  signal: AbortSignal,
): Promise<{ readonly verified: number; readonly bytes: number; readonly wrong: readonly NotRestored[] }> {
  const reasons = new Map(failed.map(({ path, why }) => [path, why]));
  const wrong: NotRestored[] = [];
  let verified = 0;
  let bytes = 0;
  for (const { path, size, sha256, checksum } of expected) {
    signal.throwIfAborted();
    const found = await files.inspect(folder, path, signal);
    if (found === undefined) wrong.push({ path, why: reasons.get(path) ?? 'it did not come back' });
    else if (found.size !== size) wrong.push({ path, why: `${formatBytes(found.size)} came back instead of ${formatBytes(size)}` });
    else if (found.sha256 !== sha256 || (checksum !== undefined && found.checksum !== checksum))
      wrong.push({ path, why: 'its content is not what was stored' });
    else {
      verified += 1;
      bytes += size;
    }
  }
  return { verified, bytes, wrong };
}

const SHOWN = 20;

/** The end of a restore as the owner reads it. */
export function renderRestore({ target, snapshot, verified, bytes, links, wrong }: RestoreReport, into: string): string {
  const from = `the snapshot of ${new Date(snapshot.atMs).toLocaleString('sv')} at off-site ${target}`;
  const lines = [
    `${plural(verified, 'file')} (${formatBytes(bytes)}) came back from ${from} to ${into}, each with the bytes that were stored.`,
  ];
  if (links > 0) lines.push(`${plural(links, 'link')} of the album came back too.`);
  if (wrong.length > 0)
    lines.push(
      `${plural(wrong.length, 'file')} did NOT come back as stored:`,
      ...wrong.slice(0, SHOWN).map(({ path, why }) => `  ${path}: ${why}`),
    );
  if (wrong.length > SHOWN) lines.push(`  … and ${wrong.length - SHOWN} more`);
  return lines.join('\n');
}
