import { DAY, type Exhibit, HEIC, MOV, SECOND } from './exhibit.ts';

type Name = readonly [id: string, what: string, filename: string | Buffer | null, more?: Exhibit['spec']];

const NAMES: readonly Name[] = [
  ['plain', 'the common case', 'IMG_0412.HEIC', { uti: HEIC }],
  ['jpeg spelling', 'another spelling of the same extension', 'Holiday.JPEG'],
  ['lower case', 'lower case', 'photo.jpg'],
  ['missing', 'filenameEnc is missing', null],
  ['missing heic', 'filenameEnc is missing, HEIC', null, { uti: HEIC, size: 3100 }],
  ['empty', 'an empty name', '', { size: 3200 }],
  ['as string', 'the name unencoded', 'Plain text name.JPG', { filenameAs: 'string' }],
  ['untyped', 'the name without a type', 'Untyped name.JPG', { filenameAs: 'untyped' }],
  ['broken', 'bad base64', 'IMG_0413.JPG', { filenameAs: 'broken' }],
  ['not utf-8', 'bytes that are not UTF-8', Buffer.from('b\xe4d latin1.jpg', 'latin1')],
  ['slash', 'a path separator', 'Rom/Via Appia 12.jpg'],
  ['climbing', 'climbs out of the folder', '../../etc/passwd.jpg'],
  ['backslash', 'a Windows path', 'C:\\fakepath\\IMG_1.JPG'],
  ['nul', 'a zero byte', 'a\0b.jpg'],
  ['reserved signs', 'all signs that SMB refuses', 'What? "a" <b> x*y|z:10.jpg'],
  ['controls', 'control characters', 'tab\there\u0085new\u007f.png', { uti: 'public.png' }],
  ['newline', 'a line feed', 'line\nfeed.jpg'],
  ['screenshot space', 'U+202F before PM', 'Screenshot 2024-05-17 at 9.04.33\u202fPM.png', { uti: 'public.png', subtypeV2: 3 }],
  ['screenshot plain', 'the same with a plain space', 'Screenshot 2024-05-17 at 9.04.33 PM.png', { uti: 'public.png', subtypeV2: 3 }],
  ['wide spaces', 'other spaces', 'a\u00a0b\u3000c.jpg'],
  ['nfd', 'decomposed', 'Mu\u0308nchen.jpg'],
  ['nfc', 'the same composed', 'M\u00fcnchen.jpg'],
  ['hangul', 'decomposed Hangul', '\u1112\u1161\u11ab\u1100\u1173\u11af.heic', { uti: HEIC }],
  ['cjk', 'Chinese', '中文名字.JPG'],
  ['emoji', 'a family in one sign', '👨\u200d👩\u200d👧.jpg'],
  ['flag', 'a flag', '🇩🇪 Reise.jpg'],
  ['right to left', 'Hebrew', 'שלום.jpg'],
  ['override', 'a disguised type', 'photo\u202egpj.exe.jpg'],
  ['invisible', 'invisible characters', 'a\u200bb\u2060c\ufeff.jpg'],
  ['leading dot', 'hidden on Unix', '.hidden.jpg'],
  ['dots only', 'nothing but dots', '...', { size: 3300 }],
  ['only extension', 'nothing but an extension', '.jpg', { size: 3400 }],
  ['blanks around', 'blanks in front and behind', '  beach .jpg '],
  ['trailing dot', 'a dot before the extension', 'end..jpg'],
  ['ends in dot', 'ends in a dot', 'Misc.'],
  ['device', 'a DOS device', 'CON.jpg'],
  ['device with more', 'a device up to the first dot', 'nul.2024.jpg'],
  ['device superscript', 'a device with a superscript', 'COM¹.jpg'],
  ['no device', 'not a device', 'CONSOLE.jpg'],
  ['no extension', 'without extension', 'Untitled', { uti: HEIC }],
  ['dot in the middle', 'no extension behind the dot', 'v1.2 final'],
  ['two extensions', 'two extensions', 'scan.tif.jpg'],
  ['underscores', 'two underscores in front', '__MACOSX photo.jpg'],
  ['long', '300 letters', `${'a'.repeat(300)}.jpg`],
  ['long umlauts', '255 bytes of umlauts', `${'ü'.repeat(125)}x.jpg`],
  ['long emoji', 'families beyond every limit', `${'👨\u200d👩\u200d👧'.repeat(20)}.heic`, { uti: HEIC }],
  ['long cjk', '90 Chinese characters', `${'語'.repeat(90)}.jpg`],
  ['long cjk again', 'the same 90 characters', `${'語'.repeat(90)}.jpg`],
  ['case upper', 'case twins', 'Twins.JPG'],
  ['case lower', 'case twins', 'twins.jpg'],
  ['sharp s', 'equal after folding', 'straße.jpg'],
  ['double s', 'equal after folding', 'STRASSE.jpg'],
  ['full width', 'full-width letters', 'ＩＭＧ.jpg'],
  ['ascii width', 'the same in ASCII', 'IMG.jpg'],
  ['other type', 'same base, a film', 'IMG_0412.MOV', { uti: MOV }],
  ['looks edited', 'named like an edit of another', 'IMG_0412-edited.JPG'],
];

