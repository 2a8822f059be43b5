import { listProperty, property, textProperty } from '../http/answer.ts';
import type { AlbumState, AnyRecord, AssetState } from '../library/record-states.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { type DatabaseContext, syncTokenPart, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest, type CloudKitError } from './errors.ts';
import { isChosen } from './lies.ts';
import { RECORD_LIMIT } from './paging.ts';
import type { WireRecord } from './wire-context.ts';
import { wireRecord } from './wire-record.ts';

/** Changes made through the web carry this device (photos.md §1.4). */
const WEB = '2';

interface Operation {
  readonly type: string;
  readonly recordName: string | undefined;
  readonly recordType: string | undefined;
  readonly tag: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

function readOperation(entry: unknown): Operation {
  const record = property(entry, 'record');
  const fields = property(record, 'fields');
  return {
    type: textProperty(entry, 'operationType') ?? '',
    recordName: textProperty(record, 'recordName'),
    recordType: textProperty(record, 'recordType'),
    tag: textProperty(record, 'recordChangeTag'),
    fields: typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {},
  };
}

const fieldValue = (operation: Operation, name: string): unknown => property(operation.fields[name], 'value');
const fail = (serverErrorCode: string, reason: string): CloudKitError => ({ serverErrorCode, reason });

const CHANGES: readonly string[] = ['update', 'forceUpdate', 'replace', 'forceReplace', 'delete', 'forceDelete'];

/** Why an operation cannot be carried out, if so. Looked at for all operations before any is done. */
function objection(operation: Operation, zone: ZoneStore, context: DatabaseContext): CloudKitError | undefined {
  const { writesRefused, refusedAs } = context.lies;
  if (isChosen(writesRefused, operation.recordName ?? '')) return fail(refusedAs, 'the operation was refused');
  const record = operation.recordName === undefined ? undefined : zone.record(operation.recordName);
  if (operation.type === 'create') return createObjection(operation, record, zone, context);
  if (!CHANGES.includes(operation.type)) return fail('BAD_REQUEST', `Unknown operationType ${operation.type}`);
  if (record === undefined) return operation.type === 'forceDelete' ? undefined : fail('NOT_FOUND', 'Record not found');
  const checked = context.account.spec.changeTags === 'checked' && !operation.type.startsWith('force');
  if (checked && operation.tag !== undefined && operation.tag !== record.tag.toString(36))
    return fail('SERVER_RECORD_CHANGED', 'client record has an older change tag than the server record');
  return undefined;
}

function createObjection(
  operation: Operation,
  record: AnyRecord | undefined,
  zone: ZoneStore,
  { library }: DatabaseContext,
): CloudKitError | undefined {
  if (record !== undefined) return fail('EXISTS', 'record to insert already exists');
  if (operation.recordType === 'CPLAlbum') return undefined;
  if (operation.recordType !== 'CPLContainerRelation') return fail('BAD_REQUEST', `The simulator cannot create ${operation.recordType}`);
  const [item, container] = [fieldValue(operation, 'itemId'), fieldValue(operation, 'containerId')];
  if (typeof item !== 'string' || typeof container !== 'string' || operation.recordName !== `${item}-IN-${container}`)
    return fail('BAD_REQUEST', 'relation is named <asset>-IN-<album>');
  if (library.findAsset(item) === undefined || zone.album(container) === undefined)
    return fail('VALIDATING_REFERENCE_ERROR', 'itemId or containerId does not exist');
  return undefined;
}

function create(operation: Operation, zone: ZoneStore, { library }: DatabaseContext): AnyRecord | undefined {
  const number = (name: string, otherwise: number) => {
    const value = fieldValue(operation, name);
    return typeof value === 'number' ? value : otherwise;
  };
  if (operation.recordType === 'CPLAlbum') {
    const [name, parent] = [fieldValue(operation, 'albumNameEnc'), fieldValue(operation, 'parentId')];
    const recordName = library.addAlbum({
      ...(typeof name === 'string' ? { name: Buffer.from(name, 'base64').toString('utf8') } : {}),
      ...(typeof parent === 'string' ? { parent } : {}),
      ...(operation.recordName === undefined ? {} : { recordName: operation.recordName }),
      type: number('albumType', 0),
      position: number('position', 1024),
      sortType: number('sortType', 0),
      by: WEB,
    });
    return zone.album(recordName);
  }
  library.addToAlbum(String(fieldValue(operation, 'itemId')), String(fieldValue(operation, 'containerId')), number('position', 1024), WEB);
  return zone.record(operation.recordName ?? '');
}

function updateAsset(operation: Operation, asset: AssetState, { library }: DatabaseContext): void {
  const { recordName } = asset;
  if (fieldValue(operation, 'isExpunged') === 1) library.purgeAsset(recordName);
  else if (fieldValue(operation, 'isDeleted') === 1) library.deleteAsset(recordName, WEB);
  else if (fieldValue(operation, 'isDeleted') === 0) library.restoreAsset(recordName, WEB);
  const [favorite, hidden] = [fieldValue(operation, 'isFavorite'), fieldValue(operation, 'isHidden')];
  if (favorite !== undefined) library.setFavorite(recordName, favorite === 1, WEB);
  if (hidden !== undefined) library.setHidden(recordName, hidden === 1, WEB);
}

function updateAlbum(operation: Operation, album: AlbumState, zone: ZoneStore, { library }: DatabaseContext): void {
  const [name, parent, position] = [
    fieldValue(operation, 'albumNameEnc'),
    fieldValue(operation, 'parentId'),
    fieldValue(operation, 'position'),
  ];
  if (typeof name === 'string') library.renameAlbum(album.recordName, Buffer.from(name, 'base64').toString('utf8'), WEB);
  const modifiedMs = fieldValue(operation, 'userModificationDate');
  if (typeof modifiedMs === 'number') album.userModifiedMs = modifiedMs;
  if (typeof parent === 'string') album.parent = parent;
  if (typeof position === 'number') album.position = position;
  const deleted = fieldValue(operation, 'isDeleted');
  if (fieldValue(operation, 'isExpunged') === 1) library.purgeAlbum(album.recordName);
  else if (deleted === 1) library.removeAlbum(album.recordName, WEB);
  else if (deleted === 0 && album.deletedMs !== undefined) library.restoreAlbum(album.recordName, WEB);
  else if (typeof name !== 'string') zone.touch(album, library.now(), WEB);
}

const OWN_FIELDS = new Set([
  'isDeleted',
  'isExpunged',
  'isFavorite',
  'isHidden',
  'albumNameEnc',
  'userModificationDate',
  'parentId',
  'position',
]);
const guessType = (value: unknown) => (typeof value === 'number' ? 'INT64' : 'STRING');

/** Fields without a meaning here are kept and given back, as a database would. */
function keepOtherFields(operation: Operation, record: AnyRecord): void {
  for (const [name, field] of Object.entries(operation.fields)) {
    if (OWN_FIELDS.has(name)) continue;
    const value = property(field, 'value');
    record.extraFields = { ...record.extraFields, [name]: { value, type: textProperty(field, 'type') ?? guessType(value) } };
  }
}

/** Carries one operation out; returns the record as it stands now, or undefined when it is gone. */
function carryOut(operation: Operation, zone: ZoneStore, context: DatabaseContext): AnyRecord | undefined {
  if (operation.type === 'create') return create(operation, zone, context);
  const record = zone.record(operation.recordName ?? '');
  if (record === undefined) return undefined;
  if (operation.type === 'delete' || operation.type === 'forceDelete') {
    if (record.kind === 'relation') context.library.removeFromAlbum(record.itemId, record.containerId);
    else if (record.kind === 'asset') context.library.purgeAsset(record.recordName);
    else zone.bury(record.recordName);
    return undefined;
  }
  keepOtherFields(operation, record);
  if (record.kind === 'asset') updateAsset(operation, record, context);
  else if (record.kind === 'album') updateAlbum(operation, record, zone, context);
  else zone.touch(record, context.now(), WEB);
  return zone.record(record.recordName);
}

const isDelete = (operation: Operation) =>
  operation.type.endsWith('elete') || fieldValue(operation, 'isDeleted') === 1 || fieldValue(operation, 'isExpunged') === 1;

/** `/records/modify`, photos.md §11. HTTP 200 is not success: errors stand inside `records[]`, or there are none. */
export function modifyRecords(context: DatabaseContext, body: unknown): object {
  const { lies } = context;
  const zone = zoneOf(context, property(body, 'zoneID'));
  const operations = listProperty(body, 'operations').map(readOperation);
  if (operations.length > RECORD_LIMIT) throw badRequest("array 'operations' length is greater than max size");
  context.writeLoad.check(lies);
  if (lies.writesAnswerNothing === 'not-done') return {};
  const objections = operations.map((operation) => objection(operation, zone, context));
  const atomic = property(body, 'atomic') === true && objections.some((found) => found !== undefined);
  const wire = { ...wireContextOf(context, zone, body), withoutZone: true };
  const records = operations.map((operation, i): WireRecord => {
    const recordName = operation.recordName ?? '';
    const found = objections[i] ?? (atomic ? fail('ATOMIC_ERROR', 'another operation of the batch failed') : undefined);
    if (found !== undefined) return { recordName, ...found };
    if (isDelete(operation)) context.writeLoad.deletes += 1;
    const record = carryOut(operation, zone, context);
    return record === undefined ? { recordName, deleted: true } : wireRecord(record, wire);
  });
  if (lies.writesAnswerNothing === 'but-done') return {};
  return { records: records.filter(({ recordName }) => !isChosen(lies.writesLeaveOut, recordName)), ...syncTokenPart(context, zone) };
}
