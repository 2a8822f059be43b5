import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenditionKind } from '../../../src/domain/asset.ts';
import { byteLength } from '../../../src/domain/clean-name.ts';
import { fold } from '../../../src/domain/fold.ts';
import { chooseBase, cleanFolderName, fileStem, identitySuffix, partName } from '../../../src/domain/names.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();
const JPEG = 'public.jpeg';
const MASTER = 'AeYfMtlOMb3dM9bETic9fXkMpjMV';

/** Names as people, cameras, broken decoders and attackers make them. */
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'IMG_1',
          'CON',
          'nul',
          'COM¹',
          '.',
          '..',
          '_',
          '__',
          '@',
          ' ',
          '/',
          '\\',
          '\0',
          '\u202e',
          '\u200d',
          '\u200c',
          '\ufeff',
          '\u00a0',
          '\ud83d',
        ],
        ...[
          'e\u0301',
          'e\u200b\u0301',
          '<\u0338',
          '한',
          '👨‍👩‍👧',
          'ß',
          'Ｉ',
          '.jpg',
          '.HEIC',
          '.xmp',
          '-edited',
          'a'.repeat(240),
          '語'.repeat(90),
          'e\u0301\u0323'.repeat(80),
          `a${'\u0301'.repeat(300)}`,
        ],
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);
const anyUti = fc.constantFrom(
  JPEG,
  'public.heic',
  'com.adobe.raw-image',
  'com.apple.quicktime-movie',
  'com.example.thing',
  'public.image',
  undefined,
);
const anyKind = fc.constantFrom<RenditionKind>(
  'original',
  'alternative',
  'live-video',
  'edited',
  'edited-video',
  'sidecar',
  'other:resSpatialPhoto1',
  'other:../..',
);
const anyLimit = fc.constantFrom(143, 255);

const DEVICE = /^(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|$)/i;

