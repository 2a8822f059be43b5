import type { Download } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { ByteSource } from '../../ports/library-store.ts';
import type { HttpClient } from '../http/http-client.ts';
import { type Endpoints, USER_AGENT } from './endpoints.ts';

/** Opens the bytes behind a signed address (photos.md §12). Only Apple's content hosts ever get the session's cookies. */
export async function openDownload(
  { http, endpoints, idleMs, cookies }: { http: HttpClient; endpoints: Endpoints; idleMs: number; cookies: () => Promise<string> },
  download: Download,
  from: number,
  signal: AbortSignal,
): Promise<ByteSource> {
  const address = URL.parse(download.url);
  if (address?.protocol !== 'https:' || !endpoints.isContentHost(address.hostname))
    throw new Problem('transfer-failed', `iCloud named a download host that is not Apple's (${address?.hostname ?? 'unreadable'}).`);
  // The cookies belong to icloud.com, so no jar sends them here by itself; without them the answer is an error text with status 200.
  const headers = {
    Cookie: await cookies(),
    'User-Agent': USER_AGENT,
    Origin: endpoints.home,
    Referer: `${endpoints.home}/`,
    ...(from > 0 ? { Range: `bytes=${from}-` } : {}),
  };
  const stream = await http.stream({ url: download.url, headers, idleMs, signal });
  const { status } = stream;
  if (status === 200) return { bytes: stream.bytes, start: 0 };
  if (status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(stream.headers['content-range'] ?? '')?.[1]);
    if (start === from) return { bytes: stream.bytes, start };
  }
  stream.cancel();
  if (status === 429 || status === 503) {
    const waitS = Number(stream.headers['retry-after']);
    throw new Problem('rate-limited', `iCloud asks downloads to pause (HTTP ${status}).`, {
      context: { status, ...(waitS > 0 ? { retryAfterS: waitS } : {}) },
    });
  }
  throw new Problem('transfer-failed', `iCloud did not send the file (HTTP ${status}).`, { context: { status } });
}
