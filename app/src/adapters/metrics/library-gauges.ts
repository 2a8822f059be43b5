import type { TargetState } from '../../domain/offsite.ts';
import { flag, type MetricRow, one, type Sample, seconds } from './metric-row.ts';

/** What is in iCloud, on this disk, and in the off-site copies. */
export const LIBRARY_METRICS: readonly MetricRow[] = [
  ['complete', '1 when every rendition that iCloud lists is on disk.', ({ coverage }) => flag(coverage?.complete)],
  ['intact', '1 when every stored file was proven.', ({ coverage }) => flag(coverage?.intact)],
  ['listing_timestamp_seconds', 'When the last complete listing ended.', ({ coverage }) => seconds(coverage?.listedAtMs)],
  ['icloud_items', 'Items that iCloud lists.', ({ coverage }) => one(coverage?.assets)],
  ['icloud_albums', 'Albums that iCloud lists.', ({ coverage }) => one(coverage?.albums)],
  ['only_here_items', 'Items stored here that iCloud no longer lists.', ({ coverage }) => one(coverage?.noLongerListed)],
  ['stored_files', 'Files stored here.', ({ coverage }) => one(coverage?.storedFiles)],
  ['stored_bytes', 'Their bytes.', ({ coverage }) => one(coverage?.storedBytes)],
  [
    'files',
    'Files by kind of rendition: listed by iCloud, and of these stored, verified and unconfirmed.',
    ({ coverage }) =>
      (coverage?.kinds ?? []).flatMap((kind): readonly Sample[] => [
        [{ kind: kind.kind, state: 'listed' }, kind.listed],
        [{ kind: kind.kind, state: 'stored' }, kind.stored],
        [{ kind: kind.kind, state: 'verified' }, kind.verified],
        [{ kind: kind.kind, state: 'unconfirmed' }, kind.unconfirmed + kind.unverifiable],
      ]),
    ['kind', 'state'],
  ],
  [
    'missing_files',
    'Files that are not here yet, by reason.',
    ({ coverage }) => (coverage?.missing ?? []).map(({ code, count }): Sample => [{ reason: code }, count]),
    ['reason'],
  ],
  ['held_items', 'Items gone from iCloud whose removal waits for an answer.', ({ coverage }) => one(coverage?.held)],
  [
    'findings',
    'Files that are not as they were stored, by what was found.',
    ({ coverage }) => (coverage?.findings ?? []).map(({ code, count }): Sample => [{ code }, count]),
    ['code'],
  ],
  ['read_back_files', 'Files that were read whole, and found right, within VERIFY_DAYS.', ({ coverage }) => one(coverage?.read.files)],
  [
    'read_back_oldest_timestamp_seconds',
    'When the file was read that has waited longest.',
    ({ coverage }) => seconds(coverage?.read.oldestMs),
  ],
  ['archived_files', 'Files of archived albums.', ({ coverage }) => one(coverage?.archived.files)],
  ['archived_bytes', 'Their bytes.', ({ coverage }) => one(coverage?.archived.bytes)],
  target('ok', '1 while nothing is wrong with an off-site copy.', ({ problem }) => Number(problem === undefined)),
  target('snapshot_timestamp_seconds', 'When the last snapshot was taken.', ({ lastSnapshotMs }) => inSeconds(lastSnapshotMs)),
  target('seen_timestamp_seconds', 'When the other side was last asked and still had it.', ({ seenMs }) => inSeconds(seenMs)),
  target('snapshots', 'Snapshots that are kept.', ({ snapshots }) => snapshots),
  target('library_bytes', 'Bytes of the library in the last snapshot.', ({ bytes }) => bytes),
  target('stored_bytes', 'Bytes used on the other side.', ({ storedBytes }) => storedBytes),
  target('check_ok', '1 when the last check found nothing wrong.', ({ lastCheck }) => lastCheck && Number(lastCheck.ok)),
  target('check_timestamp_seconds', 'When it was checked.', ({ lastCheck }) => inSeconds(lastCheck?.atMs)),
  target('drill_ok', '1 when the last restore drill gave the very files back.', ({ lastDrill }) => lastDrill && Number(lastDrill.ok)),
  target('drill_timestamp_seconds', 'When it was tried.', ({ lastDrill }) => inSeconds(lastDrill?.atMs)),
];

const inSeconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

/** One value for each off-site copy that it is known of. */
function target(name: string, help: string, read: (target: TargetState) => number | undefined): MetricRow {
  return [
    `offsite_${name}`,
    help,
    ({ state }) =>
      (state.offsite?.targets ?? []).flatMap((one): readonly Sample[] => {
        const value = read(one);
        return value === undefined ? [] : [[{ target: one.name }, value]];
      }),
    ['target'],
  ];
}
