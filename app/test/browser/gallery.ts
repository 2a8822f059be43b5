import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openCatalog } from '../../src/adapters/catalog/open-catalog.ts';
import { createMediaStore } from '../../src/adapters/disk/media-store.ts';
import type { Zone } from '../../src/domain/asset.ts';
import { NO_COUNTS } from '../../src/domain/run-report.ts';
import type { Catalog } from '../../src/ports/catalog.ts';
import type { LibraryDoor } from '../../src/ports/library-door.ts';

const ZONE: Zone = { name: 'PrimarySync', owner: undefined, database: 'private' };
const RATIOS = [
  [4032, 3024],
  [3024, 4032],
  [4032, 2268],
  [3024, 3024],
  [1920, 1080],
] as const;
/** Two of three photos say where they were taken: in and around one of these. */
const TOWNS = [
  [52.52, 13.4],
  [48.137, 11.575],
  [38.72, -9.14],
  [-33.86, 151.21],
  [40.71, -74.0],
] as const;
const PICTURES = 24;
const BATCH = 5000;

export interface Gallery {
  readonly door: LibraryDoor;
  readonly catalog: Catalog;
}

/**
 * A library of any size, in a catalog only: its pictures are a handful of drawings that stand for all. Photos lie between
 * now and 17 years ago, more of them in later years.
 */
export async function makeGallery(count: number, nowMs: number): Promise<Gallery> {
  const folder = mkdtempSync(join(tmpdir(), 'photos-gallery-'));
  const catalog = openCatalog({ file: join(folder, 'catalog.sqlite'), appleId: 'me@example.com' });
  const listing = catalog.beginListing(ZONE, nowMs);
  const spanMs = 17 * 365 * 86_400_000;
  for (let from = 0; from < count; from += BATCH) {
    catalog.transaction(() => {
      for (let index = from; index < Math.min(count, from + BATCH); index++)
        put(catalog, listing, index, Math.round(nowMs - spanMs * (index / count) ** 1.5));
      for (const item of catalog.todo(0, BATCH * 3))
        catalog.stored(item, { sha256: index64(item.seq), size: item.rendition.size, proof: 'apple', nowMs: nowMs - 1000 });
    });
  }
  catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs });
  const startedAtMs = nowMs - 8 * 3_600_000;
  const problems = [{ code: 'transfer-failed', count: 2, examples: ['IMG_1.HEIC: cut short'], advice: 'It is tried again.' }] as const;
  catalog.endRun(catalog.startRun('sync', startedAtMs), {
    command: 'sync',
    startedAtMs,
    endedAtMs: startedAtMs + 60_000,
    outcome: 'incomplete',
    counts: { ...NO_COUNTS, listed: count, downloaded: 3, downloadedBytes: 7e6, missing: 2 },
    problems,
    notices: ['One album has no members.'],
  });
  const drawings = await Promise.all(Array.from({ length: PICTURES }, (_, index) => drawing(index)));
  const door: LibraryDoor = {
    browse: catalog.browse,
    overview: catalog.overview,
    media: createMediaStore({ root: folder }),
    previews: {
      read: async (row, size) => drawings[row % PICTURES]?.[size],
      kept: async (checksum, size) => drawings[checksum.length % PICTURES]?.[size],
    },
    commands: new Set(['verify', 'hold show', 'trash list', 'archive list', 'archive undo', 'retry', 'off-site snapshots']),
  };
  return { door, catalog };
}

function placeOf(index: number): { latitude: number; longitude: number } | undefined {
  const [latitude, longitude] = TOWNS[(index >> 4) % TOWNS.length] ?? TOWNS[0];
  if (index % 3 === 0) return undefined;
  return { latitude: latitude + ((index * 31) % 400) / 2000, longitude: longitude + ((index * 17) % 400) / 1000 };
}

const index64 = (index: number): string => index.toString(16).padStart(64, '0');

function put(catalog: Catalog, listing: ReturnType<Catalog['beginListing']>, index: number, takenMs: number): void {
  const id = `A${index}`;
  const [width, height] = RATIOS[index % RATIOS.length] ?? RATIOS[0];
  const isFilm = index % 17 === 16;
  const kinds = isFilm ? (['original'] as const) : index % 5 === 0 ? (['original', 'live-video'] as const) : (['original'] as const);
  const renditions = kinds.map((kind) => ({ kind, checksum: `${kind}${id}`, size: 2_400_000, uti: undefined }));
  const month = new Date(takenMs).toISOString().slice(0, 7);
  const folder = `_All-Photos/${month.slice(0, 4)}/${month}`;
  const base = `IMG_${String(index).padStart(6, '0')}`;
  const row = catalog.putAsset(
    listing,
    {
      zone: ZONE.name,
      id,
      masterId: `M${index}`,
      filename: `${base}.${isFilm ? 'MOV' : 'HEIC'}`,
      captureMs: takenMs,
      addedMs: takenMs + 3_600_000,
      offsetS: 7200,
      favorite: index % 23 === 0,
      hidden: false,
      details: { width, height, ...placeOf(index), ...(isFilm ? { durationMs: 4000 + (index % 90) * 1000 } : {}) },
      previews: [],
      renditions: renditions.map((rendition) => ({ ...rendition, download: undefined })),
    },
    { folder, base, folded: base.toLowerCase() },
  );
  const ending = (kind: string) => (kind === 'live-video' || isFilm ? 'MOV' : 'HEIC');
  catalog.putRenditions(
    row,
    renditions.map((rendition) => ({ rendition, path: `${folder}/${base}.${ending(rendition.kind)}` })),
  );
  for (const { kind } of renditions) catalog.addTodo(row, kind, takenMs);
}

/** A landscape: sky, sun, hills. Every one has its own colours. */
async function drawing(index: number) {
  const hue = (index * 47) % 360;
  const hill = (top: number, light: number) =>
    `<path d="M0 ${top} C 120 ${top - 70}, 260 ${top + 50}, 400 ${top - 20} S 640 ${top + 20}, 720 ${top - 30} V 540 H 0 Z" fill="hsl(${(hue + 190) % 360} 28% ${light}%)"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 540" width="720" height="540">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="hsl(${hue} 55% 52%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 70% 82%)"/></linearGradient></defs>
    <rect width="720" height="540" fill="url(#sky)"/><circle cx="${140 + ((index * 83) % 440)}" cy="${120 + ((index * 37) % 120)}" r="42" fill="hsl(48 90% 92%)" fill-opacity=".85"/>
    ${hill(330, 46)}${hill(400, 32)}${hill(465, 20)}</svg>`;
  const picture = sharp(Buffer.from(svg));
  return {
    small: await picture.clone().resize({ height: 256 }).jpeg({ quality: 72 }).toBuffer(),
    large: await picture.clone().jpeg({ quality: 85 }).toBuffer(),
  };
}
