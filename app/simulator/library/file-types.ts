/** How a made-up file of one type looks to anything that sniffs it: right first bytes, right last bytes. */
export interface FileType {
  readonly uti: string;
  /** Upper case, as cameras write it; no dot. */
  readonly extension: string;
  readonly media: 'image' | 'video' | 'other';
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly filler: 'binary' | 'text';
}

const NONE = Buffer.alloc(0);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const ascii = (text: string) => Buffer.from(text, 'latin1');

/** `ftyp` box followed by an `mdat` box of size 0, which means "up to the end of the file". */
function isoMedia(brand: string, compatible: string): Buffer {
  const ftyp = Buffer.concat([hex('00000018'), ascii('ftyp'), ascii(brand), hex('00000000'), ascii(compatible), ascii(brand)]);
  return Buffer.concat([ftyp, hex('00000000'), ascii('mdat')]);
}

const JPEG_HEAD = hex('ffd8 ffe0 0010 4a464946 00 0101 00 0001 0001 00 00 fffe 7ffd');
const JPEG_TAIL = hex('ffd9');
const PNG_HEAD = hex('89504e470d0a1a0a 0000000d 49484452 00000f00 000009c4 08 02 00 00 00 00000000 7fffffff 49444154');
const PNG_TAIL = hex('00000000 49454e44 ae426082');
const XMP_HEAD = ascii('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n<!-- ');
const XMP_TAIL = ascii(' -->\n</x:xmpmeta>\n<?xpacket end="w"?>\n');

const image = (uti: string, extension: string, head: Buffer, tail: Buffer = NONE): FileType => ({
  uti,
  extension,
  media: 'image',
  head,
  tail,
  filler: 'binary',
});
const video = (uti: string, extension: string, head: Buffer): FileType => ({ ...image(uti, extension, head), media: 'video' });

const TYPES: readonly FileType[] = [
  image('public.jpeg', 'JPG', JPEG_HEAD, JPEG_TAIL),
  image('public.heic', 'HEIC', isoMedia('heic', 'mif1')),
  image('public.heif', 'HEIF', isoMedia('mif1', 'heix')),
  image('public.avif', 'AVIF', isoMedia('avif', 'mif1')),
  image('public.png', 'PNG', PNG_HEAD, PNG_TAIL),
  image('public.tiff', 'TIFF', hex('4d4d002a 00000008')),
  image('com.compuserve.gif', 'GIF', ascii('GIF89a'), hex('3b')),
  image('com.adobe.raw-image', 'DNG', hex('49492a00 08000000')),
  image('com.canon.cr2-raw-image', 'CR2', hex('49492a00 10000000 43520200')),
  image('com.canon.cr3-raw-image', 'CR3', isoMedia('crx ', 'isom')),
  image('com.nikon.raw-image', 'NEF', hex('4d4d002a 00000008')),
  image('com.sony.arw-raw-image', 'ARW', hex('49492a00 08000000')),
  image('com.fuji.raw-image', 'RAF', ascii('FUJIFILMCCD-RAW 0201')),
  video('com.apple.quicktime-movie', 'MOV', isoMedia('qt  ', 'qt  ')),
  video('public.mpeg-4', 'MP4', isoMedia('mp42', 'isom')),
  video('com.apple.m4v-video', 'M4V', isoMedia('M4V ', 'isom')),
  { ...image('com.adobe.xmp', 'XMP', XMP_HEAD, XMP_TAIL), media: 'other', filler: 'text' },
  { ...image('public.data', 'BIN', hex('0000000142756431')), media: 'other' },
];

const byUti = new Map(TYPES.map((type) => [type.uti, type]));

/** A type nobody's table knows still has to be backed up (photos.md §8), so an unknown UTI gets neutral first bytes. */
export function fileTypeOf(uti: string): FileType {
  return byUti.get(uti) ?? { ...image(uti, 'XYZ', ascii('XYZ1')), media: 'image' };
}
