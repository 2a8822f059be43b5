import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import { createMediaStore } from '../../../src/adapters/disk/media-store.ts';
import type { AssetDetails, RenditionKind, Zone } from '../../../src/domain/asset.ts';
import type { Catalog } from '../../../src/ports/catalog.ts';
import type { LibraryDoor } from '../../../src/ports/library-door.ts';
import type { PreviewSize } from '../../../src/ports/previews.ts';

export const ZONE: Zone = { name: 'PrimarySync', owner: undefined, database: 'private' };

/** One item as a test wants it; its files are written to disk. */
export interface Wanted {
  readonly id: string;
  readonly takenMs: number;
  readonly offsetS?: number;
  readonly favorite?: boolean;
  readonly hidden?: boolean;
  readonly details?: AssetDetails;
  /** Files by kind: endings and contents. */
  readonly files?: readonly { readonly kind: RenditionKind; readonly ending: string; readonly bytes?: Buffer }[];
}

/** The smallest picture there is: one pixel. */
export const PIXEL = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffdb004300010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101ffc0000b080001000101011100ffc40014000100000000000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9',
  'hex',
);

/** A library on a real disk with a real catalog, filled with what a test names. */
export function makeLibrary(wanted: readonly Wanted[], commands: readonly string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'photos-door-'));
  const catalog = openCatalog({
    file: join(mkdtempSync(join(tmpdir(), 'photos-door-state-')), 'catalog.sqlite'),
    appleId: 'me@example.com',
  });
  const rows = fill(catalog, root, wanted);
  const previews = new Map<string, Buffer>();
  const door: LibraryDoor = {
    browse: catalog.browse,
    overview: catalog.overview,
    media: createMediaStore({ root }),
    previews: {
      read: async (row: number, size: PreviewSize) => previews.get(`${size} ${row}`),
      kept: async (checksum: string, size: PreviewSize) => previews.get(`${size} ${checksum}`),
    },
    commands: new Set(commands),
  };
  return { root, catalog, door, rows, previews, add: (more: readonly Wanted[]) => fill(catalog, root, more) };
}

function fill(catalog: Catalog, root: string, wanted: readonly Wanted[]): number[] {
  const listing = catalog.beginListing(ZONE, 1);
  const rows = catalog.transaction(() =>
    wanted.map((item) => {
      const files = item.files ?? [{ kind: 'original', ending: 'JPG' }];
      const renditions = files.map(({ kind, bytes = PIXEL }) => ({
        kind,
        checksum: `${kind}-${item.id}`,
        size: bytes.length,
        uti: undefined,
      }));
      const row = catalog.putAsset(
        listing,
        {
          zone: ZONE.name,
          id: item.id,
          masterId: `m-${item.id}`,
          filename: `${item.id}.JPG`,
          captureMs: item.takenMs,
          addedMs: item.takenMs,
          offsetS: item.offsetS ?? 0,
          favorite: item.favorite ?? false,
          hidden: item.hidden ?? false,
          details: item.details ?? { width: 4032, height: 3024 },
          previews: [],
          renditions: renditions.map((rendition) => ({ ...rendition, download: undefined })),
        },
        { folder: '_All-Photos', base: item.id, folded: item.id.toLowerCase() },
      );
      const pathOf = (kind: string) =>
        `_All-Photos/${item.id}${kind === 'original' ? '' : `-${kind}`}.${files.find((file) => file.kind === kind)?.ending}`;
      catalog.putRenditions(
        row,
        renditions.map((rendition) => ({ rendition, path: pathOf(rendition.kind) })),
      );
      for (const { kind, bytes = PIXEL } of files) {
        const at = join(root, pathOf(kind));
        mkdirSync(dirname(at), { recursive: true });
        writeFileSync(at, bytes);
        catalog.addTodo(row, kind, 1);
      }
      return row;
    }),
  );
  for (let todo = catalog.todo(0, 100); todo.length > 0; todo = catalog.todo(0, 100))
    for (const item of todo) catalog.stored(item, { sha256: '0'.repeat(64), size: item.rendition.size, proof: 'apple', nowMs: 2 });
  catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs: 3 });
  return rows;
}
