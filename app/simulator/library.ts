import { type AssetNames, growAlbums } from './library/album-tree.ts';
import { plainRecipe, type RecipeContext, recipeFor, SPECIAL_RECIPES } from './library/asset-recipes.ts';
import { Bulk } from './library/bulk/bulk.ts';
import type { AssetSpec } from './library/make-asset.ts';
import { isNamed, openMuseum } from './library/museum/museum.ts';
import { Library, type PageOrder, PRIMARY, type SharedLibraryRole } from './library/photo-library.ts';
import { type SeededRandom, seededRandom } from './library/seeded-random.ts';

export { fileChecksum } from './library/apple-checksum.ts';
export { EXHIBITS, exhibitName } from './library/museum/museum.ts';
export { Library, type PageOrder, type SharedLibraryRole } from './library/photo-library.ts';

export interface LibrarySpec {
  /** Items in PrimarySync, hidden and recently deleted ones included; a shared library holds about a tenth more. */
  readonly assets: number;
  /** The same seed gives the same library, byte for byte. */
  readonly seed: number;
  /** 'real': viewable JPEG and PNG files, for demos below about 500 items; 'bytes' (default): cheap bytes that look right to a sniffer. */
  readonly photos?: 'bytes' | 'real';
  /** Mean size of an original in bytes, for 'bytes'; default 20,000. */
  readonly meanBytes?: number;
  /** Default: about one for 40 items. */
  readonly albums?: number;
  /**
   * 'everything' (default) holds each oddity of the protocol page; 'plain' is visible JPEG, HEIC and MOV files in one zone;
   * 'museum' has one of every kind and every trap for names, each with a name of its own, and `assets` plain items besides.
   */
  readonly mix?: 'plain' | 'everything' | 'museum';
  readonly order?: PageOrder;
  /** Default 'owner' with 'everything', 'none' with 'plain'. */
  readonly sharedLibraryRole?: SharedLibraryRole;
  /**
   * 'bulk': items are made when somebody looks at them, so that a million start in a second; ordinary ones, with the list of
   * oddities before them. 'records' (default below 20,000 items): all are there from the start.
   */
  readonly store?: 'records' | 'bulk';
}

const BULK_FROM = 20_000;
/** More albums, or more members, are objects in memory: only on request. */
const BULK_ALBUMS = 200;
const BULK_MEMBERS = 300;

/** All generated dates hang on this day, so that a seed means the same next year. */
const GENERATED_AT = Date.UTC(2026, 5, 1, 12);
const FIRST_PHOTO = Date.UTC(2012, 8, 21, 9);

export async function generateLibrary(spec: LibrarySpec): Promise<Library> {
  if (spec.mix === 'museum') return museum(spec);
  const everything = spec.mix !== 'plain';
  const library = new Library(spec.seed, () => GENERATED_AT);
  library.order = spec.order ?? 'masters-first';
  library.sharedLibraryRole = spec.sharedLibraryRole ?? (everything ? 'owner' : 'none');
  const random = seededRandom(`library ${spec.seed}`);
  const assets = await addAssets(library, PRIMARY, spec.assets, spec);
  let shared: AssetNames = { length: 0, at: () => undefined };
  if (everything) {
    const name = `SharedSync-${random.uuid()}`;
    library.addZone(name, true);
    library.addZone(`SharedCollection-${random.uuid()}`, false);
    library.addZone(`CMM-${random.uuid()}`, false);
    shared = await addAssets(library, name, Math.max(1, Math.round(spec.assets / 10)), spec);
  }
  const albums = spec.albums ?? (everything ? Math.max(Math.min(5, spec.assets), usualAlbums(spec)) : usualAlbums(spec));
  const mostMembers = isBulk(spec) ? BULK_MEMBERS : Number.POSITIVE_INFINITY;
  growAlbums(library, random, { albums: spec.assets === 0 ? 0 : albums, everything, assets, sharedAsset: shared.at(0), mostMembers });
  library.now = Date.now;
  return library;
}

const isBulk = ({ assets, store, photos }: LibrarySpec) =>
  photos !== 'real' && (store ?? (assets >= BULK_FROM ? 'bulk' : 'records')) === 'bulk';
const usualAlbums = (spec: LibrarySpec) => Math.min(Math.round(spec.assets / 40), isBulk(spec) ? BULK_ALBUMS : Number.POSITIVE_INFINITY);

