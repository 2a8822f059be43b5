import type { Account } from '../auth/account.ts';
import { type Call, property, textProperty } from '../http/answer.ts';
import type { Database, Library } from '../library/photo-library.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import type { DownloadLinks } from './download-links.ts';
import { badRequest, zoneNotFound } from './errors.ts';
import type { LieSwitches } from './lies.ts';
import { queryToken } from './sync-tokens.ts';
import type { WireContext } from './wire-context.ts';
import type { WriteLoad } from './write-load.ts';

/** What every call of the photo database works with. */
export interface DatabaseContext {
  readonly account: Account;
  readonly library: Library;
  readonly links: DownloadLinks;
  readonly now: () => number;
  /** The database named in the path. */
  readonly database: Database;
  readonly call: Call;
  readonly lies: LieSwitches;
  readonly writeLoad: WriteLoad;
}

/** The zone a request names. A zone of somebody else needs its whole id (photos.md §2.4). */
export function zoneOf({ library, database }: DatabaseContext, zoneId: unknown): ZoneStore {
  const name = textProperty(zoneId, 'zoneName');
  if (name === undefined) throw badRequest('missing required field zoneID.zoneName');
  const found = library.zones.find((zone) => zone.name === name && zone.database === database);
  if (found === undefined) throw zoneNotFound(name);
  const owner = textProperty(zoneId, 'ownerRecordName');
  if (database === 'shared' ? owner !== found.store.ownerRecordName : owner !== undefined && owner !== found.store.ownerRecordName)
    throw zoneNotFound(name);
  return found.store;
}

const PREVIEW_KEY = /^res(JPEG(Med|Thumb)|Vid(Med|Small))/;

/** How records of one answer are written; `body` is what may hold `desiredKeys`. */
export function wireContextOf({ links, now }: DatabaseContext, zone: ZoneStore, body: unknown): WireContext {
  const keys = property(body, 'desiredKeys');
  const desired = Array.isArray(keys) ? new Set(keys.filter((key): key is string => typeof key === 'string')) : undefined;
  return {
    zone,
    desired,
    previews: desired === undefined || [...desired].some((key) => PREVIEW_KEY.test(key)),
    link: links.forAnswer(now()),
  };
}

/** Only on request (photos.md §1.2). */
export function syncTokenPart({ call }: DatabaseContext, zone: ZoneStore): { readonly syncToken?: string } {
  return call.query.get('getCurrentSyncToken')?.toLowerCase() === 'true' ? { syncToken: queryToken(zone) } : {};
}
