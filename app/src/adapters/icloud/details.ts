import type { AssetDetails } from '../../domain/asset.ts';
import { plistValue } from './plist.ts';
import { numberValue, stringValue, textValue, type WireRecord } from './wire.ts';

/** What iCloud says of an item besides its files (photos.md §6, §9). What is missing or makes no sense is left out. */
export function detailsOf(asset: WireRecord, master: WireRecord): AssetDetails {
  const fields = asset.fields ?? {};
  const whole: AssetDetails = {
    title: wordsOf(textValue(fields.captionEnc)),
    caption: wordsOf(textValue(fields.extendedDescEnc)),
    keywords: keywordsOf(plistValue(fields.keywordsEnc)),
    ...placeOf(asset),
    subtype: positive(numberValue(fields.assetSubtypeV2)),
    burstId: stringValue(fields.burstId),
    durationMs: positive(numberValue(fields.duration)),
    width: positive(numberValue(master.fields?.resOriginalWidth)),
    height: positive(numberValue(master.fields?.resOriginalHeight)),
    timeZone: wordsOf(textValue(fields.timeZoneNameEnc)),
    adjustmentType: stringValue(fields.adjustmentType),
  };
  // Written as JSON for every item of a library: what is not known takes no room.
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
}

type Place = Pick<AssetDetails, 'latitude' | 'longitude' | 'altitude'>;

/** The old field, its successor, then plain numbers: the first that names a point on earth (photos.md §9.3). */
function placeOf({ fields = {} }: WireRecord): Place {
  const plain = { lat: numberValue(fields.locationLatitude), lon: numberValue(fields.locationLongitude) };
  for (const found of [plistValue(fields.locationEnc), plistValue(fields.locationV2Enc), plain]) {
    if (typeof found !== 'object' || found === null) continue;
    const { lat, lon, lng, alt } = found as Record<string, unknown>;
    const [latitude, longitude] = [within(lat, 90), within(lon ?? lng, 180)];
    if (latitude === undefined || longitude === undefined) continue;
    return { latitude, longitude, altitude: within(alt, HIGHEST_M) };
  }
  return {};
}

/** Aircraft included; beyond it stands Apple's "not known". */
const HIGHEST_M = 100_000;

/** -180 as a latitude is Apple's "no place". */
function within(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= most ? value : undefined;
}

function keywordsOf(list: unknown): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const words = new Set(list.map((word) => (typeof word === 'string' ? wordsOf(word) : undefined)).filter((word) => word !== undefined));
  return words.size > 0 ? [...words] : undefined;
}

function wordsOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
