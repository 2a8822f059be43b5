import { describe, expect, it } from 'vitest';
import { type ListedName, labelLeft, listedKeys, nameKeys, recogniseTree } from '../../../src/domain/import.ts';

const checksum = 'AQ+/abcdefghijklmnopqrstuvwx';
const listed: readonly ListedName[] = [{ filename: 'IMG_1.HEIC', size: 2_000_000, checksum }];

describe('who made a folder', () => {
  it.each([
    [['.icloud-photos-sync', '_All-Photos'], 'icps'],
    [['.mounted', '2024'], 'docker-icloudpd'],
    [['2023', '2024'], 'icloudpd'],
    [['.osxphotos_export.db', '2024'], 'osxphotos'],
    [['Holiday'], 'any'],
  ] as const)('%j: %s', (names, kind) => expect(recogniseTree(names)).toBe(kind));
});

describe('the name a file may have in iCloud', () => {
  it.each([
    'IMG_1.HEIC',
    'img_1_HEVC.MOV',
    'IMG_1-adjusted.JPG',
    'IMG_1-1234567.JPG',
    'IMG_1 (1).HEIC',
    'IMG_1_QTVBN0M.JPG',
    'IMG_1_edited.jpeg',
  ])('%s is looked for as IMG_1', (name) =>
    expect(nameKeys(`2024/05/${name}`)).toEqual(expect.arrayContaining(listedKeys({ filename: 'IMG_1.HEIC', checksum }).slice(0, 1))),
  );

  it('is the checksum where version 1 to 4 gave the name', () => {
    expect(nameKeys('_All-Photos/AQ-_abcdefghijklmnopqrstuvwx.jpeg')).toEqual(listedKeys({ filename: '', checksum }).slice(1));
  });
});

describe('why a file was left', () => {
  it.each([
    ['2024/IMG_1.HEIC', 2_000_000, 'damaged'],
    ['2024/IMG_1.HEIC', 2_000_186, 'changed'],
    ['2024/IMG_1.heif', 2_500_000, 'changed'],
    ['2024/IMG_1-medium.HEIC', 300_000, 'smaller'],
    ['2024/IMG_1.HEIC', 300_000, 'smaller'],
    ['2024/IMG_1.JPG', 3_000_000, 'converted'],
    ['_All-Photos/AQ-_abcdefghijklmnopqrstuvwx.heic', 12, 'damaged'],
  ] as const)('%s of %i bytes: %s', (path, size, label) => expect(labelLeft({ path, size }, listed)).toBe(label));

  it('is nothing of iCloud when nothing there has its name', () => {
    expect(labelLeft({ path: 'holiday.jpg', size: 1 }, [])).toBe('not-in-icloud');
  });
});
