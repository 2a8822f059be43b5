import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { type Home, newHome } from '../support/cli.ts';
import { sketchTree } from '../support/tree.ts';

const TAKEN = Date.UTC(2024, 4, 17, 19, 4, 33);

/** A live photo in an album in a folder, a film, a RAW pair with an edit, and a hidden photo. */
function newLibrary() {
  const library = new Library(7);
  const live = library.addAsset({
    filename: 'IMG_0412.HEIC',
    uti: 'public.heic',
    liveVideoSize: 3000,
    captureMs: TAKEN,
    timeZoneOffsetS: 7200,
    caption: 'Am Deich & Meer',
    keywords: ['Küste', 'Hund'],
    favorite: true,
    subtypeV2: 2,
    location: { latitude: -53.705, longitude: 7.1421 },
  });
  const film = library.addAsset({ filename: 'CLIP.MOV', uti: 'com.apple.quicktime-movie', captureMs: TAKEN, edited: { videoSize: 2000 } });
  const pair = library.addAsset({
    filename: 'DSC_1.JPG',
    alternativeUti: 'com.adobe.raw-image',
    alternativeSize: 4000,
    sidecarSize: 900,
    edited: { uti: 'public.jpeg' },
    captureMs: TAKEN,
  });
  const hidden = library.addAsset({ filename: 'GEHEIM.JPG', hidden: true, captureMs: TAKEN });
  const folder = library.addAlbum({ name: 'Reisen', type: 3 });
  const album = library.addAlbum({ name: 'Nordsee 2024', parent: folder });
  library.addToAlbum(live, album);
  return { library, live, film, pair, hidden, album };
}

const AT = '_All-Photos/2024/2024-05';
const sidecars = (home: Home) => sketchTree(home.library).filter((path) => /\.\w+\.(xmp|json)$/.test(path));
const at = (home: Home, name: string) => join(home.library, AT, name);
const exiftool = (path: string) =>
  (JSON.parse(execFileSync('exiftool', ['-j', '-a', '-G1', '-n', path], { encoding: 'utf8' })) as [Record<string, unknown>])[0];

