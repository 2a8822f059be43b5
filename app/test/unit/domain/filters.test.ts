import { describe, expect, it } from 'vitest';
import { type Filters, wants, wantsRendition } from '../../../src/domain/filters.ts';

const everything: Filters = {
  photos: true,
  videos: true,
  liveVideos: true,
  hidden: true,
  sharedLibrary: true,
  sinceMs: undefined,
  albums: [],
};
const may = Date.UTC(2024, 4, 17);
const photo = {
  zone: 'PrimarySync',
  id: 'A',
  filename: 'IMG_1.HEIC',
  captureMs: may,
  addedMs: may,
  hidden: false,
  renditions: [
    { kind: 'original', checksum: 'A', size: 1, uti: 'public.heic', download: undefined },
    { kind: 'live-video', checksum: 'B', size: 1, uti: 'com.apple.quicktime-movie', download: undefined },
  ],
} as const;
const film = { ...photo, filename: 'IMG_2.MOV', renditions: [{ ...photo.renditions[1], kind: 'original' }] } as const;
const nowhere = () => false;
const because = (asset: Parameters<typeof wants>[0], filters: Partial<Filters>, inAlbums = nowhere) =>
  wants(asset, { ...everything, ...filters }, inAlbums).because;

describe('filters', () => {
  it('leave out nothing unless told to', () => {
    for (const asset of [photo, film, { ...photo, hidden: true }, { ...photo, zone: 'SharedSync-1' }])
      expect(wants(asset, everything, nowhere)).toEqual({ wanted: true, because: undefined });
  });

  it('tell films from photos by type, and by name where the type is missing', () => {
    expect(because(film, { videos: false })).toBe('video');
    expect(because(photo, { videos: false })).toBeUndefined();
    expect(because(photo, { photos: false })).toBe('photo');
    expect(because({ ...film, renditions: [{ ...film.renditions[0], uti: undefined }] }, { videos: false })).toBe('video');
  });

  it('name the setting that leaves an item out', () => {
    expect(because({ ...photo, hidden: true }, { hidden: false })).toBe('hidden');
    expect(because({ ...photo, zone: 'SharedSync-1' }, { sharedLibrary: false })).toBe('shared-library');
    expect(because(photo, { sinceMs: may + 1 })).toBe('too-old');
    expect(because(photo, { sinceMs: may })).toBeUndefined();
    expect(because(photo, { albums: ['Familie'] })).toBe('not-in-albums');
    expect(because(photo, { albums: ['Familie'] }, () => true)).toBeUndefined();
  });

  it('keep what has no date at all', () => {
    expect(because({ ...photo, captureMs: undefined, addedMs: undefined }, { sinceMs: may })).toBeUndefined();
  });

  it('can leave out the film half of live photos alone', () => {
    expect(wantsRendition('live-video', { ...everything, liveVideos: false })).toBe(false);
    expect(wantsRendition('original', { ...everything, liveVideos: false })).toBe(true);
  });
});
