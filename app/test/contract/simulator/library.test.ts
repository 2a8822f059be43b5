import { describe, expect, it } from 'vitest';
import { readContent } from '../../../simulator/library/content.ts';
import { fileChecksum, generateLibrary, type Library } from '../../../simulator/library.ts';

const everyFile = (library: Library) => [...library.expected(), ...library.expected('hidden'), ...library.expected('deleted')];
const dump = (library: Library) =>
  JSON.stringify([everyFile(library), library.albums(), library.zones.map(({ name, database }) => [name, database])]);

describe('a generated library', () => {
  it('is the same for the same seed and another for another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => generateLibrary({ assets: 80, seed })));
    expect(dump(first as Library)).toBe(dump(again as Library));
    expect(dump(first as Library)).not.toBe(dump(other as Library));
  });

  it('names a master after the bytes of its original', async () => {
    const library = await generateLibrary({ assets: 60, seed: 1 });
    for (const file of library.expected()) {
      const master = library.findAsset(file.assetRecordName)?.master;
      if (file.kind !== 'original' || master?.resources.resOriginal === undefined) continue;
      expect(fileChecksum(readContent(master.resources.resOriginal.content))).toBe(file.masterRecordName);
    }
  });

  it('holds every oddity once it has 60 items', async () => {
    const library = await generateLibrary({ assets: 60, seed: 9 });
    const files = [...library.expected()];
    const kinds = new Set(files.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['original', 'alternative', 'live-video', 'edited', 'edited-video', 'sidecar']));
    const originals = files.filter(({ kind }) => kind === 'original');
    const names = originals.map(({ filename }) => filename ?? '');
    expect(names).toContain('');
    for (const pattern of [/🎂/, /家族/, /\u0308/, /\//, /\u202f/, /CON/, /.{200}/])
      expect(names.some((name) => pattern.test(name))).toBe(true);
    expect(new Set(names).size).toBeLessThan(names.length);
    expect(originals.some(({ captureMs }) => captureMs !== undefined && captureMs < 0)).toBe(true);
    expect(originals.some(({ captureMs }) => captureMs === undefined)).toBe(true);
    expect(new Set(originals.map(({ timeZoneOffsetS }) => Math.sign(timeZoneOffsetS ?? Number.NaN)))).toEqual(new Set([1, -1, Number.NaN]));
    const masters = originals.map(({ masterRecordName }) => masterRecordName);
    expect(new Set(masters).size).toBeLessThan(masters.length);
    const utis = new Set(files.map(({ uti }) => uti));
    for (const uti of [
      'public.jpeg',
      'public.heic',
      'public.png',
      'com.apple.quicktime-movie',
      'public.mpeg-4',
      'com.example.unheard-of-picture',
    ])
      expect(utis).toContain(uti);
    expect([...library.expected('hidden')].length).toBeGreaterThan(0);
    expect([...library.expected('deleted')].length).toBeGreaterThan(0);
    expect(library.albums().map(({ type }) => type)).toEqual(expect.arrayContaining(['album', 'folder', 'smart']));
  });

  it('keeps to simple things when asked', async () => {
    const library = await generateLibrary({ assets: 50, seed: 1, mix: 'plain' });
    const files = everyFile(library);
    expect(files).toHaveLength(50);
    expect(new Set(files.map(({ filename }) => filename)).size).toBe(50);
    expect(library.zones.map(({ name }) => name)).toEqual(['PrimarySync']);
  });

  it('renders real pictures on request', async () => {
    const library = await generateLibrary({ assets: 4, seed: 1, photos: 'real', mix: 'plain' });
    const [file] = library.expected();
    const original = library.findAsset(file?.assetRecordName ?? '')?.master?.resources.resOriginal;
    const { default: sharp } = await import('sharp');
    const { format, width, exif } = await sharp(original === undefined ? undefined : readContent(original.content)).metadata();
    expect([format, width, exif !== undefined]).toEqual(['jpeg', 1600, true]);
  });

  it('makes large libraries without keeping bodies', async () => {
    const startedAt = performance.now();
    const library = await generateLibrary({ assets: 10_000, seed: 1, meanBytes: 2_000_000 });
    expect([...library.expected()].length).toBeGreaterThan(10_000);
    expect(performance.now() - startedAt).toBeLessThan(15_000); // about half a second on an idle machine
  });
});

describe('changing the library', () => {
  it('edits give new bytes, a revert takes them away', async () => {
    const library = await generateLibrary({ assets: 1, seed: 1, mix: 'plain' });
    const name = library.addAsset({ liveVideoSize: 3000, uti: 'public.heic' });
    const edited = () =>
      library
        .filesOfAsset(name)
        .filter(({ kind }) => kind.startsWith('edited'))
        .map(({ fileChecksum: checksum }) => checksum);
    library.editAsset(name, { videoSize: 2000 });
    const [first] = [edited()];
    library.editAsset(name, { videoSize: 2000 });
    expect(first).toHaveLength(2);
    expect(edited()).not.toEqual(first);
    library.revertEdit(name);
    expect(edited()).toEqual([]);
    expect(library.filesOfAsset(name).map(({ kind }) => kind)).toEqual(['original', 'live-video']);
  });

  it('keeps a master while a duplicate lives', async () => {
    const library = await generateLibrary({ assets: 0, seed: 1 });
    const name = library.addAsset({ filename: 'Twice.JPG' });
    const twin = library.addAsset({ duplicateOf: name });
    library.deleteAsset(name);
    expect(library.findAsset(twin)?.master?.deletedMs).toBeUndefined();
    library.purgeAsset(name);
    expect(library.filesOfAsset(twin)).toHaveLength(1);
    library.deleteAsset(twin);
    expect(library.findAsset(twin)?.master?.deletedMs).toBeDefined();
  });
});
