import { randomBytes, randomUUID } from 'node:crypto';
import { mixed, seedOf } from '../library/number-mixer.ts';
import type { Library } from '../library/photo-library.ts';
import { withPreviews } from '../library/previews.ts';
import { RESOURCE_PREFIXES, type Resource, type ResourcePrefix } from '../library/resource.ts';

const urlSafe = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const fromUrlSafe = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/');
/** Opaque parts of Apple's addresses, here without meaning. */
const OPAQUE_A = `CAog${randomBytes(110).toString('base64url')}`;

/** Which file of which record. */
interface FileOfRecord {
  readonly zone: string;
  readonly recordName: string;
  readonly prefix: ResourcePrefix;
}
export type Linker = (resource: Resource, of: FileOfRecord) => string;

/** Signs download addresses and finds the file behind one (photos.md §12.1). Addresses say where the file is: nothing is remembered. */
export interface DownloadLinks {
  /** A linker for one answer: all its addresses share expiry and request id. */
  forAnswer(nowMs: number): Linker;
  /** The file, unless it is gone or was replaced. */
  find(checksums: string, query: URLSearchParams): Resource | undefined;
  isSigned(checksums: string, query: URLSearchParams): boolean;
  /** Addresses handed out so far are answered 410 from now on. */
  expireAll(): void;
  hasExpired(query: URLSearchParams, nowMs: number): boolean;
}

export function createDownloadLinks(library: Library, lifetimeMs: number, suffix: () => string): DownloadLinks {
  const secret = randomBytes(20).toString('hex');
  let requests = 0;
  let expiredUpTo = 0;
  const sign = (checksums: string, expires: string, request: string, zone: string, place: string) =>
    signature(`${secret}|${checksums}|${expires}|${request}|${zone}|${place}`);
  return {
    forAnswer(nowMs) {
      const expires = String(Math.floor((nowMs + lifetimeMs) / 1000));
      requests += 1;
      const request = `${randomUUID()}-${requests}`;
      const middle = `&v=1&x=3&a=${OPAQUE_A}&e=${expires}&fl=&r=${request}&k=`;
      const host = `https://cvws.icloud-content.${suffix()}/B/`;
      return (resource, { zone, recordName, prefix }) => {
        const checksums = urlSafe(resource.fileChecksum + resource.referenceChecksum);
        const place = `A${placeLetter(prefix)}${urlSafe(recordName)}`;
        const signed = sign(checksums, expires, request, zone, place);
        return `${host}${checksums}/\${f}?o=${place}${middle}${urlSafe(resource.wrappingKey)}&ckc=com.apple.photos.cloud&ckz=${zone}&y=1&p=54&s=${signed}`;
      };
    },
    find: (checksums, query) => {
      const resource = fileAt(library, query.get('ckz') ?? '', query.get('o') ?? '');
      return resource !== undefined && checksums.startsWith(urlSafe(resource.fileChecksum)) ? resource : undefined;
    },
    isSigned: (checksums, query) =>
      query.get('s') === sign(checksums, query.get('e') ?? '', query.get('r') ?? '', query.get('ckz') ?? '', query.get('o') ?? ''),
    expireAll: () => {
      expiredUpTo = requests;
    },
    hasExpired: (query, nowMs) =>
      nowMs >= Number(query.get('e')) * 1000 || Number(/-(\d+)$/.exec(query.get('r') ?? '')?.[1] ?? 0) <= expiredUpTo,
  };
}

const SIGNATURE = Buffer.alloc(20);

/** As long as Apple's. It has to notice an address that somebody changed, not to withstand an attack: a real hash for each address costs more than the rest of it. */
function signature(text: string): string {
  const sum = seedOf(text);
  for (let i = 0; i < SIGNATURE.length; i += 4) SIGNATURE.writeUInt32BE(mixed(sum, i, 0), i);
  return SIGNATURE.toString('base64url');
}

const placeLetter = (prefix: ResourcePrefix) => String.fromCharCode(65 + RESOURCE_PREFIXES.indexOf(prefix));

function fileAt(library: Library, zoneName: string, place: string): Resource | undefined {
  const zone = library.zones.find(({ name }) => name === zoneName)?.store ?? library.sharedAlbums.storeNamed(zoneName);
  const prefix = RESOURCE_PREFIXES[place.charCodeAt(1) - 65];
  const name = place.slice(2);
  // Names of masters are 28 characters of base64, which do not fit into an address as they are.
  const record = zone?.asset(name) ?? zone?.master(fromUrlSafe(name));
  if (zone === undefined || prefix === undefined || record === undefined) return undefined;
  const known = record.resources[prefix];
  return known ?? withPreviews(zone, record).resources[prefix];
}
