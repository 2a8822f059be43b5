import { describe, expect, it } from 'vitest';
import type { RenditionKind, StoredFile } from '../../../src/domain/asset.ts';
import { copyStem, copyWish } from '../../../src/domain/jpeg-copy.ts';

const file = (kind: RenditionKind, path: string): StoredFile => ({
  kind,
  path,
  checksum: `of ${path}`,
  size: 1,
  sha256: '',
  proof: 'apple',
});

describe('the copy an item asks for', () => {
  it.each([
    ['a JPEG', [file('original', 'A.JPG')]],
    ['a PNG', [file('original', 'A.png')]],
    ['a film', [file('original', 'A.MOV'), file('edited-video', 'A-edited.MOV')]],
    ['a JPEG with its RAW beside it', [file('original', 'A.JPG'), file('alternative', 'A.DNG')]],
    ['an edit whose original is not here', [file('edited', 'A-edited.HEIC')]],
    ['a HEIC whose edit is a PNG', [file('original', 'A.HEIC'), file('edited', 'A-edited.PNG')]],
    ['nothing stored', []],
  ])('is none for %s', (_what, files) => {
    expect(copyWish(files)).toBeUndefined();
  });

  it.each([
    ['HEIC', [file('original', 'A.HEIC')], 'A.HEIC', 'original', undefined],
    ['a live photo', [file('original', 'A.HEIC'), file('live-video', 'A.MOV')], 'A.HEIC', 'original', undefined],
    ['TIFF', [file('original', 'A.tif')], 'A.tif', 'original', undefined],
    ['RAW with a JPEG of the camera', [file('original', 'A.CR2'), file('alternative', 'A.JPG')], 'A.JPG', 'original', 'A.JPG'],
    ['HEIC edited as JPEG', [file('original', 'A.HEIC'), file('edited', 'A-edited.JPG')], 'A-edited.JPG', 'edited', 'A-edited.JPG'],
    ['JPEG edited as HEIC', [file('original', 'A.JPG'), file('edited', 'A-edited.HEIC')], 'A-edited.HEIC', 'edited', undefined],
    [
      'RAW+JPEG, edited as HEIC',
      [file('original', 'A.DNG'), file('alternative', 'A.JPG'), file('edited', 'A-edited.HEIC')],
      'A-edited.HEIC',
      'edited',
      undefined,
    ],
  ])('of %s shows what Photos shows', (_what, files, from, shows, stored) => {
    expect(copyWish(files)).toMatchObject({ from: `of ${from}`, shows });
    expect(copyWish(files)?.stored?.path).toBe(stored);
  });

  it('lies in the same folder below its own tree', () => {
    expect(copyStem('_All-Photos/2024/2024-05', 'IMG_1')).toBe('_JPEG/2024/2024-05/IMG_1');
    expect(copyStem('_Shared-Photos', 'IMG_1')).toBe('_JPEG/IMG_1');
  });
});
