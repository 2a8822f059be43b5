/** What Apple's type identifiers mean: how to file them and which spellings of an extension suit them (photos.md §8). */
export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sidecar' | 'unknown';

interface FileType {
  readonly kind: MediaKind;
  /** Accepted spellings, lower case; the first is given to files that have none of them. */
  readonly extensions: readonly string[];
  /** Says only the family: any spelling of the same kind is as good. */
  readonly vague?: boolean;
}

const type = (kind: MediaKind, spellings: string): FileType => ({ kind, extensions: spellings.split(' ') });
const raw = (spellings: string): FileType => type('image', spellings);

const TYPES: Readonly<Record<string, FileType>> = {
  'public.jpeg': type('image', 'jpg jpeg jpe jfif'),
  'public.heic': type('image', 'heic hif heif'),
  'public.heif': type('image', 'heif hif heic'),
  'public.heics': type('image', 'heics heic'),
  'public.png': type('image', 'png apng'),
  'public.tiff': type('image', 'tiff tif'),
  'com.compuserve.gif': type('image', 'gif'),
  'org.webmproject.webp': type('image', 'webp'),
  'public.webp': type('image', 'webp'),
  'public.avif': type('image', 'avif'),
  'public.avci': type('image', 'avci'),
  'public.jpeg-2000': type('image', 'jp2 j2k jpf jpx'),
  'public.jpeg-xl': type('image', 'jxl'),
  'com.microsoft.bmp': type('image', 'bmp dib'),
  'com.microsoft.ico': type('image', 'ico'),
  'com.truevision.tga-image': type('image', 'tga'),
  'com.sgi.sgi-image': type('image', 'sgi'),
  'com.ilm.openexr-image': type('image', 'exr'),
  'public.pbm': type('image', 'pbm pgm ppm'),
  'public.mpo-image': type('image', 'mpo'),
  'public.svg-image': type('image', 'svg'),
  'com.dji.mimo.pano.jpeg': type('image', 'jpg jpeg'),
  'com.adobe.photoshop-image': type('image', 'psd'),
  'com.adobe.illustrator.ai-image': type('image', 'ai'),
  'public.image': { kind: 'image', extensions: ['heic'], vague: true },

  'com.adobe.raw-image': raw('dng'),
  'com.canon.cr2-raw-image': raw('cr2'),
  'com.canon.cr3-raw-image': raw('cr3'),
  'com.canon.crw-raw-image': raw('crw'),
  'com.canon.tif-raw-image': raw('tif'),
  'com.epson.raw-image': raw('erf'),
  'com.fuji.raw-image': raw('raf'),
  'com.gopro.raw-image': raw('gpr'),
  'com.hasselblad.3fr-raw-image': raw('3fr'),
  'com.hasselblad.fff-raw-image': raw('fff'),
  'com.konicaminolta.raw-image': raw('mrw'),
  'com.leafamerica.raw-image': raw('mos'),
  'com.leica.raw-image': raw('raw dng rwl'),
  'com.leica.rwl-raw-image': raw('rwl'),
  'com.nikon.raw-image': raw('nef'),
  'com.nikon.nrw-raw-image': raw('nrw'),
  'com.olympus.raw-image': raw('orf'),
  'com.olympus.or-raw-image': raw('orf'),
  'com.olympus.sr-raw-image': raw('orf'),
  'com.panasonic.raw-image': raw('raw rw2'),
  'com.panasonic.rw2-raw-image': raw('rw2'),
  'com.pentax.raw-image': raw('pef dng'),
  'com.phaseone.raw-image': raw('iiq'),
  'com.samsung.raw-image': raw('srw'),
  'com.sigma.raw-image': raw('x3f'),
  'com.sony.arw-raw-image': raw('arw'),
  'com.sony.raw-image': raw('srf'),
  'com.sony.sr2-raw-image': raw('sr2'),

  'com.apple.quicktime-movie': type('video', 'mov qt'),
  'public.mpeg-4': type('video', 'mp4 mpg4 m4v'),
  'com.apple.m4v-video': type('video', 'm4v mp4'),
  'public.mpeg': type('video', 'mpg mpeg mpe'),
  'public.mpeg-2-video': type('video', 'm2v mpg'),
  'public.mpeg-2-transport-stream': type('video', 'ts mts m2ts'),
  'public.avchd-mpeg-2-transport-stream': type('video', 'mts m2ts m2t ts'),
  'public.3gpp': type('video', '3gp 3gpp'),
  'public.3gpp2': type('video', '3g2 3gp2'),
  'public.avi': type('video', 'avi'),
  'public.dv-movie': type('video', 'dv dif'),
  'org.matroska.mkv': type('video', 'mkv'),
  'org.webmproject.webm': type('video', 'webm'),
  'com.microsoft.windows-media-wmv': type('video', 'wmv'),
  'public.movie': { kind: 'video', extensions: ['mov'], vague: true },
  'public.video': { kind: 'video', extensions: ['mov'], vague: true },

  'com.apple.m4a-audio': type('audio', 'm4a'),
  'public.mpeg-4-audio': type('audio', 'm4a mp4'),
  'public.mp3': type('audio', 'mp3'),
  'com.microsoft.waveform-audio': type('audio', 'wav'),
  'public.aiff-audio': type('audio', 'aiff aif'),
  'com.apple.coreaudio-format': type('audio', 'caf'),
  'public.audio': { kind: 'audio', extensions: ['m4a'], vague: true },

  'com.adobe.pdf': type('document', 'pdf'),
  'com.apple.photos.apple-adjustment-envelope': type('sidecar', 'aae'),
  'com.adobe.xmp': type('sidecar', 'xmp'),
};

