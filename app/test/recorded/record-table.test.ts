import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePage } from '../../src/adapters/icloud/page.ts';
import { createPairing } from '../../src/adapters/icloud/pairing.ts';
import { DEFAULT_LAYOUT, readLayout } from '../../src/domain/layout.ts';
import { placeFolder } from '../../src/domain/library-path.ts';
import { chooseBase, fileStem, partName } from '../../src/domain/names.ts';
import { digest } from '../support/digest.ts';
import { withFixture } from './shared-fixtures.ts';

interface Recorded {
  readonly recordName: string;
  readonly recordType: string;
  readonly fields?: Readonly<Record<string, { readonly value?: unknown } | undefined>>;
}

const layout = readLayout(DEFAULT_LAYOUT) ?? expect.fail('no layout');
/** Full-size resources, as photos.md §7 lists them by the record that holds them. */
const FILES = {
  CPLMaster: ['resOriginalRes', 'resOriginalAltRes', 'resOriginalVidComplRes', 'resSidecarRes'],
  CPLAsset: ['resJPEGFullRes', 'resVidFullRes', 'resSidecarRes'],
} as const;

/** Number of files that a record pair stands for, counted from the wire and not by the program. */
function filesOnTheWire(asset: Recorded, records: readonly Recorded[]): number {
  const masterName = (asset.fields?.masterRef?.value as { recordName?: string } | undefined)?.recordName;
  const master = records.find(({ recordName }) => recordName === masterName);
  const count = (record: Recorded | undefined, names: readonly string[]) =>
    names.filter((name) => record?.fields?.[name]?.value !== undefined).length;
  // An original that is still being uploaded is a file all the same: it is waited for.
  return Math.max(1, count(master, FILES.CPLMaster)) + count(asset, FILES.CPLAsset);
}

/** Record name, files with their names: one line each. */
function tableOf(path: string) {
  const { response } = JSON.parse(readFileSync(path, 'utf8')) as { response: { body: { records?: readonly Recorded[] } } };
  const records = response.body.records ?? [];
  const assets = createPairing('PrimarySync', () => 0).page(parsePage(response.body).records);
  const taken = new Set<string>();
  return assets.map((asset) => {
    const uti = asset.renditions.find(({ kind }) => kind === 'original')?.uti;
    const folder = placeFolder(asset, layout);
    const stem = fileStem({ filename: asset.filename, uti, masterId: asset.masterId });
    const base = chooseBase({ stem, identity: `PrimarySync/${asset.id}`, isTaken: (folded) => taken.has(`${folder}/${folded}`), digest });
    taken.add(`${folder}/${base.toLowerCase()}`);
    const siblings: string[] = [];
    for (const { kind, uti: type } of asset.renditions)
      siblings.push(partName({ base, kind, uti: type, importName: asset.filename, siblings }));
    const wire = records.find(({ recordName }) => recordName === asset.id);
    return { asset, folder, names: siblings, expected: wire ? filesOnTheWire(wire, records) : 0 };
  });
}

withFixture('photos/README.md', 'every recorded record', (readme) => {
  const folder = dirname(readme);
  const files = readdirSync(folder).filter((name) => /^(page|variant|recently|shared)-.*\.json$/.test(name));

  it('stands for exactly the files that are on the wire, each with a name of its own (the table)', () => {
    const lines: string[] = [];
    const paths = new Set<string>();
    for (const file of files) {
      for (const { asset, folder: at, names, expected } of tableOf(join(folder, file))) {
        expect(names, `${file} ${asset.id}`).toHaveLength(expected);
        for (const name of names) paths.add(`${file} ${at}/${name}`);
        lines.push(`${file.replace('.json', '').padEnd(32)} ${asset.id.slice(0, 8)} ${at.padEnd(26)} ${names.join(', ')}`);
      }
    }
    if (process.env.PRINT_TABLE) process.stdout.write(`${lines.join('\n')}\n${lines.length} records, ${paths.size} files\n`);
    expect(paths.size).toBe(lines.reduce((sum, line) => sum + line.slice(69).split(', ').length, 0));
    expect(lines.length).toBeGreaterThan(120);
  });
});
