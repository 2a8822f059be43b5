import type { ByteSource, RemoteFile } from '../../ports/library-store.ts';
import type { HttpClient } from './http-client.ts';
import type { HttpStream } from './stream.ts';

/** Asks for a remote file until its bytes come; `file` decides what to do about an answer that is none. */
export async function openRemote(
  http: Pick<HttpClient, 'stream'>,
  file: RemoteFile,
  from: number,
  signal: AbortSignal,
): Promise<ByteSource> {
  for (;;) {
    const stream = await http.stream({ ...(await file.request(from, signal)), signal });
    const opened = bytesOf(stream, from);
    if (opened) {
      file.accepted();
      return opened;
    }
    stream.cancel();
    await file.refused({ status: stream.status, retryAfter: stream.headers['retry-after'] }, signal);
  }
}

function bytesOf(stream: HttpStream, from: number): ByteSource | undefined {
  if (stream.status === 200) return { bytes: stream.bytes, start: 0 };
  const start = Number(/^bytes (\d+)-/.exec(stream.headers['content-range'] ?? '')?.[1]);
  return stream.status === 206 && start === from ? { bytes: stream.bytes, start } : undefined;
}
