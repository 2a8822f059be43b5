import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Resource } from '../library/resource.ts';

const urlSafe = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
/** Opaque parts of Apple's addresses, here without meaning. */
const OPAQUE_A = `CAog${randomBytes(110).toString('base64url')}`;

/** Signs download addresses and finds the file behind one (photos.md §12.1). */
export interface DownloadLinks {
  /** A linker for one answer: all its addresses share expiry and request id. */
  forAnswer(nowMs: number): (resource: Resource, zoneName: string) => string;
  find(checksums: string): Resource | undefined;
  isSigned(checksums: string, query: URLSearchParams): boolean;
}

export function createDownloadLinks(lifetimeMs: number, suffix: () => string): DownloadLinks {
  const secret = randomBytes(20).toString('hex');
  const resources = new Map<string, Resource>();
  const sign = (checksums: string, expires: string, request: string, zone: string) =>
    hash('sha1', `${secret}|${checksums}|${expires}|${request}|${zone}`, 'base64url');
  return {
    forAnswer(nowMs) {
      const expires = String(Math.floor((nowMs + lifetimeMs) / 1000));
      const request = `${randomUUID()}-1`;
      return (resource, zoneName) => {
        const checksums = urlSafe(resource.fileChecksum) + urlSafe(resource.referenceChecksum);
        resources.set(checksums, resource);
        const query =
          `o=A${checksums.slice(1, 28)}${checksums.slice(29, 45)}&v=1&x=3&a=${OPAQUE_A}&e=${expires}&fl=&r=${request}` +
          `&k=${urlSafe(resource.wrappingKey)}&ckc=com.apple.photos.cloud&ckz=${zoneName}&y=1&p=54&s=${sign(checksums, expires, request, zoneName)}`;
        return `https://cvws.icloud-content.${suffix()}/B/${checksums}/\${f}?${query}`;
      };
    },
    find: (checksums) => resources.get(checksums),
    isSigned: (checksums, query) => query.get('s') === sign(checksums, query.get('e') ?? '', query.get('r') ?? '', query.get('ckz') ?? ''),
  };
}
