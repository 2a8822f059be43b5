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

const AAE_HEAD = ascii('<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>adjustmentData</key><string>');
const AAE_TAIL = ascii('</string></dict></plist>\n');

const image = (uti: string, extension: string, head: Buffer, tail: Buffer = NONE): FileType => ({
  uti,
  extension,
  media: 'image',
  head,
  tail,
  filler: 'binary',
});
const video = (uti: string, extension: string, head: Buffer): FileType => ({ ...image(uti, extension, head), media: 'video' });

const other = (uti: string, extension: string, head: Buffer, tail: Buffer = NONE): FileType => ({
  ...image(uti, extension, head, tail),
  media: 'other',
});
const text = (uti: string, extension: string, head: Buffer, tail: Buffer): FileType => ({
  ...other(uti, extension, head, tail),
  filler: 'text',
});
const riff = (kind: string) => Buffer.concat([ascii('RIFF'), hex('ffffff7f'), ascii(kind)]);
/** Three packets of a transport stream, each with its mark. */
function transportStream(start: number, length: number): Buffer {
  const packets = Buffer.alloc(start + 3 * length);
  for (let n = 0; n < 3; n++) packets[start + n * length] = 0x47;
  return packets;
}
const TIFF_LITTLE = hex('49492a00 08000000');
const TIFF_BIG = hex('4d4d002a 00000008');

const TYPES: readonly FileType[] = [
  image('public.jpeg', 'JPG', JPEG_HEAD, JPEG_TAIL),
  image('public.mpo-image', 'MPO', JPEG_HEAD, JPEG_TAIL),
  image('com.dji.mimo.pano.jpeg', 'JPG', JPEG_HEAD, JPEG_TAIL),
  image('public.heic', 'HEIC', isoMedia('heic', 'mif1')),
  image('public.heif', 'HEIF', isoMedia('mif1', 'heix')),
  image('public.image', 'HEIC', isoMedia('heic', 'mif1')),
  image('public.avif', 'AVIF', isoMedia('avif', 'mif1')),
  image('public.png', 'PNG', PNG_HEAD, PNG_TAIL),
  image('public.tiff', 'TIFF', TIFF_BIG),
  image('com.compuserve.gif', 'GIF', ascii('GIF89a'), hex('3b')),
  image('org.webmproject.webp', 'WEBP', riff('WEBP')),
  image('public.jpeg-2000', 'JP2', hex('0000000c6a5020200d0a870a')),
  image('public.jpeg-xl', 'JXL', hex('0000000c4a584c200d0a870a')),
  image('com.microsoft.bmp', 'BMP', hex('424d ffffff7f 00000000 36000000 28000000')),
  image('com.truevision.tga-image', 'TGA', hex('000002 0000000000 0000 0000 8002 e001 18 00'), ascii('TRUEVISION-XFILE.\0')),
  image('com.sgi.sgi-image', 'SGI', hex('01da 01 01 0003 0280 01e0 0003')),
  image('public.pbm', 'PBM', ascii('P4\n640 480\n')),
  image('com.adobe.photoshop-image', 'PSD', ascii('8BPS\0\x01')),
  image('com.adobe.illustrator.ai-image', 'AI', ascii('%!PS-Adobe-3.0\n')),
  image('com.adobe.raw-image', 'DNG', TIFF_LITTLE),
  image('com.canon.cr2-raw-image', 'CR2', hex('49492a00 10000000 43520200')),
  image('com.canon.cr3-raw-image', 'CR3', isoMedia('crx ', 'isom')),
  image('com.canon.crw-raw-image', 'CRW', ascii('II\x1a\0\0\0HEAPCCDR')),
  image('com.nikon.raw-image', 'NEF', TIFF_BIG),
  image('com.nikon.nrw-raw-image', 'NRW', TIFF_LITTLE),
  image('com.sony.arw-raw-image', 'ARW', TIFF_LITTLE),
  image('com.fuji.raw-image', 'RAF', ascii('FUJIFILMCCD-RAW 0201')),
  image('com.olympus.raw-image', 'ORF', ascii('IIRO\x08\0\0\0')),
  image('com.olympus.or-raw-image', 'ORF', ascii('IIRO\x08\0\0\0')),
  image('com.panasonic.rw2-raw-image', 'RW2', ascii('IIU\0\x18\0\0\0')),
  image('com.pentax.raw-image', 'PEF', TIFF_BIG),
  video('com.apple.quicktime-movie', 'MOV', isoMedia('qt  ', 'qt  ')),
  video('public.mpeg-4', 'MP4', isoMedia('mp42', 'isom')),
  video('com.apple.m4v-video', 'M4V', isoMedia('M4V ', 'isom')),
  video('public.3gpp', '3GP', isoMedia('3gp4', 'isom')),
  video('public.mpeg', 'MPG', hex('000001ba 44')),
  video('public.mpeg-2-video', 'M2V', hex('000001b3 2d')),
  video('public.avi', 'AVI', riff('AVI ')),
  video('public.avchd-mpeg-2-transport-stream', 'MTS', transportStream(4, 192)),
  other('com.apple.m4a-audio', 'M4A', isoMedia('M4A ', 'isom')),
  other('public.mp3', 'MP3', ascii('ID3\x04\0')),
  other('com.adobe.pdf', 'PDF', ascii('%PDF-1.7\n'), ascii('\n%%EOF\n')),
  text('com.adobe.xmp', 'XMP', XMP_HEAD, XMP_TAIL),
  text('com.apple.photos.apple-adjustment-envelope', 'AAE', AAE_HEAD, AAE_TAIL),
  other('public.data', 'BIN', hex('0000000142756431')),
];

/** Every type that photos.md §8 names and this table can make. */
export const KNOWN_UTIS: readonly string[] = TYPES.map(({ uti }) => uti);

const byUti = new Map(TYPES.map((type) => [type.uti, type]));

/** A type nobody's table knows still has to be backed up (photos.md §8), so an unknown UTI gets neutral first bytes. */
export function fileTypeOf(uti: string): FileType {
  return byUti.get(uti) ?? { ...image(uti, 'XYZ', ascii('XYZ1')), media: 'image' };
}
