import type { OpenFile } from './disk-calls.ts';

/** A call may write less than it was given, on a volume that is nearly full for instance; only the next one then names the reason. */
export async function writeAll(file: Pick<OpenFile, 'write'>, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
