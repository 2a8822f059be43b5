import { sniffBoxes } from './sniff-boxes.ts';
import type { Sniffed } from './sniffed.ts';

/** This much of a file's beginning is looked at: enough for three packets of a transport stream and for an XML header. */
export const HEAD_BYTES = 1024;

const image = (extension: string): Sniffed => ({ looksLike: 'image', extension });
const video = (extension: string): Sniffed => ({ looksLike: 'video', extension });
const audio = (extension: string): Sniffed => ({ looksLike: 'audio', extension });
const document = (extension: string): Sniffed => ({ looksLike: 'document', extension });
const page = (extension: string): Sniffed => ({ looksLike: 'page', extension });

/** Fixed signatures: offset, bytes (latin1), meaning. Longer ones first where one begins with another. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, meaning: Sniffed])[] = [
  [0, '\xff\xd8\xff', image('jpg')],
  [0, '\x89PNG\r\n\x1a\n', image('png')],
  [0, 'GIF87a', image('gif')],
  [0, 'GIF89a', image('gif')],
  [0, 'FUJIFILMCCD-RAW', image('raf')],
  [0, 'IIU\0', image('rw2')],
  [0, 'IIRO', image('orf')],
  [0, 'IIRS', image('orf')],
  [0, 'MMOR', image('orf')],
  [0, 'II\x1a\0\0\0HEAPCCDR', image('crw')],
  [8, 'CR\x02', image('cr2')],
  [0, 'II*\0', image('tiff')],
  [0, 'MM\0*', image('tiff')],
  [0, 'II+\0', image('tiff')],
  [0, 'MM\0+', image('tiff')],
  [0, 'FOVb', image('x3f')],
  [0, '\0MRM', image('mrw')],
  [0, '\0\0\0\x0cjP  \r\n\x87\n', image('jp2')],
  [0, '\xff\x4f\xff\x51', image('j2k')],
  [0, '\0\0\0\x0cJXL \r\n\x87\n', image('jxl')],
  [0, '\xff\x0a', image('jxl')],
  [0, '8BPS', image('psd')],
  [0, '%PDF-', document('pdf')],
  [0, '%!PS', document('ai')],
  [0, '\x1aE\xdf\xa3', video('mkv')],
  [0, 'FLV\x01', video('flv')],
  [0, '0&\xb2u\x8ef\xcf\x11', video('wmv')],
  [0, '\0\0\x01\xba', video('mpg')],
  [0, '\0\0\x01\xb3', video('m2v')],
  [0, 'ID3', audio('mp3')],
  [0, 'OggS', audio('ogg')],
  [0, 'fLaC', audio('flac')],
  [0, 'caff', audio('caf')],
  [0, '#!AMR', audio('amr')],
  [0, 'bplist00', document('plist')],
];

/** RIFF and FORM containers carry their kind at byte 8. */
const CONTAINERS: Readonly<Record<string, Sniffed>> = {
  'RIFF WEBP': image('webp'),
  'RIFF AVI ': video('avi'),
  'RIFF WAVE': audio('wav'),
  'FORM AIFF': audio('aiff'),
  'FORM AIFC': audio('aiff'),
};

export function sniff(head: Uint8Array): Sniffed | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString('latin1');
  if (text.length < 2) return undefined;
  for (const [offset, bytes, meaning] of SIGNATURES) if (text.startsWith(bytes, offset)) return meaning;
  return CONTAINERS[`${text.slice(0, 4)} ${text.slice(8, 12)}`] ?? sniffBoxes(text) ?? sniffStreams(text) ?? sniffText(text);
}

/** Formats without a signature: recognised by a pattern that repeats or by several fields that fit. */
function sniffStreams(text: string): Sniffed | undefined {
  const packets = (start: number, length: number) => [0, 1, 2].every((n) => text[start + n * length] === 'G');
  if (packets(0, 188)) return video('ts');
  if (packets(4, 192)) return video('mts');
  const [first, second] = [text.charCodeAt(0), text.charCodeAt(1)];
  // MPEG audio frame: eleven set bits, then version, layer and rate that are not the reserved ones.
  if (first === 0xff && (second & 0xe0) === 0xe0) {
    if ((second & 0xf6) === 0xf0) return audio('aac');
    if ((second & 0x18) !== 0x08 && (second & 0x06) !== 0 && (text.charCodeAt(2) & 0xf0) !== 0xf0) return audio('mp3');
  }
  // "BM" alone is too short to believe: the four reserved bytes and the size of the next header must fit.
  if (text.startsWith('BM') && text.startsWith('\0\0\0\0', 6) && [12, 40, 52, 56, 64, 108, 124].includes(text.charCodeAt(14)))
    return image('bmp');
  return undefined;
}

/**
 * Text. An error page instead of a photo comes as HTML, JSON or XML (photos.md §12.2); sidecars are XML as well, so those
 * with a known root are told apart.
 */
function sniffText(text: string): Sniffed | undefined {
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<\?xpacket|^<x:xmpmeta|^<rdf:RDF/i.test(start)) return document('xmp');
  if (/^<\?xml/i.test(start)) {
    if (/<!DOCTYPE\s+plist|<plist[\s>]/i.test(start)) return document('plist');
    if (/<x:xmpmeta|<rdf:RDF|<\?xpacket/i.test(start)) return document('xmp');
    return /<svg[\s>]|<!DOCTYPE\s+svg/i.test(start) ? image('svg') : page('xml');
  }
  if (/^<plist[\s>]|^<!DOCTYPE\s+plist/i.test(start)) return document('plist');
  if (/^<svg[\s>]/i.test(start)) return image('svg');
  if (/^<(!doctype|html|head|body|!--|error|title|h1|p|center|message|code)[\s>-]/i.test(start)) return page('html');
  if (/^(\{\s*["}]|\[\s*[[\]{"\d-])/.test(start)) return page('json');
  return undefined;
}
