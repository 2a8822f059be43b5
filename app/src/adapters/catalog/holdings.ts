import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { PERSONAL_ZONE } from '../../domain/asset.ts';
import { mediaKind } from '../../domain/file-types.ts';
import type { HoldingKind } from '../../domain/holdings.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { HoldingsCatalog } from '../../ports/holdings.ts';

const NOTE = 'not-brought-here';
const Note = z.object({
  recentlyDeleted: z.number().optional(),
  smartAlbums: z.array(z.string()).default([]),
  sharedAlbums: z.array(z.string()).optional(),
});

/** Columns whose sums are counts of items (photos.md §6.2). */
const SUMS: Readonly<Partial<Record<HoldingKind, string>>> = {
  panoramas: 'subtype = 1',
  screenshots: 'subtype = 3',
  'slow motion': 'subtype = 101',
  'time lapses': 'subtype = 102',
  'screen recordings': 'subtype = 103',
  'burst frames': 'burst IS NOT NULL',
  favourites: 'favorite = 1',
  hidden: 'hidden = 1',
  'in the shared library': 'is_shared = 1',
};
const RENDITIONS: Readonly<Record<string, HoldingKind>> = {
  'live-video': 'live photos',
  alternative: 'RAW and JPEG pairs',
  edited: 'edited',
  sidecar: 'with a sidecar file',
};

/** The library counted by what its items are. */
export function holdingsQueries(database: DatabaseSync, accountId: number, memo: Pick<Catalog, 'memo' | 'setMemo'>): HoldingsCatalog {
  const listed = 'asset.gone_at IS NULL AND zone.left_at IS NULL AND zone.account_id = ?';
  const sums = Object.values(SUMS).map((sum, index) => `count(*) FILTER (WHERE ${sum}) AS s${index}`);
  const items = database.prepare(`
    SELECT ${sums.join(', ')}, count(DISTINCT burst) AS bursts FROM (
      SELECT details ->> '$.subtype' AS subtype, details ->> '$.burstId' AS burst, favorite, hidden, zone.name != '${PERSONAL_ZONE}' AS is_shared
      FROM asset JOIN zone ON zone.id = asset.zone_id WHERE ${listed})`);
  const kinds = database.prepare(`
    SELECT kind, count(*) AS n FROM rendition JOIN asset ON asset.id = rendition.asset_id JOIN zone ON zone.id = asset.zone_id WHERE ${listed} GROUP BY kind ORDER BY kind`);
  const types = database.prepare(`
    SELECT uti, count(*) AS n FROM rendition JOIN asset ON asset.id = rendition.asset_id JOIN zone ON zone.id = asset.zone_id
    WHERE ${listed} AND kind = 'original' GROUP BY uti`);
  const noted = () => Note.parse(JSON.parse(memo.memo(NOTE) ?? '{}'));
  return {
    holdings() {
      const row = items.get(accountId) as Record<string, number>;
      const byKind = kinds.all(accountId) as { kind: string; n: number }[];
      const counts: Record<string, number> = { bursts: row.bursts ?? 0, photos: 0, films: 0, 'other files': 0 };
      for (const [index, name] of Object.keys(SUMS).entries()) counts[name] = row[`s${index}`] ?? 0;
      for (const [kind, name] of Object.entries(RENDITIONS)) counts[name] = byKind.find((found) => found.kind === kind)?.n ?? 0;
      for (const { uti, n } of types.all(accountId) as { uti: string | null; n: number }[]) {
        const kind = mediaKind(uti ?? undefined);
        const name = kind === 'image' ? 'photos' : kind === 'video' ? 'films' : 'other files';
        counts[name] = (counts[name] ?? 0) + n;
      }
      const { recentlyDeleted, smartAlbums, sharedAlbums } = noted();
      return {
        items: counts as Record<HoldingKind, number>,
        unknownKinds: byKind
          .filter(({ kind }) => kind.startsWith('other:'))
          .map(({ kind, n }) => ({ kind: kind.slice('other:'.length), files: n })),
        recentlyDeleted,
        smartAlbums,
        sharedAlbums,
      };
    },
    noteNotBrought: (seen) => memo.setMemo(NOTE, JSON.stringify({ ...noted(), ...seen })),
  };
}
