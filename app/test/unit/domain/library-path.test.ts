import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byteLength } from '../../../src/domain/clean-name.ts';
import { acceptsExtension, MEDIA_EXTENSIONS, mediaKind, preferredExtension } from '../../../src/domain/file-types.ts';
import { readLayout } from '../../../src/domain/layout.ts';
import { albumPath, modifiedAtMs, placeFolder, treeOf } from '../../../src/domain/library-path.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();
const layout = (text: string) => readLayout(text) ?? expect.fail(`${text} is no layout`);
const none = { zone: 'PrimarySync', hidden: false, captureMs: undefined, addedMs: undefined, offsetS: undefined };
const NOT_SET = -62135769600000;

const dateFolder = (dates: Parameters<typeof placeFolder>[0]) =>
  placeFolder(dates, layout('{yyyy}/{yyyy}-{mm}')).replace('_All-Photos/', '');

describe('the folder of a photo', () => {
  it('is the month on the calendar where it was taken', () => {
    const newYearUtc = Date.UTC(2024, 0, 1, 0, 30);
    expect(dateFolder({ ...none, captureMs: newYearUtc })).toBe('2024/2024-01');
    expect(dateFolder({ ...none, captureMs: newYearUtc, offsetS: -3600 })).toBe('2023/2023-12');
    expect(dateFolder({ ...none, captureMs: Date.UTC(2024, 4, 31, 15), offsetS: 32_400 })).toBe('2024/2024-06');
  });

  it('is that of the upload when the camera knew no date, and says so when nobody does', () => {
    const addedMs = Date.UTC(2020, 6, 1);
    for (const captureMs of [undefined, NOT_SET, Number.NaN, Date.UTC(2300, 0, 1), 9e15]) {
      expect(dateFolder({ ...none, captureMs, addedMs })).toBe('2020/2020-07');
      expect(modifiedAtMs({ captureMs, addedMs })).toBe(addedMs);
    }
    expect(dateFolder({ ...none, captureMs: NOT_SET })).toBe('undated');
    expect(modifiedAtMs({ captureMs: NOT_SET, addedMs: undefined })).toBeUndefined();
  });

  it('exists for the first photographs, and an impossible time zone is none', () => {
    expect(dateFolder({ ...none, captureMs: Date.UTC(1826, 5, 1) })).toBe('1826/1826-06');
    expect(dateFolder({ ...none, captureMs: Date.UTC(2024, 0, 1), offsetS: 1e9 })).toBe('2024/2024-01');
  });

  it('lies in the tree of its library', () => {
    expect(treeOf({ zone: 'PrimarySync', hidden: false })).toBe('_All-Photos');
    expect(treeOf({ zone: 'SharedSync-0A1B', hidden: false })).toBe('_Shared-Photos');
    expect(treeOf({ zone: 'SharedSync-0A1B', hidden: true })).toBe('_Hidden');
  });
});

describe('a layout', () => {
  const photo = { ...none, captureMs: Date.UTC(2024, 4, 17, 23, 30), offsetS: 7200 };
  const folder = (text: string, item: Parameters<typeof placeFolder>[0] = photo) => placeFolder(item, layout(text));

  it.each([
    ['{yyyy}/{yyyy}-{mm}', '_All-Photos/2024/2024-05'],
    ['{yyyy}-{mm}-{dd}', '_All-Photos/2024-05-18'],
    ['Fotos {yy}/{month}', '_All-Photos/Fotos 24/May'],
    ['{YYYY}/{ddd}/', '_All-Photos/2024/139'],
    ['{:%Y/%m/%d}', '_All-Photos/2024/05/18'],
    ['{0:%Y}/{0:%B}', '_All-Photos/2024/May'],
    ['none', '_All-Photos'],
    ['FLAT', '_All-Photos'],
    ['icps', '_All-Photos'],
  ])('%s files a photo in %s', (text, path) => {
    expect(folder(text)).toBe(path);
  });

  it('has one folder for what has no date, unless no folder depends on it', () => {
    const undated = { ...photo, captureMs: undefined };
    expect(folder('Fotos/{yyyy}', undated)).toBe('_All-Photos/undated');
    expect(folder('Fotos', undated)).toBe('_All-Photos/Fotos');
    expect(folder('flat', undated)).toBe('_All-Photos');
  });

  it.each([
    '',
    '/',
    '/{yyyy}',
    '../{yyyy}',
    '{yyyy}/..',
    '{yyyy}//{mm}',
    '{year}',
    '{yyyy',
    'a}b',
    '{:%Q}',
    '{:%Y%%}',
    'CON/{mm}',
    '{mm}. ',
    'a:b',
    '.x',
    `${'x/'.repeat(9)}y`,
    '{toString}',
  ])('refuses %o', (text) => {
    expect(readLayout(text)).toBeUndefined();
  });
});

describe('the folder of an album', () => {
  const place = (name: string, parentPath = '', taken: string[] = []) =>
    albumPath({ parentPath, name, identity: 'PrimarySync/AL', isTaken: (folded) => taken.includes(folded), digest });

  it('keeps its name unless it is ours, a NAS bin or another album', () => {
    expect(place('Nordsee 2024')).toBe('Nordsee 2024');
    expect(place('_all-photos')).toMatch(/^_all-photos-[0-9a-z]{6}$/);
    expect(place('Lost+Found')).toMatch(/^Lost\+Found-[0-9a-z]{6}$/);
    expect(place('PARTY', '', ['party'])).toMatch(/^PARTY-[0-9a-z]{6}$/);
    expect(place('_Trash', 'Reisen')).toBe('Reisen/_Trash');
  });

  it('never becomes longer than a path can be', () => {
    const path = place('ü'.repeat(300), Array.from({ length: 15 }, () => 'x'.repeat(239)).join('/'));
    expect(byteLength(path)).toBeLessThan(4000 - 255);
    expect(path).toMatch(/\/[0-9a-z]{10}$/);
  });
});

describe('file types', () => {
  it('know their kind, raw formats without a name included', () => {
    const kinds = [
      'public.heic',
      'com.nikon.raw-image',
      'com.example.new-raw-image',
      'public.mpeg-4',
      'org.webmproject.webp',
      'com.adobe.pdf',
      'com.apple.m4a-audio',
      'com.adobe.xmp',
      'public.item',
      undefined,
    ];
    expect(kinds.map(mediaKind)).toEqual([
      'image',
      'image',
      'image',
      'video',
      'image',
      'document',
      'audio',
      'sidecar',
      'unknown',
      'unknown',
    ]);
  });

  it('accept every usual spelling and nothing of another type', () => {
    expect(acceptsExtension('public.jpeg', 'JPEG')).toBe(true);
    expect(acceptsExtension('public.tiff', 'tif')).toBe(true);
    expect(acceptsExtension('com.adobe.raw-image', 'JPG')).toBe(false);
    expect(acceptsExtension('com.example.thing', 'jpg')).toBe(false);
    expect(preferredExtension('com.nikon.nrw-raw-image')).toBe('nrw');
    expect(preferredExtension('constructor')).toBeUndefined();
    expect(['heic', 'dng', 'mov', 'xmp', 'aae', 'flac'].every((extension) => MEDIA_EXTENSIONS.has(extension))).toBe(true);
    expect(MEDIA_EXTENSIONS.has('exe')).toBe(false);
  });
});
