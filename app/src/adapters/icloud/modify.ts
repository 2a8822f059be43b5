import { z } from 'zod';
import type { FreshItem } from '../../domain/archive-plan.ts';
import type { Zone } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { ChangeAnswer, RemoteDeletion } from '../../ports/remote-deletion.ts';
import type { CloudKit } from './cloudkit.ts';
import { LOOKUP_NAMES, zoneId } from './queries.ts';
import { isLive, renditionsOf } from './records.ts';
import { flagValue, numberValue, RecordError, WireRecord } from './wire.ts';

/** An answer may be `{}` (photos.md §11): then nothing was said about anything. */
const Answer = z.looseObject({ records: z.array(z.unknown()).default([]) });
const Tagged = WireRecord.extend({ recordChangeTag: z.string().optional() });
type Tagged = z.infer<typeof Tagged>;

const NOT_THERE = /^(NOT_FOUND|UNKNOWN_ITEM)/i;
const CHANGED = /^(SERVER_RECORD_CHANGED|CONFLICT|OPLOCK)/i;
/** Not this item's own fault: another one of the batch was refused. */
const WITH_OTHERS = /ATOMIC/i;

/** Writing to iCloud Photos: nothing but the flag of Recently Deleted, set and taken back (photos.md §11). */
export function createRemoteDeletion(cloudKit: CloudKit, now: () => number): RemoteDeletion {
  async function lookUp(zone: Zone, names: readonly string[], signal: AbortSignal) {
    const records = new Map<string, Tagged>();
    const errors = new Map<string, string>();
    for (let start = 0; start < names.length; start += LOOKUP_NAMES) {
      const chunk = names.slice(start, start + LOOKUP_NAMES);
      // Every field there is: a kind of file that this version does not ask for must not be overlooked here.
      const body = { records: chunk.map((recordName) => ({ recordName })), zoneID: zoneId(zone) };
      collect(await cloudKit(zone.database, '/records/lookup', body, signal), records, errors);
    }
    return { records, errors };
  }

  async function modify(
    zone: Zone,
    items: readonly { readonly asset: string; readonly tag: string }[],
    isDeleted: 0 | 1,
    signal: AbortSignal,
  ): Promise<readonly ChangeAnswer[]> {
    const operations = items.map(({ asset, tag }) => ({
      operationType: 'update',
      record: { recordName: asset, recordType: 'CPLAsset', recordChangeTag: tag, fields: { isDeleted: { value: isDeleted } } },
    }));
    const body = { atomic: true, zoneID: zoneId(zone), desiredKeys: ['isDeleted', 'dateExpunged'], operations };
    const records = new Map<string, Tagged>();
    const errors = new Map<string, string>();
    collect(await cloudKit(zone.database, '/records/modify', body, signal), records, errors);
    return items.map(({ asset }) => answerFor(asset, records.get(asset), errors.get(asset), isDeleted === 1));
  }

  return {
    async look(zone, items, albumId, signal) {
      const relationOf = (asset: string) => `${asset}-IN-${albumId}`;
      const { records, errors } = await lookUp(zone, [...new Set(items.flatMap(({ asset, master }) => [asset, master]))], signal);
      const relations =
        albumId === undefined
          ? undefined
          : await lookUp(
              zone,
              items.map(({ asset }) => relationOf(asset)),
              signal,
            );
      return items.map(({ asset, master }): FreshItem => {
        const relation = relations?.records.get(relationOf(asset));
        const relationError = relations?.errors.get(relationOf(asset));
        const inAlbum = membership(relation, relationError);
        return freshItem(asset, records.get(asset), records.get(master), errors.get(asset), inAlbum, now());
      });
    },
    remove: (zone, deletions, signal) =>
      modify(
        zone,
        deletions.map(({ copy, tag }) => ({ asset: copy.asset, tag })),
        1,
        signal,
      ),
    restore: (zone, items, signal) => modify(zone, items, 0, signal),
  };
}

function collect(body: unknown, records: Map<string, Tagged>, errors: Map<string, string>): void {
  const answer = Answer.safeParse(body);
  if (!answer.success) throw new Problem('answer-not-understood', 'iCloud answered with something that is no list of records.');
  for (const entry of answer.data.records) {
    const error = RecordError.safeParse(entry);
    if (error.success) {
      const { recordName, serverErrorCode, reason } = error.data;
      if (recordName !== undefined) errors.set(recordName, [serverErrorCode, reason].filter(Boolean).join(': '));
      continue;
    }
    const record = Tagged.safeParse(entry);
    if (record.success) records.set(record.data.recordName, record.data);
  }
}

/** Counted as done only when its own entry says so. */
function answerFor(asset: string, record: Tagged | undefined, error: string | undefined, deleted: boolean): ChangeAnswer {
  if (error !== undefined && CHANGED.test(error)) return { asset, is: 'changed' };
  if (error !== undefined) return WITH_OTHERS.test(error) ? { asset, is: 'unanswered' } : { asset, is: 'refused', detail: error };
  if (!record || record.fields === undefined || flagValue(record.fields.isDeleted) !== deleted) return { asset, is: 'unanswered' };
  return { asset, is: 'done', recoverableUntilMs: numberValue(record.fields.dateExpunged) };
}

function membership(relation: Tagged | undefined, error: string | undefined): FreshItem['inAlbum'] {
  if (relation) return isLive(relation) ? 'yes' : 'no';
  return error !== undefined && NOT_THERE.test(error) ? 'no' : 'unclear';
}

function freshItem(
  asset: string,
  record: Tagged | undefined,
  master: Tagged | undefined,
  error: string | undefined,
  inAlbum: FreshItem['inAlbum'],
  nowMs: number,
): FreshItem {
  const nothing = { asset, tag: undefined, favorite: false, hidden: false, inAlbum, renditions: [], recoverableUntilMs: undefined };
  if (!record) return { ...nothing, state: error !== undefined && NOT_THERE.test(error) ? 'gone' : 'unclear' };
  const fields = record.fields ?? {};
  if (record.deleted === true || flagValue(fields.isExpunged)) return { ...nothing, state: 'gone' };
  return {
    asset,
    state: flagValue(fields.isDeleted) ? 'deleted' : master ? 'live' : 'unclear',
    tag: record.recordChangeTag,
    favorite: flagValue(fields.isFavorite),
    hidden: flagValue(fields.isHidden),
    inAlbum,
    renditions: master ? renditionsOf(record, master, nowMs).map(({ kind, checksum }) => ({ kind, checksum })) : [],
    recoverableUntilMs: numberValue(fields.dateExpunged),
  };
}
