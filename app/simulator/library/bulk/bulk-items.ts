import type { AssetSpec } from '../make-asset.ts';
import { fraction, mixed } from '../number-mixer.ts';
import { TRAIT } from '../traits.ts';

/** What the items of a large library have in common. */
export interface BulkSpec {
  readonly zone: string;
  readonly seed: number;
  readonly length: number;
  readonly meanBytes: number;
  readonly mix: 'plain' | 'everything';
  readonly firstMs: number;
  readonly lastMs: number;
}

type Kind = (index: number, spec: BulkSpec, size: (factor?: number) => number) => AssetSpec;

const DAY_MS = 86_400_000;
const HEIC = 'public.heic';
const PLACES = [
  { latitude: 52.5163, longitude: 13.3777 },
  { latitude: 48.8584, longitude: 2.2945 },
  { latitude: -33.8568, longitude: 151.2153 },
] as const;
const LENGTH_PURPOSE = 5;

const jpeg: Kind = (index, spec, size) => ({ filename: `IMG_${numberOf(index, spec)}.JPG`, size: size() });
const heic: Kind = (index, spec, size) => ({
  filename: `IMG_${numberOf(index, spec)}.HEIC`,
  uti: HEIC,
  size: size(),
  location: PLACES[index % PLACES.length] ?? PLACES[0],
});
const live: Kind = (index, spec, size) => ({ ...heic(index, spec, size), liveVideoSize: size(1.5) });
const movie: Kind = (index, spec, size) => ({
  filename: `IMG_${numberOf(index, spec)}.MOV`,
  uti: 'com.apple.quicktime-movie',
  size: size(4),
  durationMs: 1950 + (mixed(spec.seed, index, LENGTH_PURPOSE) % 60_000),
});
const screenshot: Kind = (index, spec, size) => ({
  filename: `IMG_${numberOf(index, spec)}.PNG`,
  uti: 'public.png',
  size: size(0.5),
  subtypeV2: 3,
});
const edited: Kind = (index, spec, size) => ({ ...heic(index, spec, size), edited: { uti: 'public.jpeg', size: size(0.8) } });
const editedLive: Kind = (index, spec, size) => ({
  ...live(index, spec, size),
  edited: { uti: HEIC, size: size(0.9), videoSize: size(1.4) },
});
const rawPair: Kind = (index, spec, size) => ({
  filename: `DSC_${numberOf(index, spec)}.DNG`,
  uti: 'com.adobe.raw-image',
  size: size(2),
  alternativeUti: 'public.jpeg',
  alternativeSize: size(),
});
const mp4: Kind = (index, spec, size) => ({ filename: `VID_${numberOf(index, spec)}.MP4`, uti: 'public.mpeg-4', size: size(3) });

/** Shares of an ordinary library in per mille, with the traits that each kind brings. */
const KINDS: readonly (readonly [perMille: number, traits: number, kind: Kind])[] = [
  [300, 0, heic],
  [180, TRAIT.live, live],
  [244, 0, jpeg],
  [80, TRAIT.video, movie],
  [40, TRAIT.video, mp4],
  [60, TRAIT.screenshot, screenshot],
  [60, 0, edited],
  [6, TRAIT.live, editedLive],
  [10, 0, rawPair],
  [10, TRAIT.hidden, jpeg],
  [10, TRAIT.deleted, heic],
];
const KIND_OF_MILLE = KINDS.flatMap(([perMille], kind) => Array.from({ length: perMille }, () => kind));
const PLAIN: Readonly<Record<'jpeg' | 'heic' | 'movie', number>> = { jpeg: 2, heic: 0, movie: 3 };

function numberOf(index: number, { mix }: BulkSpec): string {
  // Cameras count to 9999 and begin again; in a plain library each name is its own.
  return String(mix === 'plain' ? index + 1 : (index % 9999) + 1).padStart(4, '0');
}

function kindOf(index: number, { mix, seed }: BulkSpec): number {
  if (mix === 'plain') return index % 5 === 3 ? PLAIN.movie : index % 2 === 0 ? PLAIN.jpeg : PLAIN.heic;
  return KIND_OF_MILLE[mixed(seed, index, 1) % KIND_OF_MILLE.length] ?? 0;
}

/** Later than that of the item before: numbers are ranks. */
export function captureMsOf(index: number, { firstMs, lastMs, length, seed }: BulkSpec): number {
  const step = (lastMs - firstMs) / Math.max(1, length);
  return Math.floor(firstMs + step * (index + 0.9 * fraction(seed, index, 2)));
}

/** In Recently Deleted since then; in the order of the capture dates. */
export const deletedMsOf = (captureMs: number): number => captureMs + 3 * DAY_MS;

export function traitsOfItem(index: number, spec: BulkSpec): number {
  const [, traits] = KINDS[kindOf(index, spec)] ?? [0, 0];
  return traits | (fraction(spec.seed, index, 3) < 0.06 ? TRAIT.favorite : 0);
}

/** Item number `index`; the same for the same seed. */
export function specOfItem(index: number, spec: BulkSpec): AssetSpec {
  const [, , kind] = KINDS[kindOf(index, spec)] ?? [0, 0, jpeg];
  let purpose = 10;
  const size = (factor = 1) => {
    purpose += 1;
    return Math.max(256, Math.floor(spec.meanBytes * factor * (0.5 + fraction(spec.seed, index, purpose))));
  };
  const traits = traitsOfItem(index, spec);
  const captureMs = captureMsOf(index, spec);
  return {
    captureMs,
    addedMs: captureMs + 5000,
    timeZoneOffsetS: mixed(spec.seed, index, 4) % 5 === 0 ? -25_200 : 7200,
    favorite: (traits & TRAIT.favorite) !== 0,
    zone: spec.zone,
    ...kind(index, spec, size),
    ...((traits & TRAIT.hidden) === 0 ? {} : { hidden: true }),
    ...((traits & TRAIT.deleted) === 0 ? {} : { deletedMs: deletedMsOf(captureMs) }),
  };
}