/** Spellings that are media although no type above names them: what stands before them in a name is the stem. */
const MORE_MEDIA: Readonly<Record<string, MediaKind>> = {
  flv: 'video',
  vob: 'video',
  ogv: 'video',
  aac: 'audio',
  flac: 'audio',
  wma: 'audio',
  ogg: 'audio',
  amr: 'audio',
};

const KIND_OF_EXTENSION: ReadonlyMap<string, MediaKind> = new Map([
  ...Object.entries(MORE_MEDIA),
  // `raw` and `ai` as well; the first type that names a spelling decides its kind, so films stay films.
  ...Object.values(TYPES)
    .toReversed()
    .flatMap(({ kind, extensions }) => extensions.map((extension) => [extension, kind] as const)),
]);

/** Everything that counts as an extension in an import name. */
export const MEDIA_EXTENSIONS: ReadonlySet<string> = new Set(KIND_OF_EXTENSION.keys());

function find(uti: string | undefined): FileType | undefined {
  if (uti === undefined) return undefined;
  const name = uti.toLowerCase();
  if (Object.hasOwn(TYPES, name)) return TYPES[name];
  if (/[.-]xmp\b/.test(name)) return TYPES['com.adobe.xmp'];
  if (/adjustment-envelope$/.test(name)) return TYPES['com.apple.photos.apple-adjustment-envelope'];
  return undefined;
}

/** Photo, film or what else. A camera's own format that is not in the table still says `raw` (photos.md §8). */
export function mediaKind(uti: string | undefined): MediaKind {
  const known = find(uti);
  if (known !== undefined) return known.kind;
  return uti !== undefined && /raw/i.test(uti) ? 'image' : 'unknown';
}

/** For items without a type: what the extension of their import name says. */
export function mediaKindOfName(filename: string): MediaKind {
  return KIND_OF_EXTENSION.get(filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()) ?? 'unknown';
}

/** The extension a file of this type gets for sure; undefined when the type says nothing about it. */
export function preferredExtension(uti: string | undefined): string | undefined {
  return find(uti)?.extensions[0];
}

/** Whether a spelling (any case) suits the type. False for types we do not know. */
export function acceptsExtension(uti: string | undefined, extension: string): boolean {
  const known = find(uti);
  if (known === undefined) return false;
  const spelling = extension.toLowerCase();
  return known.extensions.includes(spelling) || (known.vague === true && KIND_OF_EXTENSION.get(spelling) === known.kind);
}
