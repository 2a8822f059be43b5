import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { type Home, newHome } from '../support/cli.ts';
import { sketchTree } from '../support/tree.ts';

function newLibrary() {
  const library = new Library(9);
  const taken = Date.UTC(2024, 4, 17);
  const old = library.addAsset({ filename: 'ALT.JPG', captureMs: Date.UTC(2010, 0, 5) });
  library.addAsset({ filename: 'LIVE.HEIC', uti: 'public.heic', liveVideoSize: 3000, captureMs: taken });
  library.addAsset({ filename: 'FILM.MOV', uti: 'com.apple.quicktime-movie', captureMs: taken });
  library.addAsset({ filename: 'GEHEIM.JPG', hidden: true, captureMs: taken });
  const folder = library.addAlbum({ name: 'Reisen', type: 3 });
  library.addToAlbum(old, library.addAlbum({ name: 'Früher', parent: folder }));
  return library;
}
const files = (home: Home) =>
  sketchTree(home.library)
    .filter((path) => /^_(All|Hidden)/.test(path))
    .map((path) => path.slice(path.lastIndexOf('/') + 1));
const status = async (home: Home) => {
  const { stdout } = await home.run(['status', '--json']);
  return JSON.parse(stdout) as {
    complete: boolean;
    contents: { leftOut: { because: string; files: number }[]; items: Record<string, number> };
  };
};

describe('filters', () => {
  it.each([
    [{ SKIP_VIDEOS: 'true' }, ['ALT.JPG', 'GEHEIM.JPG', 'LIVE.HEIC', 'LIVE.MOV'], 'video'],
    [{ SKIP_LIVE_PHOTOS: 'true' }, ['ALT.JPG', 'FILM.MOV', 'GEHEIM.JPG', 'LIVE.HEIC'], 'live-video'],
    [{ HIDDEN: 'no' }, ['ALT.JPG', 'FILM.MOV', 'LIVE.HEIC', 'LIVE.MOV'], 'hidden'],
    [{ SINCE: '2020-01-01' }, ['FILM.MOV', 'GEHEIM.JPG', 'LIVE.HEIC', 'LIVE.MOV'], 'too-old'],
    [{ ALBUMS: 'reisen' }, ['ALT.JPG'], 'not-in-albums'],
  ])('%j bring %j', async (env, expected, because) => {
    const home = await newHome({ library: newLibrary() });
    Object.assign(home.env, env);
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode, stderr).toBe(0);
    expect(files(home).sort()).toEqual(expected);
    const known = await status(home);
    expect(known.complete).toBe(true);
    expect(known.contents.leftOut.map((group) => group.because)).toEqual([because]);
  });

  it('never take away what is stored, and what was left out comes when they are lifted', async () => {
    const home = await newHome({ library: newLibrary() });
    home.env.SKIP_VIDEOS = 'true';
    await home.run(['sync']);
    Object.assign(home.env, { SKIP_VIDEOS: undefined, SINCE: '2020-01-01', HIDDEN: 'no' });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(files(home).sort()).toEqual(['ALT.JPG', 'FILM.MOV', 'GEHEIM.JPG', 'LIVE.HEIC', 'LIVE.MOV']);
    expect((await status(home)).complete).toBe(true);
    expect((await home.run(['sync'])).stdout).not.toMatch(/moved to _Trash|no longer/);
    expect(files(home)).toHaveLength(5);
  });

  it('are named in the status, with everything else that is not brought here', async () => {
    const library = newLibrary();
    library.addAlbum({ name: 'Beste Bilder', type: 6 });
    library.deleteAsset(library.addAsset({ filename: 'WEG.JPG' }));
    const home = await newHome({ library });
    home.env.SKIP_VIDEOS = 'true';
    await home.run(['sync']);
    const { stdout } = await home.run(['status']);
    expect(stdout).toContain('In iCloud: photos 3, films 1, live photos 1, hidden 1.');
    expect(stdout).toMatch(
      /Not brought here:\n- 1 file \(.*\): films: SKIP_VIDEOS\n- 1 item in Recently Deleted\n- 1 smart album, of which iCloud keeps no members: Beste Bilder/,
    );
  });
});
