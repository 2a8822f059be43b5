import type { Download } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { ByteSource, Refusal, RemoteFile } from '../../ports/library-store.ts';
import type { HttpClient } from '../http/http-client.ts';
import { openRemote } from '../http/open-remote.ts';
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

export interface Downloads {
  open(download: Download, from: number, signal: AbortSignal): Promise<ByteSource>;
  remote(download: Download): RemoteFile;
}

const LOGIN_COOKIE = 'X-APPLE-WEBAUTH-TOKEN=';

/**
 * Asks for the bytes behind a signed address (photos.md §12). Only Apple's content hosts ever get the session's cookies. A
 * login that has ended is renewed once for all downloads, which then go on where they were.
 */
export function createDownloads({ http, endpoints, idleMs, cookies, renewal }: DownloadOptions): Downloads {
  /** Files in a row that a renewal did not help: the host refuses for another reason, and asking again for every file would be hammering. */
  let fruitless = false;

  function remote(download: Download): RemoteFile {
    let seen = 0;
    let renewed = false;

    async function refused({ status, retryAfter }: Refusal, signal: AbortSignal): Promise<void> {
      const isLogin = status === 401 || status === 403;
      if (isLogin && !renewed && !fruitless) {
        renewed = true;
        return renewal.renew('login', seen, signal);
      }
      if (isLogin) fruitless = true;
      throw refusal(status, retryAfter);
    }

    return {
      async request(from, signal) {
        const address = URL.parse(download.url);
        if (address?.protocol !== 'https:' || !endpoints.isContentHost(address.hostname))
          throw new Problem('transfer-failed', `iCloud named a download host that is not Apple's (${address?.hostname ?? 'unreadable'}).`);
        for (;;) {
          seen = renewal.seen('login');
          const cookie = await cookies();
          // The cookies belong to icloud.com, so no jar sends them here by itself; without them the answer is an error text with status 200.
          if (cookie.includes(LOGIN_COOKIE)) {
            const headers = { Cookie: cookie, 'User-Agent': USER_AGENT, Origin: endpoints.home, Referer: `${endpoints.home}/` };
            return { url: download.url, headers: from > 0 ? { ...headers, Range: `bytes=${from}-` } : headers, idleMs };
          }
          await refused({ status: 401, retryAfter: undefined }, signal);
        }
      },
      refused,
      accepted() {
        fruitless = false;
      },
    };
  }

  return { remote, open: (download, from, signal) => openRemote(http, remote(download), from, signal) };
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
