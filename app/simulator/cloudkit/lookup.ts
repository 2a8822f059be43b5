import { listProperty, property, textProperty } from '../http/answer.ts';
import { type DatabaseContext, syncTokenPart, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest, withErrors } from './errors.ts';
import { RECORD_LIMIT } from './paging.ts';
import { wireRecord } from './wire-record.ts';

/** `/records/lookup`: records by name, an error entry in place of each missing one (photos.md §3.7). */
export function lookupRecords(context: DatabaseContext, body: unknown): object {
  const wanted = listProperty(body, 'records');
  if (wanted.length > RECORD_LIMIT) throw badRequest("array 'records' length is greater than max size");
  const defaultZone = property(body, 'zoneID');
  const records = wanted.map((entry) => {
    const recordName = textProperty(entry, 'recordName');
    if (recordName === undefined) throw badRequest('missing required field recordName');
    const zone = zoneOf(context, property(entry, 'zoneID') ?? defaultZone);
    const record = zone.record(recordName);
    if (record === undefined) return { recordName, serverErrorCode: 'NOT_FOUND', reason: 'Record not found' };
    return wireRecord(record, wireContextOf(context, zone, body));
  });
  return {
    records: withErrors(records, context.lies.errorsInLookups),
    ...(defaultZone === undefined ? {} : syncTokenPart(context, zoneOf(context, defaultZone))),
  };
}