/** Same name in the same second, three times. */
const SAME_SECOND: readonly Exhibit[] = [0, 300, 300].map((ms, i) => ({
  id: `same second ${i + 1}`,
  what: 'the same name within one second',
  spec: { filename: 'IMG_0001.JPG', captureMs: DAY + 5_400_000 + ms, size: 3000 + i },
  albums: ['Same name', 'Mixed'],
}));

const ZONES: readonly Exhibit['spec'][] = [
  { filename: 'Nepal.JPG', timeZoneOffsetS: 20_700, timeZoneName: 'Asia/Kathmandu' },
  { filename: 'California before midnight.JPG', captureMs: Date.UTC(2024, 4, 18, 6, 30), timeZoneOffsetS: -25_200 },
  { filename: 'Zone by name only.JPG', timeZoneOffsetS: null, timeZoneName: 'Asia/Tokyo', captureMs: Date.UTC(2024, 4, 16, 15, 30) },
  { filename: 'No zone.JPG', timeZoneOffsetS: null },
  { filename: 'Absurd zone.JPG', timeZoneOffsetS: 999_999 },
];
const DATES: readonly (readonly [what: string, captureMs: number | null, filename: string])[] = [
  ['no capture date', null, 'No date.JPG'],
  ['a date that means "not set"', -62_135_769_600_000, 'Not set.JPG'],
  ['before 1970', Date.UTC(1961, 3, 12, 6, 7), 'Grandmother.JPG'],
  ['before 1901, which ext4 cannot store', Date.UTC(1888, 0, 1), 'Daguerreotype.JPG'],
  ["the Mac's first day", Date.UTC(1904, 0, 1), 'Mac zero.JPG'],
  ["Unix' first second", 0, 'Unix zero.JPG'],
  ['far in the future', Date.UTC(9999, 11, 31, 23, 59, 59), 'Year 9999.JPG'],
  ['the last minute of a year, elsewhere the next', Date.UTC(2023, 11, 31, 23, 30), 'New Year.JPG'],
];

const PLACE = { latitude: 53.705_02, longitude: 7.142_13, altitude: 4.12 };
const ABOUT: readonly (readonly [id: string, spec: Exhibit['spec']])[] = [
  ['title', { filename: 'Title.HEIC', caption: 'Am Deich' }],
  ['caption', { filename: 'Caption.HEIC', description: 'Abendlicht & Wind <3 🌊\nzweite Zeile' }],
  ['keywords', { filename: 'Keywords.HEIC', keywords: ['Küste', 'Hund', 'a/b', 'x|y', '"quoted"'] }],
  ['no keywords', { filename: 'No keywords.HEIC', keywords: [] }],
  ['place', { filename: 'Place.HEIC', location: PLACE }],
  ['place as lng', { filename: 'Place lng.HEIC', location: PLACE, locationAs: 'bplist-lng' }],
  ['place as xml', { filename: 'Place XML.HEIC', location: PLACE, locationAs: 'xml' }],
  ['place v2', { filename: 'Place v2.HEIC', location: PLACE, locationAs: 'v2' }],
  ['place plain', { filename: 'Place plain.HEIC', location: PLACE, locationAs: 'plain' }],
  ['south and west', { filename: 'South west.HEIC', location: { latitude: -0.0001, longitude: -179.999_999, altitude: -412.5 } }],
  [
    'everything',
    {
      filename: 'Everything.HEIC',
      caption: 'Titel "mit" Zeichen',
      description: 'Beschreibung',
      keywords: ['eins', 'zwei'],
      location: PLACE,
      favorite: true,
      timeZoneName: 'Europe/Berlin',
      edited: { uti: 'public.jpeg' },
    },
  ],
  ['forbidden in xml', { filename: 'Forbidden.HEIC', caption: 'bell \u0007 and \ufffe', description: ']]> &amp;' }],
];

export const NAME_EXHIBITS: readonly Exhibit[] = [
  ...NAMES.map(([id, what, filename, more], i) => ({
    id: `name ${id}`,
    what: `name: ${what}`,
    spec: { filename, captureMs: DAY + i * 10 * SECOND, size: 2500, ...more },
  })),
  ...SAME_SECOND,
  ...ZONES.map((spec, i) => ({
    id: `zone ${i}`,
    what: `time zone: ${String(spec.filename)}`,
    spec: { captureMs: DAY + 7_200_000, size: 2600 + i, ...spec },
  })),
  ...DATES.map(([what, captureMs, filename], i) => ({
    id: `date ${i}`,
    what: `date: ${what}`,
    spec: { filename, captureMs, addedMs: DAY + i * 1000, timeZoneOffsetS: 0, size: 2700 + i },
  })),
  ...ABOUT.map(([id, spec], i) => ({
    id: `about ${id}`,
    what: `metadata: ${id}`,
    spec: { uti: HEIC, captureMs: DAY + 10_800_000 + i * 1000, size: 2800, ...spec },
    albums: ['About'],
  })),
];
