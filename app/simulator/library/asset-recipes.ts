import type { AssetSpec } from './make-asset.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a recipe may look at: its own random numbers and the sizes of the library. */
export interface RecipeContext {
  readonly random: SeededRandom;
  /** A size in bytes around the library's mean. */
  size(factor?: number): number;
  /** Camera number of this item, 1 to 400: names repeat, as they do over the years. */
  readonly number: string;
  readonly captureMs: number;
  /** Record name and capture time of the item before, in the same zone. */
  readonly previous: { readonly recordName: string; readonly filename: string; readonly captureMs: number } | undefined;
  readonly burstId: string;
}
type Recipe = (context: RecipeContext) => AssetSpec;

const DAY_MS = 86_400_000;
const HEIC = 'public.heic';
const MOV = 'com.apple.quicktime-movie';
interface Place {
  readonly latitude: number;
  readonly longitude: number;
}
const PLACES: readonly [Place, ...Place[]] = [
  { latitude: 52.5163, longitude: 13.3777 },
  { latitude: 48.8584, longitude: 2.2945 },
  { latitude: -33.8568, longitude: 151.2153 },
];

const jpeg: Recipe = ({ number, size }) => ({ filename: `IMG_${number}.JPG`, size: size() });
const heic: Recipe = ({ number, size, random }) => ({
  filename: `IMG_${number}.HEIC`,
  uti: HEIC,
  size: size(),
  location: random.pick(PLACES),
});
const livePhoto: Recipe = ({ number, size }) => ({ filename: `IMG_${number}.HEIC`, uti: HEIC, size: size(), liveVideoSize: size(1.5) });
const movie: Recipe = ({ number, size, random }) => ({
  filename: `IMG_${number}.MOV`,
  uti: MOV,
  size: size(4),
  durationMs: 1950 + random.int(60_000),
});
const mp4: Recipe = ({ number, size }) => ({ filename: `VID_${number}.MP4`, uti: 'public.mpeg-4', size: size(3) });
const screenshot: Recipe = ({ random, size }) => ({
  filename: `Screenshot 2024-03-0${1 + random.int(9)} at 4.1${random.int(10)}.22\u202fPM.png`, // Apple puts a narrow no-break space before PM
  uti: 'public.png',
  size: size(0.5),
  subtypeV2: 3,
});
const edited: Recipe = (context) => ({ ...jpeg(context), edited: { uti: HEIC, size: context.size(0.8) } });
const burstFrame =
  (flags: number): Recipe =>
  (context) => ({ ...jpeg(context), burst: { id: context.burstId, flags } });

