import type { ListedAsset, ListedRendition, RenditionKind } from '../domain/asset.ts';
import { fold } from '../domain/fold.ts';
import { plural } from '../domain/format.ts';
import { type ChecksumPolicy, judge } from '../domain/judge.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import { chooseBase, cleanFolderName, type Digest, fileStem, firstFree, partName } from '../domain/names.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { LibraryStore } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { SharedAlbum, SharedAlbumsService, SharedFile } from '../ports/shared-albums.ts';
import { incomingKey } from './fetch-item.ts';

export interface SharedAlbumParts {
  readonly sharedAlbums: SharedAlbumsService;
  readonly photos: Pick<PhotosService, 'open'>;
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly digest: Digest;
  readonly nameLimitBytes: number;
  readonly policy: ChecksumPolicy;
  readonly log: Log;
  readonly tally: ProblemTally;
}

const TREE = '_Shared-Albums';

/** Tells the status which shared albums there are; with `fetch` their photos come into `_Shared-Albums`, and stay there for good. */
export async function readSharedAlbums(parts: SharedAlbumParts, fetch: boolean, signal: AbortSignal): Promise<void> {
  const { catalog, log, sharedAlbums, tally } = parts;
  try {
    const albums = await sharedAlbums.albums(signal);
    catalog.noteNotBrought({ sharedAlbums: fetch ? undefined : albums?.map(({ name }) => name) });
    if (!fetch) return;
    let fetched = 0;
    for (const album of albums ?? []) fetched += await fetchAlbum(parts, album, signal);
    if (fetched > 0) log.info(`${plural(fetched, 'file')} of shared albums fetched.`);
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.remedy === 'fix') throw problem;
    // Nobody's only copy: what cannot be read now is read with the next run.
    if (fetch) tally.add('listing-incomplete', `The shared albums could not be read to their end: ${problem.message}`);
    else log.debug('The shared albums could not be listed.', { reason: problem.message });
  }
}

async function fetchAlbum(parts: SharedAlbumParts, album: SharedAlbum, signal: AbortSignal): Promise<number> {
  const { catalog, tally } = parts;
  if (album.tag !== '' && catalog.sharedTag(album.guid) === album.tag) return 0;
  const folder = catalog.sharedFolder(album.guid) ?? newFolder(parts, album);
  catalog.putSharedAlbum(album.guid, folder, undefined);
  const known = new Map(catalog.sharedFiles(album.guid).map((file) => [`${file.record}/${file.kind}`, file]));
  let fetched = 0;
  let failed = 0;
  for await (const page of parts.sharedAlbums.photos(album, signal)) {
    for (const asset of page) {
      for (const wanted of wantedOf(parts, { folder, guid: album.guid }, asset, known)) {
        signal.throwIfAborted();
        try {
          await fetchFile(parts, asset, wanted, signal);
          fetched += 1;
        } catch (error) {
          const problem = asProblem(error);
          if (problem.remedy !== 'skip-item' && problem.code !== 'no-network') throw problem;
          failed += 1;
          tally.add(problem.remedy === 'skip-item' ? problem.code : 'transfer-failed', problem.message);
        }
      }
    }
  }
  // Only now is this state of the album known to be here.
  if (failed === 0) catalog.putSharedAlbum(album.guid, folder, album.tag);
  return fetched;
}

function newFolder({ catalog, digest, nameLimitBytes }: SharedAlbumParts, { guid, name }: SharedAlbum): string {
  const taken = new Set(catalog.sharedFolders().map(fold));
  return firstFree(`${TREE}/${cleanFolderName(name, nameLimitBytes)}`, guid, digest, (path) => taken.has(fold(path)));
}

interface WantedFile {
  readonly rendition: ListedRendition;
  readonly file: Omit<SharedFile, 'sha256'>;
  readonly before: SharedFile | undefined;
}

/** Files of one photo that are not here in this version, each with its place: who has a name already keeps it. */
function wantedOf(
  { digest, nameLimitBytes }: SharedAlbumParts,
  { folder, guid }: { folder: string; guid: string },
  asset: ListedAsset,
  known: Map<string, SharedFile>,
): WantedFile[] {
  const own = [...known.values()].find(({ record }) => record === asset.id);
  const taken = new Set([...known.values()].map(({ base }) => fold(base)));
  const uti = asset.renditions.find(({ kind }) => kind === 'original')?.uti;
  const stem = () => fileStem({ filename: asset.filename, uti, masterId: asset.masterId, limitBytes: nameLimitBytes });
  const base = own?.base ?? chooseBase({ stem: stem(), identity: `${guid}/${asset.id}`, isTaken: (folded) => taken.has(folded), digest });
  const siblings: string[] = [];
  return asset.renditions.flatMap((rendition) => {
    const { kind, checksum, size } = rendition;
    const before = known.get(`${asset.id}/${kind}`);
    const name = partName({ base, kind, uti: rendition.uti, importName: asset.filename, siblings });
    siblings.push(name);
    if (before?.checksum === checksum) return [];
    const file = { guid, record: asset.id, kind, base, path: `${folder}/${name}`, checksum, size };
    known.set(`${asset.id}/${kind}`, { ...file, sha256: '' });
    return [{ rendition, file, before }];
  });
}

async function fetchFile(
  parts: SharedAlbumParts,
  asset: ListedAsset,
  { rendition, file, before }: WantedFile,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, photos, policy, store } = parts;
  const { download } = rendition;
  if (!download) throw new Problem('not-uploaded-yet', `${file.path} is not in iCloud yet.`);
  if ((await store.sizeOf(file.path)) === file.size) {
    // Placed before a crash that kept it out of the catalog.
    const there = await store.inspect(file.path, signal);
    if (there.checksum === file.checksum) return catalog.putSharedFile({ ...file, sha256: there.sha256 });
  }
  const received = await store.receive(incomingKey(file.checksum), rendition, (from) => photos.open(download, from, signal), signal);
  const verdict = judge({ kind: rendition.kind, expected: rendition, got: received, disagreedBefore: undefined }, policy);
  if (!verdict.keep) {
    await store.discard(received.key);
    throw new Problem('content-mismatch', `${file.path} arrived damaged.`);
  }
  const replaces = before && {
    because: 'superseded' as const,
    zone: asset.zone,
    asset: asset.id,
    kind: before.kind as RenditionKind,
    path: before.path,
    checksum: before.checksum,
    sha256: before.sha256,
  };
  await store.place(received, { path: file.path, modifiedAtMs: modifiedAtMs(asset), replaces });
  catalog.putSharedFile({ ...file, sha256: received.sha256 });
}
