import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniff } from '../../../src/adapters/disk/sniff.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const says = (text: string) => {
  const { looksLike, extension } = sniff(bytes(text)) ?? {};
  return looksLike === undefined ? undefined : `${looksLike} ${extension}`;
};
const ftyp = (major: string, ...compatible: string[]) =>
  `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}`;
const packets = (lead: string, length: number) => Array.from({ length: 4 }, () => `${lead}G`.padEnd(length, 'x')).join('');

describe('a file known by its first bytes', () => {
  it.each([
    ['JPEG', '\xff\xd8\xff\xe1\0\x10Exif', 'image jpg'],
    ['PNG', '\x89PNG\r\n\x1a\n\0\0', 'image png'],
    ['GIF', 'GIF89a\x01', 'image gif'],
    ['TIFF, DNG, NEF, ARW', 'II*\0\x08\0\0\0', 'image tiff'],
    ['TIFF of the other byte order', 'MM\0*\0\0\0\x08', 'image tiff'],
    ['CR2', 'II*\0\x10\0\0\0CR\x02\0', 'image cr2'],
    ['CR3', ftyp('crx ', 'crx ', 'isom'), 'image cr3'],
    ['RAF', 'FUJIFILMCCD-RAW 0201', 'image raf'],
    ['RW2', 'IIU\0\x18', 'image rw2'],
    ['ORF', 'IIRO\x08', 'image orf'],
    ['HEIC', ftyp('heic', 'mif1', 'heic'), 'image heic'],
    ['HEIC under a vague brand', ftyp('mif1', 'miaf', 'heix'), 'image heic'],
    ['HEIF', ftyp('mif1', 'miaf'), 'image heif'],
    ['AVIF', ftyp('avif', 'mif1'), 'image avif'],
    ['WEBP', 'RIFF\x10\0\0\0WEBPVP8 ', 'image webp'],
    ['BMP', 'BM\x10\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'image bmp'],
    ['PSD', '8BPS\0\x01', 'image psd'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n', 'image jp2'],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n', 'image jxl'],
    ['JPEG XL without a box', '\xff\x0a\x00', 'image jxl'],
    ['MOV', ftyp('qt  ', 'qt  '), 'video mov'],
    ['MOV of an old camera', '\0\0\0\x08wide\0\0\0\0mdat', 'video mov'],
    ['MOV of more than 512 MB', '\x40\0\0\0mdat', 'video mov'],
    ['MP4', ftyp('isom', 'iso2', 'mp41'), 'video mp4'],
    ['M4V', ftyp('M4V ', 'mp42'), 'video m4v'],
    ['3GP', ftyp('3gp5', 'isom'), 'video 3gp'],
    ['AVI', 'RIFF\x10\0\0\0AVI LIST', 'video avi'],
    ['MPEG-TS', packets('', 188), 'video ts'],
    ['AVCHD', packets('\0\0\0\0', 192), 'video mts'],
    ['MPEG-PS', '\0\0\x01\xba\x44', 'video mpg'],
    ['M4A', ftyp('M4A ', 'mp42'), 'audio m4a'],
    ['MP3 with a tag', 'ID3\x04', 'audio mp3'],
    ['MP3 without', '\xff\xfb\x90\x64', 'audio mp3'],
    ['WAV', 'RIFF\x10\0\0\0WAVEfmt ', 'audio wav'],
    ['PDF', '%PDF-1.7', 'document pdf'],
    ['XMP packet', '<?xpacket begin="\xef\xbb\xbf" id="W5M0"?>', 'document xmp'],
    ['XMP', '<x:xmpmeta xmlns:x="adobe:ns:meta/">', 'document xmp'],
    ['XMP behind an XML header', '<?xml version="1.0"?>\n<x:xmpmeta>', 'document xmp'],
    ['AAE', '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC', 'document plist'],
    ['binary AAE', 'bplist00\xd4', 'document plist'],
    ['error page', '\n  <!DOCTYPE HTML><html>', 'page html'],
    ['error page without a doctype', '<html><head>', 'page html'],
    ['JSON error', '{"error":"expired"}', 'page json'],
    ['XML error', '<?xml version="1.0"?><Error><Code>AccessDenied</Code>', 'page xml'],
    ['text', 'Hello, world', undefined],
    ['text that has the letters of a box', 'The free skip', undefined],
    ['nothing', '', undefined],
    ['one byte', '\xff', undefined],
  ])('%s', (_, text, expected) => {
    expect(says(text)).toBe(expected);
  });

  it('never fails, whatever the bytes, and proposes only extensions that can be one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1200 }), (random) => {
        expect(sniff(random)?.extension ?? 'bin').toMatch(/^[a-z0-9]{1,5}$/);
      }),
    );
  });
});
