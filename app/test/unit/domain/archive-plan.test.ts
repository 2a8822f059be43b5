import { describe, expect, it } from 'vitest';
import { type ArchivedFile, type ArchiveMember, type FreshItem, keepsByCatalog, keepsByNow } from '../../../src/domain/archive-plan.ts';

const file = (kind: ArchivedFile['kind'], more: Partial<ArchivedFile> = {}): ArchivedFile => ({
  kind,
  path: `Album/${kind}`,
  checksum: `sum-${kind}`,
  size: 1,
  sha256: 'ff',
  proof: 'apple',
  finding: null,
  ...more,
});
const member = (more: Partial<ArchiveMember> = {}): ArchiveMember => ({
  row: 1,
  zone: 'PrimarySync',
  asset: 'A',
  master: 'M',
  name: 'IMG_1',
  favorite: false,
  hidden: false,
  gone: false,
  inAlbum: true,
  otherAlbums: [],
  renditions: [
    { kind: 'original', checksum: 'sum-original' },
    { kind: 'edited', checksum: 'sum-edited' },
  ],
  files: [file('original'), file('edited')],
  ...more,
});
const now = (more: Partial<FreshItem> = {}): FreshItem => ({
  asset: 'A',
  state: 'live',
  tag: '1a',
  favorite: false,
  hidden: false,
  inAlbum: 'yes',
  renditions: member().renditions,
  recoverableUntilMs: undefined,
  ...more,
});
const rules = { evenIfInOtherAlbums: false };

describe('an item of an archived album stays in iCloud', () => {
  it.each<[string, Partial<ArchiveMember>]>([
    ['shared-library', { zone: 'SharedSync-1' }],
    ['gone-already', { gone: true }],
    ['left-album', { inAlbum: false }],
    ['favorite', { favorite: true }],
    ['hidden', { hidden: true }],
    ['not-in-archive', { files: [] }],
    ['not-proven', { files: [file('original')] }],
    ['not-proven', { files: [file('original'), file('edited', { checksum: 'older' })] }],
    ['not-proven', { files: [file('original'), file('edited', { proof: 'unconfirmed' })] }],
    ['not-proven', { files: [file('original'), file('edited', { proof: 'unverifiable' })] }],
    ['not-proven', { files: [file('original', { finding: 'damaged' }), file('edited')] }],
    ['not-proven', { renditions: [] }],
    ['in-other-albums', { otherAlbums: ['Calendar'] }],
  ])('%s: %j', (why, more) => expect(keepsByCatalog(member(more), rules)).toBe(why));

  it.each<[string, Partial<FreshItem>]>([
    ['gone-already', { state: 'deleted' }],
    ['gone-already', { state: 'gone' }],
    ['unclear', { state: 'unclear' }],
    ['unclear', { tag: undefined }],
    ['unclear', { inAlbum: 'unclear' }],
    ['left-album', { inAlbum: 'no' }],
    ['favorite', { favorite: true }],
    ['hidden', { hidden: true }],
    ['changed-in-icloud', { renditions: [...member().renditions, { kind: 'other:resNew', checksum: 'unknown kind' }] }],
    [
      'changed-in-icloud',
      {
        renditions: [
          { kind: 'original', checksum: 'sum-original' },
          { kind: 'edited', checksum: 'newer' },
        ],
      },
    ],
    ['changed-in-icloud', { renditions: [] }],
  ])('%s: now %j', (why, more) => expect(keepsByNow(member(), now(more))).toBe(why));
});

describe('an item of an archived album may be deleted in iCloud', () => {
  it('when every part that iCloud shows is in the archive and vouched for by Apple’s checksum', () => {
    expect(keepsByCatalog(member(), rules)).toBeUndefined();
    expect(keepsByNow(member(), now())).toBeUndefined();
  });

  it('when its edit was undone since: what was archived is more than what is there', () => {
    expect(keepsByNow(member(), now({ renditions: [{ kind: 'original', checksum: 'sum-original' }] }))).toBeUndefined();
  });

  it('when it is in other albums too, and its owner said so', () => {
    expect(keepsByCatalog(member({ otherAlbums: ['Calendar'] }), { evenIfInOtherAlbums: true })).toBeUndefined();
  });
});
