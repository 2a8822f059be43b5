import type { AssetState } from '../library/record-states.ts';
import { binaryPlist, type PlistValue } from './binary-plist.ts';
import type { FieldSet } from './field-set.ts';

const encoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'utf8').toString('base64'));

/** What the owner wrote, and where it was (photos.md §9). */
export function putDescription(set: FieldSet, asset: AssetState): void {
  const { caption, description, keywords } = asset.about;
  set.secret('captionEnc', encoded(caption));
  set.secret('extendedDescEnc', encoded(description));
  if (keywords !== undefined && set.wants('keywordsEnc')) set.secret('keywordsEnc', binaryPlist(keywords).toString('base64'));
  putLocation(set, asset);
}

function putLocation(set: FieldSet, asset: AssetState): void {
  const { location, locationAs = 'bplist' } = asset.about;
  if (location === undefined) return;
  const { latitude: lat, longitude, altitude: alt = 35 } = location;
  if (locationAs === 'plain') {
    set.put('locationLatitude', 'DOUBLE', lat);
    set.put('locationLongitude', 'DOUBLE', longitude);
    return;
  }
  const field = locationAs === 'v2' ? 'locationV2Enc' : 'locationEnc';
  if (!set.wants(field)) return;
  const timestamp = new Date(asset.captureMs ?? asset.addedMs);
  // One client looks for `lng`; recordings have `lon`.
  const east = locationAs === 'bplist-lng' ? { lng: longitude } : { lon: longitude };
  const values = { alt, course: 0, horzAcc: 5, lat, ...east, speed: 0, timestamp, vertAcc: 3 };
  set.secret(field, (locationAs === 'xml' ? Buffer.from(xmlPlist(values)) : binaryPlist(values)).toString('base64'));
}

/** Old items are said to have this form (photos.md §9.3). */
function xmlPlist(values: Readonly<Record<string, PlistValue>>): string {
  const entries = Object.entries(values).map(([key, value]) => {
    const inner = value instanceof Date ? `<date>${value.toISOString().slice(0, 19)}Z</date>` : `<real>${String(value)}</real>`;
    return `\t<key>${key}</key>\n\t${inner}\n`;
  });
  const type = '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${type}\n<plist version="1.0">\n<dict>\n${entries.join('')}</dict>\n</plist>\n`;
}
