import { z } from 'zod';
import type { HttpClient } from '../http/http-client.ts';

export interface ImmichOptions {
  readonly url: string;
  /** Of an administrator, with `library.read` and `library.update`. */
  readonly apiKey: string;
  readonly http: HttpClient;
}

/** Asks Immich to look at the library again. Answers what went wrong, or undefined; never throws but on abort. */
export type ImmichScan = (signal: AbortSignal) => Promise<string | undefined>;

const Libraries = z.array(z.looseObject({ id: z.string(), importPaths: z.array(z.string()) }));
/** Whoever imports our trees, under whatever folder they are mounted there. */
const OURS = /\/_(All-Photos|Shared-Photos|Hidden|Shared-Albums|JPEG)\/?$/;
const TRY_MS = 15_000;

/** The call only queues a scan, and Immich scans every night anyway: a comfort (neighbours.md §4). */
export function createImmichScan({ url, apiKey, http }: ImmichOptions): ImmichScan {
  const ask = (method: 'GET' | 'POST', path: string, signal: AbortSignal) =>
    http.request({
      method,
      url: `${url.replace(/\/+$/, '')}/api/${path}`,
      headers: { 'x-api-key': apiKey, Accept: 'application/json', 'User-Agent': 'icloud-photos-sync' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
      retries: 1,
    });
  return async (signal) => {
    try {
      const answer = await ask('GET', 'libraries', signal);
      const libraries = Libraries.safeParse(answer.status === 200 ? JSON.parse(answer.text) : undefined);
      if (!libraries.success) return refusal(answer.status);
      const ours = libraries.data.filter(({ importPaths }) => importPaths.some((path) => OURS.test(path)));
      if (ours.length === 0) return 'no library of it has an import path that ends in one of our trees (docs/immich.md)';
      for (const { id } of ours) {
        const { status } = await ask('POST', `libraries/${encodeURIComponent(id)}/scan`, signal);
        if (status !== 204 && status !== 200) return refusal(status);
      }
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function refusal(status: number): string {
  return status === 401 || status === 403
    ? 'it refuses the API key: an administrator needs library.read and library.update'
    : `it answered with HTTP ${status}`;
}
