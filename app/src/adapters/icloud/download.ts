import type { Download } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { ByteSource } from '../../ports/library-store.ts';
import type { HttpClient, HttpStream } from '../http/http-client.ts';
import { type Endpoints, USER_AGENT } from './endpoints.ts';
import type { LoginRenewal } from './login-renewal.ts';
import { retryAfterMs } from './retry-after.ts';

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly endpoints: Endpoints;
  /** No bytes for that long ends a download; Infinity = never. */
  readonly idleMs: number;
  /** The login's cookies, as a header. */
  readonly cookies: () => Promise<string>;
  readonly renewal: LoginRenewal;
}

export type OpenDownload = (download: Download, from: number, signal: AbortSignal) => Promise<ByteSource>;

const LOGIN_COOKIE = 'X-APPLE-WEBAUTH-TOKEN=';

/**
 * Opens the bytes behind a signed address (photos.md §12). Only Apple's content hosts ever get the session's cookies. A
 * login that has ended is renewed once for all downloads, which then go on where they were.
 */
export function createDownload({ http, endpoints, idleMs, cookies, renewal }: DownloadOptions): OpenDownload {
  /** A renewal did not help: the host refuses for another reason, and asking again for every file would be hammering. */
  let fruitless = false;

  return async (download, from, signal) => {
    const address = URL.parse(download.url);
    if (address?.protocol !== 'https:' || !endpoints.isContentHost(address.hostname))
      throw new Problem('transfer-failed', `iCloud named a download host that is not Apple's (${address?.hostname ?? 'unreadable'}).`);
    for (const isLast of [false, true]) {
      const seen = renewal.seen('login');
      const cookie = await cookies();
      // The cookies belong to icloud.com, so no jar sends them here by itself; without them the answer is an error text with status 200.
      const headers = {
        Cookie: cookie,
        'User-Agent': USER_AGENT,
        Origin: endpoints.home,
        Referer: `${endpoints.home}/`,
        ...(from > 0 ? { Range: `bytes=${from}-` } : {}),
      };
      const stream = cookie.includes(LOGIN_COOKIE) ? await http.stream({ url: download.url, headers, idleMs, signal }) : undefined;
      const opened = stream && bytesOf(stream, from);
      if (opened) {
        fruitless = false;
        return opened;
      }
      stream?.cancel();
      const status = stream?.status ?? 401;
      if (!isLast && !fruitless && (status === 401 || status === 403)) {
        await renewal.renew('login', seen, signal);
        continue;
      }
      if (status === 401 || status === 403) fruitless = true;
      throw refusal(status, stream?.headers['retry-after']);
    }
    throw new Problem('transfer-failed', 'iCloud did not send the file.');
  };
}

function bytesOf(stream: HttpStream, from: number): ByteSource | undefined {
  if (stream.status === 200) return { bytes: stream.bytes, start: 0 };
  const start = Number(/^bytes (\d+)-/.exec(stream.headers['content-range'] ?? '')?.[1]);
  return stream.status === 206 && start === from ? { bytes: stream.bytes, start } : undefined;
}

function refusal(status: number, retryAfter: string | undefined): Problem {
  if (status !== 429 && status !== 503)
    return new Problem('transfer-failed', `iCloud did not send the file (HTTP ${status}).`, { context: { status } });
  const nowMs = Date.now();
  const waitMs = (retryAfterMs(retryAfter, nowMs) ?? nowMs) - nowMs;
  return new Problem('rate-limited', `iCloud asks downloads to pause (HTTP ${status}).`, {
    context: { status, ...(waitMs > 0 ? { retryAfterS: Math.ceil(waitMs / 1000) } : {}) },
  });
}
