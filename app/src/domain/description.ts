import type { Asset, AssetDetails } from './asset.ts';
import { usableDateMs, usableOffsetS } from './library-path.ts';

/** What is told of a picture or film outside of its file, in the owner's words. */
export interface Description {
  /** `zone/record name`: the same for ever. */
  readonly assetId: string;
  readonly importName: string | undefined;
  readonly title: string | undefined;
  readonly caption: string | undefined;
  readonly keywords: readonly string[];
  /** Each from the outermost folder down to the album. */
  readonly albums: readonly (readonly string[])[];
  /** ISO 8601 with the offset of the place; undefined when iCloud knows no sensible date. */
  readonly takenAt: string | undefined;
  /** Nobody knows how far from UTC the place was; `takenAt` is in UTC then. */
  readonly offsetUnknown: boolean;
  /** Degrees; south and west are negative. */
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  /** Metres. */
  readonly altitude: number | undefined;
  readonly favorite: boolean;
  readonly hidden: boolean;
  readonly subtype: string | undefined;
  readonly burstId: string | undefined;
}

/** Names of photos.md §6.2; a number that is not among them is shown as it is. */
const SUBTYPES: Readonly<Record<number, string>> = {
  1: 'panorama',
  2: 'live',
  3: 'screenshot',
  101: 'slow-motion',
  102: 'time-lapse',
  103: 'screen-recording',
};

export function describe(asset: Asset, details: AssetDetails, albums: readonly (readonly string[])[]): Description {
  const takenMs = usableDateMs(asset.captureMs);
  const offsetS = usableOffsetS(asset.offsetS);
  return {
    assetId: `${asset.zone}/${asset.id}`,
    importName: asset.filename,
    title: details.title,
    caption: details.caption,
    keywords: details.keywords ?? [],
    albums: albums.toSorted(byPath),
    takenAt: takenMs === undefined ? undefined : isoWithOffset(takenMs, offsetS ?? 0),
    offsetUnknown: takenMs !== undefined && offsetS === undefined,
    latitude: details.latitude,
    longitude: details.longitude,
    altitude: details.altitude,
    favorite: asset.favorite,
    hidden: asset.hidden,
    subtype: details.subtype === undefined ? undefined : (SUBTYPES[details.subtype] ?? String(details.subtype)),
    burstId: details.burstId,
  };
}

/** The same albums give the same text, in whatever order they were read. */
function byPath(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join('\0'), b.join('\0')];
  return left < right ? -1 : Number(left > right);
}

/** `2024-05-17T21:04:33.120+02:00`. Offsets with seconds (before 1900) are cut to the minute, which the format allows. */
function isoWithOffset(ms: number, offsetS: number): string {
  const minutes = Math.trunc(offsetS / 60);
  const there = new Date(ms + minutes * 60_000)
    .toISOString()
    .replace(/\.000Z$/, 'Z')
    .slice(0, -1);
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${there}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
