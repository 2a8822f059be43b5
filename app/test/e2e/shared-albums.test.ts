import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { newHome } from '../support/cli.ts';
import { sketchTree } from '../support/tree.ts';

function newLibrary() {
  const library = new Library(13);
  library.addAsset({ filename: 'MINE.JPG' });
  const { sharedAlbums } = library;
  const party = sharedAlbums.add({ name: 'Garden party' });
  const grandma = sharedAlbums.add({ name: 'Oma/Opa', sharing: 'subscribed' });
  const captureMs = Date.UTC(2024, 4, 17);
  for (let photo = 0; photo < 230; photo++) sharedAlbums.addPhoto(party, { filename: `IMG_${photo % 200}.JPG`, size: 700, captureMs });
  const live = sharedAlbums.addPhoto(grandma, { filename: 'IMG_1.HEIC', uti: 'public.heic', liveVideoSize: 900, captureMs });
  return { library, party, grandma, live };
}

describe('shared albums', () => {
  it('are named in the status when they are not fetched', async () => {
    const home = await newHome({ library: newLibrary().library });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode, stderr).toBe(0);
    expect(sketchTree(home.library).some((path) => path.startsWith('_Shared-Albums'))).toBe(false);
    expect((await home.run(['status'])).stdout).toContain(
      '- 2 shared albums (SHARED_ALBUMS=yes brings the smaller copies they hold): Garden party, Oma/Opa',
    );
  });

  it.each(['count', 'end'] as const)(
    'come whole, whatever Apple means by a limit (%s), and only what is new the next time',
    async (sharedAlbumLimit) => {
      const { library, party, grandma, live } = newLibrary();
      const home = await newHome({ library, account: { sharedAlbumLimit } });
      home.env.SHARED_ALBUMS = 'yes';
      const first = await home.run(['sync']);
      expect(first.exitCode, first.stdout + first.stderr).toBe(0);
      const tree = () => sketchTree(home.library).filter((path) => path.startsWith('_Shared-Albums'));
      expect(tree().filter((path) => path.startsWith('_Shared-Albums/Garden party/'))).toHaveLength(230);
      expect(tree()).toEqual(
        expect.arrayContaining([
          '_Shared-Albums/Garden party/IMG_199.JPG',
          '_Shared-Albums/Oma_Opa/IMG_1.HEIC',
          '_Shared-Albums/Oma_Opa/IMG_1.MOV',
        ]),
      );
      const before = home.simulator.requests.count('download');
      await home.run(['sync']);
      expect(home.simulator.requests.count('download')).toBe(before);
      library.sharedAlbums.removePhoto(grandma, live);
      library.sharedAlbums.addPhoto(party, { filename: 'LATE.JPG', size: 700 });
      expect((await home.run(['sync'])).exitCode).toBe(0);
      expect(home.simulator.requests.count('download')).toBe(before + 1);
      // What somebody took out of a shared album stays.
      expect(tree()).toHaveLength(233);
      expect(readFileSync(join(home.library, '_Shared-Albums/Garden party/LATE.JPG'))).toHaveLength(700);
      expect((await home.run(['status', '--json'])).stdout).toContain('"complete": true');
    },
  );
});
