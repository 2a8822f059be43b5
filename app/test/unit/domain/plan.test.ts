import { describe, expect, it } from 'vitest';
import type { ListedAsset, RenditionKind, StoredFile } from '../../../src/domain/asset.ts';
import { planAsset } from '../../../src/domain/plan.ts';

const asset = (...renditions: [RenditionKind, string][]): ListedAsset => ({
  zone: 'PrimarySync',
  id: 'A',
  masterId: 'M',
  filename: 'IMG_1.HEIC',
  captureMs: 0,
  addedMs: 0,
  offsetS: 0,
  favorite: false,
  hidden: false,
  renditions: renditions.map(([kind, checksum]) => ({ kind, checksum, size: 1, uti: undefined, download: undefined })),
  details: {},
  previews: [],
});
const file = (kind: RenditionKind, checksum: string): StoredFile => ({
  kind,
  checksum,
  path: `old/${kind}`,
  size: 1,
  sha256: '',
  proof: 'apple',
});
const plan = (listed: ListedAsset, stored: StoredFile[]) => planAsset(listed, stored, (kind) => `new/${kind}`);

describe('the plan for one photo', () => {
  it('asks for everything that is not stored', () => {
    expect(plan(asset(['original', 'a'], ['live-video', 'b']), []).wanted).toMatchObject([
      { path: 'new/original', because: 'new' },
      { path: 'new/live-video', because: 'new' },
    ]);
  });

  it('asks for nothing when the stored version is the listed one', () => {
    expect(plan(asset(['original', 'a']), [file('original', 'a')])).toEqual({ wanted: [], unlisted: [] });
  });

  it('asks for a new edit and leaves the old one alone', () => {
    const { wanted, unlisted } = plan(asset(['original', 'a'], ['edited', 'new']), [file('original', 'a'), file('edited', 'old')]);
    expect(wanted).toMatchObject([{ rendition: { kind: 'edited', checksum: 'new' }, because: 'changed' }]);
    expect(unlisted).toEqual([]);
  });

  it('only names what iCloud no longer shows: nothing is removed', () => {
    expect(plan(asset(['original', 'a']), [file('original', 'a'), file('edited', 'old')]).unlisted).toEqual([file('edited', 'old')]);
  });
});