/** The oddities as records, everything else below them. */
/** Always the same exhibits, whatever the seed; without real pictures their bytes are made up, previews can be looked at anyway. */
async function museum(spec: LibrarySpec): Promise<Library> {
  const library = new Library(spec.seed, () => GENERATED_AT);
  library.order = spec.order ?? 'masters-first';
  library.sharedLibraryRole = spec.sharedLibraryRole ?? 'owner';
  const photos = spec.photos === 'real' ? await import('./library/real-photos.ts') : undefined;
  let hue = 0;
  await openMuseum(library, async (asset, title) => {
    hue = (hue + 47) % 360;
    return photos === undefined ? asset : photos.withSmallPhoto(asset, title, hue, !isNamed(asset));
  });
  await addAssets(library, PRIMARY, spec.assets, { ...spec, mix: 'plain' });
  library.now = Date.now;
  return library;
}

async function addAssets(library: Library, zone: string, count: number, spec: LibrarySpec): Promise<AssetNames> {
  if (!isBulk(spec)) return addRecords(library, zone, count, spec);
  const odd = spec.mix === 'plain' || zone !== PRIMARY ? 0 : Math.min(SPECIAL_RECIPES, count);
  const own = await addRecords(library, zone, odd, spec);
  const bulk = new Bulk({
    zone,
    seed: spec.seed,
    length: count - odd,
    meanBytes: spec.meanBytes ?? 20_000,
    mix: spec.mix === 'plain' ? 'plain' : 'everything',
    firstMs: FIRST_PHOTO,
    lastMs: GENERATED_AT,
  });
  library.zone(zone).layBelow(bulk);
  return { length: count, at: (index) => (index < odd ? own.at(index) : bulk.assetName(index - odd)) };
}

async function addRecords(library: Library, zone: string, count: number, spec: LibrarySpec): Promise<AssetNames> {
  const names: string[] = [];
  // sharp is loaded only where it is needed: it is a development package.
  const realPhotos = spec.photos === 'real' ? await import('./library/real-photos.ts') : undefined;
  let previous: RecipeContext['previous'];
  for (let i = 0; i < count; i++) {
    const random = seededRandom(`${spec.seed} ${zone === PRIMARY ? 'own' : 'shared'} ${i}`);
    const captureMs = Math.floor(FIRST_PHOTO + ((GENERATED_AT - FIRST_PHOTO) * (i + random.next())) / Math.max(1, count));
    const context = contextFor(i, random, captureMs, previous, spec);
    // The list of oddities is walked in the personal library only: the shared one is mostly ordinary pictures.
    const recipe = spec.mix === 'plain' ? plainRecipe(i) : recipeFor(zone === PRIMARY ? i : i + 1_000_000, random);
    const asset = withDates(recipe(context), captureMs, random, zone);
    const ready = realPhotos === undefined ? asset : await realPhotos.withRealPhoto(asset, random.int(360));
    const recordName = library.addAsset(ready);
    names.push(recordName);
    if (typeof ready.filename === 'string') previous = { recordName, filename: ready.filename, captureMs };
  }
  return names;
}

function contextFor(
  index: number,
  random: SeededRandom,
  captureMs: number,
  previous: RecipeContext['previous'],
  spec: LibrarySpec,
): RecipeContext {
  const mean = spec.meanBytes ?? 20_000;
  const number = spec.mix === 'plain' ? index + 1 : (index % 400) + 1;
  return {
    random,
    // Between half and one and a half times the mean: enough spread to notice a mixed-up size, no surprise in the sum.
    size: (factor = 1) => Math.max(256, Math.floor(mean * factor * (0.5 + random.next()))),
    number: String(number).padStart(4, '0'),
    captureMs,
    previous,
    burstId: seededRandom(`burst ${spec.seed} ${Math.floor(index / 20)}`).uuid(),
  };
}

/** Fills in what the recipe left open. A duplicate needs something to duplicate. */
function withDates(asset: AssetSpec, captureMs: number, random: SeededRandom, zone: string): AssetSpec {
  const { duplicateOf, ...rest } = asset;
  return {
    captureMs,
    addedMs: captureMs + 1000 + random.int(60_000),
    timeZoneOffsetS: random.chance(0.2) ? -25_200 : 7200,
    favorite: random.chance(0.06),
    zone,
    ...rest,
    ...(duplicateOf === undefined || duplicateOf === '' ? {} : { duplicateOf }),
  };
}
