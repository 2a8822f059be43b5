import sharp from 'sharp';
import { fileTypeOf } from './file-types.ts';
import type { AssetSpec } from './make-asset.ts';

interface Frame {
  readonly width: number;
  readonly height: number;
}
const DEMO: Frame = { width: 1600, height: 1200 };
const MUSEUM: Frame = { width: 640, height: 480 };
const escapeXml = (text: string) =>
  text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd]|[\u007f-\u009f]/gu, ' ');

function drawing(title: string, when: string, hue: number, { width, height }: Frame): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1600 1200">
    <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="hsl(${hue},65%,60%)"/><stop offset="1" stop-color="hsl(${(hue + 70) % 360},70%,28%)"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/>
    <circle cx="${300 + hue * 2.6}" cy="${260 + (hue % 90) * 3}" r="150" fill="white" fill-opacity="0.25"/>
    <g font-family="DejaVu Sans, Helvetica, sans-serif" fill="white" text-anchor="middle">
      <text x="800" y="640" font-size="72">${escapeXml(title)}</text><text x="800" y="740" font-size="44">${escapeXml(when)}</text>
    </g></svg>`);
}

const exifTime = (ms: number, offsetS: number) =>
  new Date(ms + offsetS * 1000).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');

type Format = 'jpeg' | 'png' | 'tiff' | 'gif' | 'webp';
/** What sharp can write, by UTI. */
const FORMATS: Readonly<Record<string, Format>> = {
  'public.jpeg': 'jpeg',
  'public.png': 'png',
  'public.tiff': 'tiff',
  'com.compuserve.gif': 'gif',
  'org.webmproject.webp': 'webp',
};

/** Years that a date in a picture can have; the others are traps for whoever reads the record. */
const isOrdinary = (ms: number) => ms > Date.UTC(1800, 0, 1) && ms < Date.UTC(2200, 0, 1);

async function render(title: string, spec: AssetSpec, hue: number, frame: Frame, format: Format = 'jpeg'): Promise<Buffer> {
  const captureMs = typeof spec.captureMs === 'number' && isOrdinary(spec.captureMs) ? spec.captureMs : undefined;
  const when = captureMs === undefined ? 'no date' : new Date(captureMs).toISOString().slice(0, 10);
  const picture = sharp(drawing(title, when, hue, frame));
  if (format !== 'jpeg') return picture.toFormat(format).toBuffer();
  const exif = captureMs === undefined ? {} : { DateTimeOriginal: exifTime(captureMs, spec.timeZoneOffsetS ?? 0) };
  return picture
    .jpeg({ quality: 78 })
    .withExif({ IFD0: { Make: 'Apple', Model: 'Simulated iPhone' }, IFD2: exif })
    .toBuffer();
}

const smaller = (picture: Buffer, width: number) => sharp(picture).resize({ width }).jpeg({ quality: 70 }).toBuffer();

/**
 * Gives an asset viewable bytes. sharp writes no HEIC, so HEIC items become JPEG; films and RAW files keep
 * made-up bytes and get a real poster picture.
 */
export async function withRealPhoto(spec: AssetSpec, hue: number): Promise<AssetSpec> {
  const asJpeg = spec.uti === 'public.heic';
  const uti = asJpeg ? 'public.jpeg' : (spec.uti ?? 'public.jpeg');
  const filename = asJpeg && typeof spec.filename === 'string' ? spec.filename.replace(/\.HEIC$/, '.JPG') : spec.filename;
  const title = typeof filename === 'string' ? filename.slice(0, 34) : 'a photo without a name';
  const isFilm = fileTypeOf(uti).media === 'video';
  const edited = spec.edited === undefined || isFilm ? {} : { edited: { ...spec.edited, uti: 'public.jpeg' } };
  return painted({ ...spec, ...edited, uti, ...(filename === undefined ? {} : { filename }) }, title, hue, DEMO);
}

/** The same for the museum: smaller, types stay as they are, and only pictures of a type that can be written get real bytes. */
export function withSmallPhoto(spec: AssetSpec, title: string, hue: number, keepBytes: boolean): Promise<AssetSpec> {
  return painted(spec, title, hue, MUSEUM, keepBytes);
}

async function painted(spec: AssetSpec, title: string, hue: number, frame: Frame, keepBytes = false): Promise<AssetSpec> {
  const uti = spec.uti ?? 'public.jpeg';
  const format = keepBytes ? undefined : FORMATS[uti];
  const picture = await render(title, spec, hue, frame, format);
  const isFilm = fileTypeOf(uti).media === 'video';
  const editedFormat = FORMATS[spec.edited?.uti ?? 'public.jpeg'];
  const editedPicture =
    spec.edited === undefined || isFilm ? undefined : await render(`${title} (edited)`, spec, (hue + 140) % 360, frame, editedFormat);
  const shown = editedPicture ?? picture;
  return {
    ...frame,
    ...spec,
    ...(format === undefined ? {} : { ...frame, bytes: picture }),
    ...(spec.alternativeUti === 'public.jpeg' ? { alternativeBytes: await render(`${title} (pair)`, spec, hue, frame) } : {}),
    ...(spec.edited === undefined || editedPicture === undefined || editedFormat === undefined
      ? {}
      : { edited: { ...spec.edited, bytes: editedPicture } }),
    thumb: await smaller(shown, Math.min(360, frame.width / 2)),
    medium: await smaller(shown, Math.min(1024, frame.width)),
    large: shown === picture && format !== undefined && format !== 'jpeg' ? await smaller(shown, frame.width) : shown,
  };
}
