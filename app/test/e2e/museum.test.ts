import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { withFixture } from '../recorded/shared-fixtures.ts';
import { type HomeOptions, newHome } from '../support/cli.ts';
import { mountVolume } from '../support/mounts.ts';
import { countContents, expectedContents, hashTree, sketchTree } from '../support/tree.ts';

const MUSEUM = { assets: 0, seed: 1, mix: 'museum' } as const;
const TREES = ['_All-Photos', '_Shared-Photos', '_Hidden'];
const GOLDEN = new URL('../golden/museum.txt', import.meta.url).pathname;

async function syncTwice(options: HomeOptions) {
  const home = await newHome({ library: MUSEUM, ...options });
  home.env.METADATA = 'xmp';
  const first = await home.run(['sync']);
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);
  const tree = sketchTree(home.library).filter((path) => !path.startsWith('lost+found'));
  const second = await home.run(['sync']);
  expect(second.exitCode, second.stdout + second.stderr).toBe(0);
  expect(sketchTree(home.library).filter((path) => !path.startsWith('lost+found'))).toEqual(tree);
  return { home, tree, first };
}
const withoutLinks = (tree: readonly string[]) => tree.filter((path) => !path.includes(' -> '));
const golden = () => readFileSync(GOLDEN, 'utf8').trimEnd().split('\n');

describe('the museum: one of everything that iCloud holds, with every trap for names', () => {
  it('becomes exactly the tree that test/golden/museum.txt shows, and the second sync changes nothing', async () => {
    const { home, tree } = await syncTwice({});
    await expect(`${tree.join('\n')}\n`).toMatchFileSnapshot(GOLDEN);
    const hashes = [...hashTree(home.library, TREES)].filter(([path]) => !/\.\w+\.xmp$/.test(path));
    expect(countContents(hashes.map(([, hash]) => hash))).toEqual(
      new Map([...expectedContents(home.simulator.library), ...expectedContents(home.simulator.library, 'hidden')]),
    );
    const { stdout } = await home.run(['status', '--json']);
    const status = JSON.parse(stdout) as { complete: boolean; kinds: Record<string, { listed: number; stored: number }> };
    expect(status.complete).toBe(true);
    for (const { listed, stored } of Object.values(status.kinds)) expect(stored).toBe(listed);
  });

  it.each(['exfat', 'ntfs', 'ext4'] as const)('is the same on %s, as far as that takes links', async (kind) => {
    const root = mountVolume(kind);
    const { tree, first } = await syncTwice({ root });
    const hasLinks = tree.some((path) => path.includes(' -> '));
    expect(hasLinks).toBe(kind !== 'exfat');
    expect(hasLinks ? tree : withoutLinks(tree)).toEqual(hasLinks ? golden() : withoutLinks(golden()));
    if (kind === 'exfat') expect(first.stdout + first.stderr).toContain('it takes no links');
  });
});

withFixture('names.json', 'every name of the vectors', (path) => {
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
    cases: readonly { kind: string; input: { name: string | null; uti?: string } }[];
  };

  it.each(['exfat', 'ntfs'] as const)('can be stored on %s, all in one folder', async (kind) => {
    const library = new Library(17);
    let photo = library.addAsset({ filename: 'plain.jpg' });
    for (const { kind: what, input } of cases) {
      if (what === 'file')
        photo = library.addAsset({
          filename: input.name,
          captureMs: Date.UTC(2024, 4, 17),
          ...(input.uti === undefined ? {} : { uti: input.uti }),
          size: 700,
        });
      else library.addToAlbum(photo, library.addAlbum({ name: input.name ?? '' }));
    }
    const home = await newHome({ library, root: mountVolume(kind) });
    Object.assign(home.env, { METADATA: 'xmp', LAYOUT: 'flat' });
    const { exitCode, stdout, stderr } = await home.run(['sync']);
    expect(exitCode, stdout + stderr).toBe(0);
    const hashes = [...hashTree(home.library)].filter(([name]) => !/\.\w+\.xmp$/.test(name));
    expect(countContents(hashes.map(([, hash]) => hash))).toEqual(expectedContents(library));
  });
});
