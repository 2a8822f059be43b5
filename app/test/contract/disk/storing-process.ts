import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createLibraryStore } from '../../../src/adapters/disk/library-store.ts';
import type { ByteSource } from '../../../src/ports/library-store.ts';

/** Content that follows from the name, so that anybody can tell whether a file is whole. */
export function contentOf(name: string): Buffer {
  return Buffer.concat(Array.from({ length: 300 }, (_, n) => createHash('sha512').update(`${name} ${n}`).digest()));
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4000) yield bytes.subarray(at, at + 4000);
}

/** Stores photos over and over, each newer version in the place of the older one, until it is killed. */
async function storeForEver(root: string): Promise<void> {
  const store = createLibraryStore({ root, incomingDir: join(root, '.photos-sync/incoming') });
  const signal = new AbortController().signal;
  for (let version = 0; ; version += 1) {
    const path = `_All-Photos/2024/IMG_${version % 3}.JPG`;
    const bytes = contentOf(path);
    const open = async (from: number): Promise<ByteSource> => ({ start: from, bytes: inPieces(bytes.subarray(from)) });
    const received = await store.receive(`k${version}`, { size: bytes.length }, open, signal);
    const { checksum, sha256 } = received;
    const replaces = { path, because: 'superseded', zone: 'z', asset: 'a', kind: 'original', checksum, sha256 } as const;
    await store.place(received, { path, modifiedAtMs: 1, replaces });
    process.stdout.write('.');
  }
}

const [command, root] = process.argv.slice(2);
if (command === 'store' && root !== undefined) await storeForEver(root);
