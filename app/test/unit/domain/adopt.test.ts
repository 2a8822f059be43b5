import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checksumName, type FoundRendition, partsAt, placeFound } from '../../../src/domain/adopt.ts';
import { identitySuffix } from '../../../src/domain/names.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();
const identity = 'PrimarySync/ASSET-1';
const own = identitySuffix(identity, 6, digest);
const folder = '_All-Photos/2024/2024-05';
const wish = { folder, stem: 'IMG_1', identity, digest, isTaken: () => false };
const file = (path: string, kind: FoundRendition['kind'] = 'original'): FoundRendition => ({ kind, path, checksum: 'x' });

describe('the place of an item whose catalog was lost', () => {
  it('is where its original lies, in whatever folder of its tree', () => {
    expect(placeFound([file('_All-Photos/sorted by me/IMG_1.HEIC')], wish)).toMatchObject({
      folder: '_All-Photos/sorted by me',
      base: 'IMG_1',
    });
  });

  it('is told by its own suffix when several photos have equal bytes and one name', () => {
    const names = [`${folder}/IMG_1.JPG`, `${folder}/IMG_1-${own}.JPG`, `${folder}/IMG_1-abcdef.JPG`].map((path) => file(path));
    expect(placeFound(names, wish)?.base).toBe(`IMG_1-${own}`);
    expect(
      placeFound(
        [names[2], names[0]].flatMap((name) => name ?? []),
        wish,
      )?.base,
    ).toBe('IMG_1');
  });

  it('is told by an edit or a film when the original is gone', () => {
    expect(placeFound([file(`${folder}/IMG_1-edited.JPG`, 'edited')], wish)?.base).toBe('IMG_1');
    expect(placeFound([file(`${folder}/IMG_1.MOV`, 'live-video')], wish)?.base).toBe('IMG_1');
    expect(placeFound([file(`${folder}/IMG_1-live.MOV`, 'live-video')], wish)?.base).toBe('IMG_1');
  });

  it('is not another tree, another photo, nor a checksum for a name', () => {
    expect(placeFound([file('_Hidden/2024/2024-05/IMG_1.JPG')], wish)).toBeUndefined();
    expect(placeFound([file(`${folder}/IMG_1.JPG`)], { ...wish, isTaken: () => true })).toBeUndefined();
    const checksum = 'AQ+/abcdefghijklmnopqrstuvwx';
    const named = { kind: 'original' as const, checksum, path: `_All-Photos/${checksumName(checksum)}.jpeg` };
    expect(placeFound([named], wish)).toBeUndefined();
  });
});

describe('the other parts of a place', () => {
  it('keep the names they have, and nobody gets a file twice', () => {
    const found = [
      file(`${folder}/IMG_1.HEIC`),
      file(`${folder}/IMG_1-edited.jpeg`, 'edited'),
      file(`${folder}/IMG_2.MOV`, 'live-video'),
      file(`${folder}/IMG_1.HEIC`, 'alternative'),
    ];
    expect(partsAt(found, { folder, base: 'IMG_1', folded: 'img_1' })).toEqual(
      new Map([
        ['original', `${folder}/IMG_1.HEIC`],
        ['edited', `${folder}/IMG_1-edited.jpeg`],
      ]),
    );
  });
});
