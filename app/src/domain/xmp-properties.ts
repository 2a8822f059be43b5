import type { Description } from './description.ts';

/** How a property is written: plain text, text in a language, unordered or ordered list, attribute of its block. */
export type XmpForm = 'text' | 'alt' | 'bag' | 'seq' | 'attribute';

export interface XmpProperty {
  readonly name: ManagedName;
  readonly values: readonly string[];
}

/** `ips` is ours for ever (docs/decisions): whoever reads it later must find the same words. */
export const XMP_NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  digiKam: 'http://www.digikam.org/ns/1.0/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  fstop: 'http://www.fstopapp.com/xmp/',
  ips: 'urn:uuid:6f2a7c1e-9d34-4b7e-8a55-3c0e5d1f7b92#',
} as const;

/** Every property that is ever written, in the order in which it appears (neighbours.md §1.2). */
export const MANAGED = {
  'fstop:favorite': 'attribute',
  'dc:title': 'alt',
  'dc:description': 'alt',
  'dc:subject': 'bag',
  'digiKam:TagsList': 'seq',
  'lr:hierarchicalSubject': 'bag',
  'exif:DateTimeOriginal': 'text',
  'photoshop:DateCreated': 'text',
  'xmp:CreateDate': 'text',
  'exif:GPSLatitude': 'text',
  'exif:GPSLongitude': 'text',
  'exif:GPSAltitudeRef': 'text',
  'exif:GPSAltitude': 'text',
  'xmp:Rating': 'text',
  'ips:Favorite': 'text',
  'ips:Hidden': 'text',
  'ips:Subtype': 'text',
  'ips:BurstId': 'text',
  'ips:ImportName': 'text',
  'ips:OffsetUnknown': 'text',
  'ips:AssetId': 'text',
} as const satisfies Record<string, XmpForm>;

export type ManagedName = keyof typeof MANAGED;
export const MANAGED_NAMES = Object.keys(MANAGED) as readonly ManagedName[];

export const isList = (name: ManagedName): boolean => MANAGED[name] === 'bag' || MANAGED[name] === 'seq';

/** What a sidecar shall say, in the words other programs read. */
export function xmpProperties(description: Description): XmpProperty[] {
  const { title, caption, keywords, albums, takenAt, altitude, favorite } = description;
  const one = (value: string | number | undefined) => (value === undefined ? [] : [String(value)]);
  const tags = (separator: string, stands: string) => {
    const level = (text: string) => text.trim().replaceAll(separator, stands) || 'Unnamed';
    return [...keywords.map(level), ...albums.map((path) => ['Albums', ...path].map(level).join(separator))];
  };
  const values: Readonly<Record<ManagedName, readonly string[]>> = {
    'fstop:favorite': favorite ? ['1'] : [],
    'dc:title': one(title),
    'dc:description': one(caption),
    'dc:subject': keywords,
    // The separator of each list may not stand in a name: a look-alike stands for it.
    'digiKam:TagsList': tags('/', '\u2044'),
    'lr:hierarchicalSubject': tags('|', '\u2223'),
    // Three times: each program looks at another one (neighbours.md §1.2).
    'exif:DateTimeOriginal': one(takenAt),
    'photoshop:DateCreated': one(takenAt),
    'xmp:CreateDate': one(takenAt),
    ...place(description),
    'exif:GPSAltitudeRef': altitude === undefined ? [] : [altitude < 0 ? '1' : '0'],
    'exif:GPSAltitude': altitude === undefined ? [] : [`${Math.round(Math.abs(altitude) * 100)}/100`],
    // No rating otherwise: 0 would mean "unrated by its owner".
    'xmp:Rating': favorite ? ['5'] : [],
    'ips:Favorite': [favorite ? 'True' : 'False'],
    'ips:Hidden': [description.hidden ? 'True' : 'False'],
    'ips:Subtype': one(description.subtype),
    'ips:BurstId': one(description.burstId),
    'ips:ImportName': one(description.importName),
    'ips:OffsetUnknown': description.offsetUnknown ? ['True'] : [],
    'ips:AssetId': [description.assetId],
  };
  return MANAGED_NAMES.map((name) => ({ name, values: [...new Set(values[name].map(allowedInXml).filter((text) => text !== ''))] })).filter(
    (property) => property.values.length > 0,
  );
}

function place({ latitude, longitude }: Description) {
  const known = latitude !== undefined && longitude !== undefined;
  return {
    'exif:GPSLatitude': known ? [degrees(latitude, 'N', 'S')] : [],
    'exif:GPSLongitude': known ? [degrees(longitude, 'E', 'W')] : [],
  };
}

/** `53,42.301200N`: degrees, decimal minutes, letter. Six decimals are two millimetres. */
function degrees(value: number, positive: string, negative: string): string {
  const micro = Math.round(Math.abs(value) * 60_000_000);
  const whole = Math.floor(micro / 60_000_000);
  return `${whole},${((micro - whole * 60_000_000) / 1_000_000).toFixed(6)}${value < 0 ? negative : positive}`;
}

/** XML 1.0 has no place for these, escaped or not: strict readers refuse the whole file. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function allowedInXml(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(FORBIDDEN, '').trim();
}