/** Every oddity of photos.md at least once; a library walks through this list before it turns to chance. */
const SPECIALS: readonly Recipe[] = [
  jpeg,
  livePhoto,
  ({ random, size, previous, number, captureMs }) => ({
    // the same import name within one second: only the record name tells them apart
    filename: previous?.filename ?? `IMG_${number}.JPG`,
    uti: HEIC,
    size: size(),
    captureMs: (previous?.captureMs ?? captureMs) + random.int(900),
  }),
  ({ number, size }) => ({
    filename: `DSC_${number}.DNG`,
    uti: 'com.adobe.raw-image',
    size: size(2),
    alternativeUti: 'public.jpeg',
    alternativeSize: size(),
  }),
  (context) => ({ ...heic(context), edited: { uti: 'public.jpeg', size: context.size(0.8) }, favorite: true }),
  (context) => ({
    ...livePhoto(context),
    edited: { uti: HEIC, size: context.size(0.9), videoSize: context.size(1.4) },
    timeZoneOffsetS: -25_200,
  }),
  movie,
  screenshot,
  (context) => ({
    ...jpeg(context),
    duplicateOf: context.previous?.recordName ?? '',
    edited: { uti: 'public.jpeg', size: context.size(0.7) },
  }),
  (context) => ({ ...mp4(context), edited: { size: context.size(2), videoSize: context.size(2) } }),
  (context) => ({ ...jpeg(context), hidden: true }),
  (context) => ({ ...jpeg(context), deletedMs: context.captureMs + 5 * DAY_MS }),
  ({ number, size }) => ({
    filename: `DSC_${number}.JPG`,
    size: size(),
    alternativeUti: 'com.canon.cr2-raw-image',
    alternativeSize: size(2),
    timeZoneOffsetS: 20_700, // Nepal: not every zone is a whole hour
  }),
  (context) => ({ ...jpeg(context), sidecarSize: 900 }),
  (context) => ({ ...movie(context), slowMotion: true }),
  ({ number, size }) => ({ filename: `picture-${number}.xyz`, uti: 'com.example.unheard-of-picture', size: size() }),
  (context) => ({ ...jpeg(context), filename: null }),
  (context) => ({ ...jpeg(context), filenameAs: 'string' }),
  (context) => ({ ...jpeg(context), filename: `🎂 Geburtstag ${context.number}.JPG` }),
  (context) => ({ ...jpeg(context), filename: `家族写真_${context.number}.JPG`, timeZoneOffsetS: 32_400, timeZoneName: 'Asia/Tokyo' }),
  (context) => ({ ...jpeg(context), filename: `Ko\u0308ln Su\u0308d ${context.number}.JPG` }),
  (context) => ({ ...jpeg(context), filename: `Slide 3/4 ${context.number}.JPG` }),
  (context) => ({
    ...jpeg(context),
    filename: `Grandmother ${context.number}.JPG`,
    captureMs: Date.UTC(1961, 3, 12, 6, 7),
    timeZoneOffsetS: null,
  }),
  (context) => ({ ...jpeg(context), captureMs: null }),
  (context) => ({ ...heic(context), timeZoneOffsetS: null }),
  burstFrame(36),
  burstFrame(34),
  burstFrame(34),
  (context) => ({ ...heic(context), subtypeV2: 1, width: 12_000, height: 3200 }),
  (context) => ({ ...jpeg(context), withoutItemType: true }),
  (context) => ({ ...livePhoto(context), hidden: true }),
  (context) => ({ ...edited(context), deletedMs: context.captureMs + 9 * DAY_MS }),
  ({ number, size }) => ({ filename: `clip_${number}.gif`, uti: 'com.compuserve.gif', size: size() }),
  ({ number, size }) => ({ filename: `scan ${number}.tiff`, uti: 'public.tiff', size: size(2) }),
  ({ number, size }) => ({ filename: `DSC_${number}.NEF`, uti: 'com.nikon.raw-image', size: size(2) }),
  (context) => ({ ...heic(context), caption: 'Sunset over the lake', keywords: ['lake', 'été'], hdr: true }),
  (context) => ({ ...screenshot(context), edited: { type: 'ScreenshotServices', uti: 'public.png', size: context.size(0.4) } }),
  (context) => ({ ...jpeg(context), filename: `${'A very long name '.repeat(18)}${context.number}.JPG` }),
  (context) => ({ ...jpeg(context), filename: 'CON.jpg' }),
  (context) => ({ ...jpeg(context), filename: `what? "yes": <${context.number}>*.JPG` }),
  (context) => ({ ...jpeg(context), orientation: 6 }),
];

/** So many items it takes to have each oddity once. */
export const SPECIAL_RECIPES = SPECIALS.length;

/** Shares of an ordinary iPhone library. */
const ORDINARY: readonly (readonly [weight: number, recipe: Recipe])[] = [
  [30, heic],
  [18, livePhoto],
  [22, jpeg],
  [8, movie],
  [4, mp4],
  [6, screenshot],
  [6, edited],
];

/** The recipe for item number `index`: the list of oddities first, then mostly ordinary items with an oddity now and then. */
export function recipeFor(index: number, random: SeededRandom): Recipe {
  const special = index < SPECIALS.length ? SPECIALS[index] : random.chance(0.12) ? SPECIALS[random.int(SPECIALS.length)] : undefined;
  return special ?? ordinary(random);
}

function ordinary(random: SeededRandom): Recipe {
  const total = ORDINARY.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [weight, recipe] of ORDINARY) {
    left -= weight;
    if (left < 0) return recipe;
  }
  return jpeg;
}

/** JPEG, HEIC and films with names of their own: for tests that want to count and nothing else. */
export function plainRecipe(index: number): Recipe {
  return index % 5 === 3 ? movie : index % 2 === 0 ? jpeg : heic;
}
