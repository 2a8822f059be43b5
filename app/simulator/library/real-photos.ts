import sharp from 'sharp';
import { fileTypeOf } from './file-types.ts';
import type { AssetSpec } from './make-asset.ts';

const WIDTH = 1600;
const HEIGHT = 1200;
const escapeXml = (text: string) => text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawing(title: string, when: string, hue: number): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
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

/** What sharp can write, by UTI. */
const FORMATS: Readonly<Record<string, 'jpeg' | 'png' | 'tiff' | 'gif'>> = {
  'public.jpeg': 'jpeg',
  'public.png': 'png',
  'public.tiff': 'tiff',
  'com.compuserve.gif': 'gif',
};

async function render(title: string, spec: AssetSpec, hue: number, format: 'jpeg' | 'png' | 'tiff' | 'gif' = 'jpeg'): Promise<Buffer> {
  const captureMs = spec.captureMs ?? undefined;
  const when = captureMs === undefined ? 'no date' : new Date(captureMs).toISOString().slice(0, 10);
  const picture = sharp(drawing(title, when, hue));
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
  const format = FORMATS[uti];
  const isFilm = fileTypeOf(uti).media === 'video';
  const picture = await render(title, spec, hue, format);
  const editedPicture = spec.edited === undefined || isFilm ? undefined : await render(`${title} (edited)`, spec, (hue + 140) % 360);
  const shown = editedPicture ?? picture;
  return {
    ...spec,
    uti,
    width: WIDTH,
    height: HEIGHT,
    ...(filename === undefined ? {} : { filename }),
    ...(format === undefined ? {} : { bytes: picture }),
    ...(spec.alternativeUti === 'public.jpeg' ? { alternativeBytes: await render(`${title} (pair)`, spec, hue) } : {}),
    ...(spec.edited === undefined || editedPicture === undefined
      ? {}
      : { edited: { ...spec.edited, uti: 'public.jpeg', bytes: editedPicture } }),
    thumb: await smaller(shown, 360),
    medium: await smaller(shown, 1024),
  };
}
