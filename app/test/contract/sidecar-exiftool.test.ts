import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseXmp } from '../../src/adapters/xmp/parse-xmp.ts';
import { describe as describeAsset } from '../../src/domain/description.ts';
import { mergeXmp, renderWritten } from '../../src/domain/xmp-merge.ts';
import { xmpProperties } from '../../src/domain/xmp-properties.ts';
import { renderXmp } from '../../src/domain/xmp-render.ts';
import { digest } from '../support/digest.ts';

const folder = mkdtempSync(join(tmpdir(), 'exiftool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const description = describeAsset(
  {
    zone: 'PrimarySync',
    id: '5E0D2C3A-7A55-4C0B-9B6E-2F5B0C1D9A11',
    masterId: 'M',
    filename: 'IMG_0412.HEIC',
    captureMs: Date.UTC(2024, 4, 17, 19, 4, 33, 120),
    addedMs: 0,
    offsetS: 7200,
    favorite: true,
    hidden: false,
  },
  {
    title: 'Am Deich',
    caption: 'Abendlicht & Wind <3 🌊\nZweite Zeile',
    keywords: ['Küste', 'Hund/Katze', 'a|b', 'x\u0001y'],
    latitude: -53.70502,
    longitude: 7.14213,
    altitude: -4.12,
    subtype: 2,
    burstId: 'B-1',
  },
  [['Reisen', 'Nordsee 2024'], ['Hund']],
);

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const wanted = xmpProperties(description);
const fresh = () => renderXmp(wanted, renderWritten(wanted, digest));
const exiftool = (...args: string[]) => execFileSync('exiftool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const read = (path: string) => (JSON.parse(exiftool('-j', '-a', '-G1', '-n', path)) as [Record<string, unknown>])[0];
const remerge = (path: string, properties = wanted) => {
  const document = parseXmp(readFileSync(path, 'utf8'));
  if (!document) return expect.fail('the sidecar was not understood');
  const merged = mergeXmp(document, properties, digest);
  writeFileSync(path, merged.text);
  return merged;
};

describe('exiftool', () => {
  it('reads every field of a sidecar back', () => {
    expect(read(write('IMG_0412.HEIC.xmp', fresh()))).toMatchObject({
      'XMP-dc:Title': 'Am Deich',
      'XMP-dc:Description': 'Abendlicht & Wind <3 🌊\nZweite Zeile',
      'XMP-dc:Subject': ['Küste', 'Hund/Katze', 'a|b', 'xy'],
      'XMP-digiKam:TagsList': ['Küste', 'Hund⁄Katze', 'a|b', 'xy', 'Albums/Hund', 'Albums/Reisen/Nordsee 2024'],
      'XMP-lr:HierarchicalSubject': ['Küste', 'Hund/Katze', 'a∣b', 'xy', 'Albums|Hund', 'Albums|Reisen|Nordsee 2024'],
      'XMP-exif:DateTimeOriginal': '2024:05:17 21:04:33.120+02:00',
      'XMP-photoshop:DateCreated': '2024:05:17 21:04:33.120+02:00',
      'XMP-xmp:CreateDate': '2024:05:17 21:04:33.120+02:00',
      'XMP-exif:GPSLatitude': -53.70502,
      'XMP-exif:GPSLongitude': 7.14213,
      'XMP-exif:GPSAltitude': 4.12,
      'XMP-exif:GPSAltitudeRef': 1,
      'XMP-xmp:Rating': 5,
      'XMP-fstop:Favorite': 1,
      'XMP-ips:Favorite': true,
      'XMP-ips:Hidden': false,
      'XMP-ips:Subtype': 'live',
      'XMP-ips:BurstId': 'B-1',
      'XMP-ips:ImportName': 'IMG_0412.HEIC',
      'XMP-ips:AssetId': 'PrimarySync/5E0D2C3A-7A55-4C0B-9B6E-2F5B0C1D9A11',
    });
  });

  it('finds nothing to complain about', () => {
    const output = exiftool('-validate', '-warning', '-a', write('valid.xmp', fresh()));
    expect(output).toMatch(/Validate\s+: OK/);
    expect(output).not.toContain('Warning');
  });

  it('may rewrite a sidecar, as Immich does: what it set stays, what is ours is kept up to date', () => {
    const path = write('immich.xmp', fresh());
    exiftool('-overwrite_original', '-XMP-xmp:Rating=3', '-XMP-dc:Description=Von Immich', '-XMP-digiKam:TagsList+=Oma', path);
    const later = xmpProperties({ ...description, title: 'Am Strand', keywords: ['Küste'], albums: [] });
    const merged = remerge(path, later);
    expect(merged.theirs).toEqual(expect.arrayContaining(['xmp:Rating', 'dc:description', 'digiKam:TagsList']));
    expect(read(path)).toMatchObject({
      'XMP-dc:Title': 'Am Strand',
      'XMP-dc:Description': 'Von Immich',
      'XMP-xmp:Rating': 3,
      'XMP-digiKam:TagsList': ['Küste', 'Oma'],
      'XMP-dc:Subject': 'Küste',
      'XMP-fstop:Favorite': 1,
    });
    // PhotoPrism sees it as an attribute only (neighbours.md §1.2).
    expect(readFileSync(path, 'utf8')).toContain('fstop:favorite="1"');
    expect(exiftool('-validate', '-warning', '-a', path)).not.toMatch(/Duplicate/);
    exiftool('-overwrite_original', '-XMP-xmp:Label=Rot', path);
    expect(read(path)['XMP-xmp:Label']).toBe('Rot');
    expect(remerge(path, later).theirs).toEqual(expect.arrayContaining(['xmp:Rating', 'dc:description']));
    expect(read(path)).toMatchObject({ 'XMP-xmp:Rating': 3, 'XMP-xmp:Label': 'Rot' });
  });

  it('made the sidecar first: all of it survives ours', () => {
    const path = join(folder, 'foreign.xmp');
    exiftool(
      '-o',
      path,
      '-XMP-dc:Subject=Oma',
      '-XMP-dc:Creator=Ich',
      '-XMP-xmp:Rating=2',
      '-XMP-exif:UserComment=nicht anfassen',
      '-XMP-mwg-rs:RegionInfo={RegionList=[{Name=Oma}]}',
      write('empty.xmp', fresh().replace(/<rdf:Description[\s\S]*<\/rdf:Description>/, '<rdf:Description rdf:about=""/>')),
    );
    const before = read(path);
    remerge(path);
    const after = read(path);
    for (const [name, value] of Object.entries(before)) {
      if (/^(XMP-(?!dc:Subject))/.test(name) && !name.startsWith('XMP-x:')) expect(after[name]).toEqual(value);
    }
    expect(after['XMP-dc:Subject']).toEqual(['Oma', 'Küste', 'Hund/Katze', 'a|b', 'xy']);
    expect(exiftool('-validate', '-warning', '-a', path)).not.toMatch(/Duplicate/);
    exiftool('-overwrite_original', '-XMP-xmp:Rating=4', path);
    expect(read(path)['XMP-xmp:Rating']).toBe(4);
  });
});
