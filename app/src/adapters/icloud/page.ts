import { Problem } from '../../domain/problem.ts';
import type { RecordTrouble } from '../../ports/photos-service.ts';
import { QueryAnswer, RecordError, WireRecord } from './wire.ts';

/** One answer of a query, record by record: what could not be used is named, the rest goes on. */
export interface RecordPage {
  readonly records: readonly WireRecord[];
  readonly troubles: readonly RecordTrouble[];
  readonly marker: string | undefined;
  readonly syncToken: string | undefined;
}

/** Parses an answer of `/records/query` or `/records/lookup`. Throws Problem when it is no record list at all. */
export function parsePage(body: unknown): RecordPage {
  const parsed = QueryAnswer.safeParse(body);
  if (!parsed.success) throw new Problem('answer-not-understood', 'iCloud answered a query with something that is no list of records.');
  const records: WireRecord[] = [];
  const troubles: RecordTrouble[] = [];
  for (const entry of parsed.data.records) {
    // Looked at first: zod's way of saying no costs more than its way of saying yes, and a page has two hundred of them.
    const error = saysError(entry) ? RecordError.safeParse(entry) : undefined;
    if (error?.success) {
      troubles.push({
        what: 'error-entry',
        record: error.data.recordName ?? '',
        detail: [error.data.serverErrorCode, error.data.reason].filter(Boolean).join(': '),
      });
      continue;
    }
    const record = WireRecord.safeParse(entry);
    if (record.success) records.push(record.data);
    else troubles.push({ what: 'unreadable', record: nameOf(entry), detail: record.error.issues[0]?.message ?? 'not a record' });
  }
  const { continuationMarker, syncToken } = parsed.data;
  return { records, troubles, marker: continuationMarker || undefined, syncToken: syncToken || undefined };
}

function saysError(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'serverErrorCode' in entry;
}

function nameOf(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'recordName' in entry ? String(entry.recordName) : '';
}