describe('sidecars', () => {
  it('lie beside every picture and film that people look at, and tell what iCloud knows', async () => {
    const { library } = newLibrary();
    const home = await newHome({ library });
    home.env.METADATA = undefined; // as it comes
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode, stderr).toBe(0);
    expect(sidecars(home)).toEqual([
      `${AT}/CLIP-edited.MOV.xmp`,
      `${AT}/CLIP.MOV.xmp`,
      `${AT}/DSC_1-edited.JPG.xmp`,
      `${AT}/DSC_1.DNG.xmp`,
      `${AT}/DSC_1.JPG.xmp`,
      `${AT}/IMG_0412.HEIC.xmp`,
      '_Hidden/2024/2024-05/GEHEIM.JPG.xmp',
    ]);
    expect(exiftool(at(home, 'IMG_0412.HEIC.xmp'))).toMatchObject({
      'XMP-dc:Title': 'Am Deich & Meer',
      'XMP-dc:Subject': ['Küste', 'Hund'],
      'XMP-digiKam:TagsList': ['Küste', 'Hund', 'Albums/Reisen/Nordsee 2024'],
      'XMP-exif:DateTimeOriginal': '2024:05:17 21:04:33+02:00',
      'XMP-exif:GPSLatitude': -53.705,
      'XMP-exif:GPSLongitude': 7.1421,
      'XMP-xmp:Rating': 5,
      'XMP-ips:Subtype': 'live',
    });
    expect(exiftool(join(home.library, '_Hidden/2024/2024-05/GEHEIM.JPG.xmp'))['XMP-ips:Hidden']).toBe(true);
  });

  it('follow what changes in iCloud without touching the photo, and nothing else is written', async () => {
    const { library, live, album } = newLibrary();
    const home = await newHome({ library });
    home.env.METADATA = 'xmp';
    await home.run(['sync']);
    const photo = statSync(at(home, 'IMG_0412.HEIC'), { bigint: true });
    const other = statSync(at(home, 'CLIP.MOV.xmp'), { bigint: true });
    library.setFavorite(live, false);
    library.renameAlbum(album, 'Nordsee im Mai');
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const told = exiftool(at(home, 'IMG_0412.HEIC.xmp'));
    expect(told['XMP-digiKam:TagsList']).toContain('Albums/Reisen/Nordsee im Mai');
    expect(told['XMP-xmp:Rating']).toBeUndefined();
    library.removeFromAlbum(live, album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(exiftool(at(home, 'IMG_0412.HEIC.xmp'))['XMP-digiKam:TagsList']).toEqual(['Küste', 'Hund']);
    expect(statSync(at(home, 'IMG_0412.HEIC'), { bigint: true })).toMatchObject({
      ino: photo.ino,
      mtimeNs: photo.mtimeNs,
      ctimeNs: photo.ctimeNs,
    });
    expect(statSync(at(home, 'CLIP.MOV.xmp'), { bigint: true })).toMatchObject({ ino: other.ino, mtimeNs: other.mtimeNs });
  });

  it('go with their photo when it is hidden, and into the trash', async () => {
    const { library, live } = newLibrary();
    const home = await newHome({ library });
    home.env.METADATA = 'xmp';
    await home.run(['sync']);
    library.setHidden(live, true);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const hidden = '_Hidden/2024/2024-05/IMG_0412.HEIC.xmp';
    expect(sidecars(home)).toContain(hidden);
    expect(sidecars(home)).not.toContain(`${AT}/IMG_0412.HEIC.xmp`);
    expect(exiftool(join(home.library, hidden))['XMP-ips:Hidden']).toBe(true);
    library.deleteAsset(live);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(sidecars(home)).not.toContain(hidden);
    expect(sidecars(home).some((path) => path.startsWith('_Trash/') && path.endsWith(hidden))).toBe(true);
  });

  it('of other programs keep what they say', async () => {
    const { library, live } = newLibrary();
    const home = await newHome({ library });
    await home.run(['sync']);
    const foreign = at(home, 'IMG_0412.HEIC.xmp');
    execFileSync('exiftool', ['-o', foreign, '-XMP-dc:Title=Mein Titel', '-XMP-dc:Creator=Oma', at(home, 'IMG_0412.HEIC')]);
    writeFileSync(at(home, 'DSC_1.JPG.xmp'), 'no XMP at all');
    home.env.METADATA = 'xmp';
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('DSC_1.JPG.xmp');
    expect(readFileSync(at(home, 'DSC_1.JPG.xmp'), 'utf8')).toBe('no XMP at all');
    library.setFavorite(live, false);
    await home.run(['sync']);
    const told = exiftool(foreign);
    expect(told).toMatchObject({ 'XMP-dc:Title': 'Mein Titel', 'XMP-dc:Creator': 'Oma', 'XMP-dc:Subject': ['Küste', 'Hund'] });
    expect(told['XMP-ips:Favorite']).toBe(false);
  });

  it('as JSON hold everything, and none are written when none are wanted', async () => {
    const { library } = newLibrary();
    const home = await newHome({ library });
    await home.run(['sync']);
    expect(sidecars(home)).toEqual([]);
    home.env.METADATA = 'json';
    await home.run(['sync']);
    const json = JSON.parse(readFileSync(at(home, 'IMG_0412.HEIC.json'), 'utf8')) as Record<string, unknown>;
    expect(json).toMatchObject({
      writtenBy: 'icloud-photos-sync',
      importName: 'IMG_0412.HEIC',
      albums: [['Reisen', 'Nordsee 2024']],
      details: { latitude: -53.705 },
      files: [
        { kind: 'original', name: 'IMG_0412.HEIC' },
        { kind: 'live-video', name: 'IMG_0412.MOV' },
      ],
    });
    expect(existsSync(at(home, 'IMG_0412.HEIC.xmp'))).toBe(false);
  });
});