function expectSafe(name: string, limitBytes: number): void {
  expect(name).not.toMatch(/[\p{Cc}\u2028\u2029<>:"/\\|?*\ufffd\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
  expect(name.isWellFormed()).toBe(true);
  expect(name).toBe(name.normalize('NFC'));
  expect(name).not.toMatch(/^[ .@]|^_\.|^__|[ .]$/);
  expect(name).not.toMatch(DEVICE);
  expect(name.length).toBeGreaterThan(0);
  expect(byteLength(name)).toBeLessThanOrEqual(limitBytes);
}

describe('a file name', () => {
  it('can be stored anywhere, with its sidecar, whatever the import name was', () => {
    fc.assert(
      fc.property(
        fc.option(anyName, { nil: undefined }),
        anyUti,
        anyUti,
        anyKind,
        anyLimit,
        fc.boolean(),
        (filename, uti, partUti, kind, limitBytes, crowded) => {
          const stem = fileStem({ filename, uti, masterId: MASTER, limitBytes });
          const base = chooseBase({
            stem,
            identity: 'PrimarySync/A',
            isTaken: (name) => crowded && !/-[0-9a-z]{10}(-edited|-alt|-imported|-live)?$/.test(name),
            digest,
          });
          const name = partName({ base, kind, uti: partUti, importName: filename, siblings: [] });
          expectSafe(name, limitBytes);
          expect(byteLength(`${name}.xmp`)).toBeLessThanOrEqual(limitBytes);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(anyName, anyLimit, (filename, limitBytes) => {
        const stem = fileStem({ filename, uti: JPEG, masterId: MASTER, limitBytes });
        expect(fileStem({ filename: `${stem}.jpg`, uti: JPEG, masterId: MASTER, limitBytes })).toBe(stem);
      }),
      { numRuns: 3000 },
    );
  });

  it('never joins two photos of one folder, in any order', () => {
    const fewNames = fc.constantFrom(
      'IMG_1.JPG',
      'img_1.jpg',
      'IMG_1.MOV',
      'IMG_1-edited.JPG',
      'IMG_1-alt.JPG',
      'IMG_1-edited-edited.JPG',
      'straße.jpg',
      'STRASSE.JPG',
      'ＩＭＧ_1.jpg',
    );
    fc.assert(
      fc.property(fc.array(fewNames, { maxLength: 12 }), (names) => {
        const bases = new Set<string>();
        const files: string[] = [];
        names.forEach((filename, index) => {
          const stem = fileStem({ filename, uti: JPEG, masterId: MASTER });
          const base = chooseBase({ stem, identity: `PrimarySync/${index}`, isTaken: (name) => bases.has(name), digest });
          expect(bases.has(fold(base))).toBe(false);
          bases.add(fold(base));
          const siblings: string[] = [];
          for (const kind of ['original', 'alternative', 'edited'] as const)
            siblings.push(partName({ base, kind, uti: JPEG, importName: filename, siblings }));
          files.push(...siblings.map(fold));
        });
        expect(new Set(files).size).toBe(files.length);
      }),
    );
  });

  it('is given again to the same photo', () => {
    expect(identitySuffix('PrimarySync/x', 10, digest).startsWith(identitySuffix('PrimarySync/x', 6, digest))).toBe(true);
    expect(identitySuffix('PrimarySync/x', 6, digest)).not.toBe(identitySuffix('PrimarySync/y', 6, digest));
  });

  it('grows by two letters when the shorter suffix is another photo', () => {
    const six = `img_1-${identitySuffix('z/a', 6, digest)}`;
    const taken = new Set(['img_1', six]);
    expect(chooseBase({ stem: 'IMG_1', identity: 'z/a', isTaken: (name) => taken.has(name), digest })).toBe(
      `IMG_1-${identitySuffix('z/a', 8, digest)}`,
    );
  });

  it('ends even when everything is taken that the identity has to offer', () => {
    const taken = (name: string) => !/-7(-edited|-alt|-imported|-live)?$/.test(name);
    expect(chooseBase({ stem: 'IMG_1', identity: 'z/a', isTaken: taken, digest })).toBe('IMG_1-7');
  });

  it('does not take the photo that is called like the edit of another one for that edit', () => {
    const choose = (stem: string, taken: string) => chooseBase({ stem, identity: 'z/a', isTaken: (name) => name === taken, digest });
    expect(choose('IMG_1-edited', 'img_1')).toMatch(/^IMG_1-edited-[0-9a-z]{6}$/);
    expect(choose('IMG_1', 'img_1-edited')).toMatch(/^IMG_1-[0-9a-z]{6}$/);
  });
});

describe('the parts of a photo', () => {
  const name = (
    kind: RenditionKind,
    uti: string | undefined,
    importName = 'IMG_1.HEIC',
    siblings: string[] = [],
    sniffedExtension?: string,
  ) => partName({ base: 'IMG_1', kind, uti, importName, siblings, sniffedExtension });

  it.each<[RenditionKind, string | undefined, string, string]>([
    ['original', 'public.heic', 'IMG_1.HEIC', 'IMG_1.HEIC'],
    ['original', 'public.image', 'IMG_1.png', 'IMG_1.png'],
    ['original', 'public.image', 'IMG_1.mov', 'IMG_1.heic'],
    ['original', undefined, 'IMG_1.HEIC', 'IMG_1.HEIC'],
    ['original', undefined, 'IMG_1', 'IMG_1.bin'],
    ['live-video', 'com.apple.quicktime-movie', 'img_1.heic', 'IMG_1.mov'],
    ['live-video', undefined, 'IMG_1.HEIC', 'IMG_1.MOV'],
    ['edited-video', undefined, 'IMG_1.MOV', 'IMG_1-edited.MOV'],
    ['edited', 'public.heic', 'IMG_1.HEIC', 'IMG_1-edited.HEIC'],
    ['sidecar', 'com.apple.photos.apple-adjustment-envelope', 'IMG_1.HEIC', 'IMG_1.AAE'],
    ['sidecar', 'com.adobe.xmp', 'IMG_1.HEIC', 'IMG_1-imported.xmp'],
    ['sidecar', 'com.adobe.xmp-metadata', 'IMG_1.HEIC', 'IMG_1-imported.xmp'],
    ['sidecar', undefined, 'IMG_1.HEIC', 'IMG_1.BIN'],
    ['other:resSpatial', 'public.heic', 'IMG_1.HEIC', 'IMG_1-Spatial.HEIC'],
    ['other:resVeryLongNameOfApple', 'public.heic', 'IMG_1.HEIC', 'IMG_1-VeryLong.HEIC'],
    ['other:../..', 'public.heic', 'IMG_1.HEIC', 'IMG_1-other.HEIC'],
  ])('%s of type %s for %s is %s', (kind, uti, importName, expected) => {
    expect(name(kind, uti, importName)).toBe(expected);
  });

  it('use what the bytes say where the type says nothing', () => {
    expect(name('original', undefined, 'blob', [], 'png')).toBe('IMG_1.png');
    expect(name('edited', undefined, 'IMG_1.HEIC', [], 'jpg')).toBe('IMG_1-edited.JPG');
    expect(name('sidecar', undefined, 'IMG_1.HEIC', [], 'xmp')).toBe('IMG_1-imported.xmp');
    expect(name('sidecar', undefined, 'IMG_1.HEIC', [], 'plist')).toBe('IMG_1.AAE');
    expect(name('original', JPEG, 'IMG_1.JPG', [], 'png')).toBe('IMG_1.JPG');
    expect(name('original', undefined, 'blob', [], '../x')).toBe('IMG_1.bin');
  });

  it('never share a name, however they are spelled', () => {
    expect(name('alternative', JPEG, 'IMG_1.JPG', ['img_1.jpg'])).toBe('IMG_1-alt.JPG');
    expect(name('alternative', JPEG, 'IMG_1.JPG', ['img_1.jpg', 'IMG_1-ALT.jpg'])).toBe('IMG_1-2.JPG');
    expect(name('live-video', 'com.apple.quicktime-movie', 'IMG_1.MOV', ['IMG_1.MOV'])).toBe('IMG_1-live.MOV');
    expect(name('edited', JPEG, 'IMG_1.JPG', ['IMG_1-edited.JPG'])).toBe('IMG_1-edited-2.JPG');
  });
});

describe('a folder name', () => {
  it('can be stored anywhere and stays as it is when cleaned again', () => {
    fc.assert(
      fc.property(anyName, anyLimit, (text, limitBytes) => {
        const name = cleanFolderName(text, limitBytes);
        expectSafe(name, limitBytes - 16);
        expect(cleanFolderName(name, limitBytes)).toBe(name);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('comparing names', () => {
  it.each([
    ['straße', 'STRASSE'],
    ['Mu\u0308nchen', 'MÜNCHEN'],
    ['ＩＭＧ', 'img'],
    ['ẞ', 'ß'],
    ['ΣΑΣ', 'σας'],
  ])('%s and %s are one', (a, b) => {
    expect(fold(a)).toBe(fold(b));
  });

  it('is settled after once', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(fold(fold(name))).toBe(fold(name));
      }),
      { numRuns: 3000 },
    );
  });
});
