import { readFile } from 'node:fs/promises';
import type { SidecarStore } from '../../ports/descriptions.ts';
import { waitingCalls } from './disk-calls.ts';
import { onDisk } from './disk-problem.ts';
import { inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { createWholeFiles } from './write-whole-file.ts';

export interface SidecarStoreOptions {
  readonly root: string;
  /** Absolute, on the same volume. */
  readonly incomingDir: string;
  /** Only measurements switch it off. */
  readonly fsync?: boolean;
}

/** Some kB are usual; what is much larger is no sidecar. */
const MOST_BYTES = 8_000_000;

export function createSidecarStore({ root, incomingDir, fsync = true }: SidecarStoreOptions): SidecarStore {
  const files = createWholeFiles({ root, incomingDir, fsync, calls: waitingCalls });

  async function put(path: string, make: (text: string | undefined) => string | undefined) {
    const target = inside(root, path);
    const there = await lookAt(target);
    if (there && (!there.isFile() || there.size > MOST_BYTES)) return 'left-alone';
    const before = there ? decode(await readFile(target)) : { text: undefined, encode: utf8 };
    if (before === undefined) return 'left-alone';
    const text = make(before.text);
    if (text === undefined) return 'left-alone';
    if (text === before.text) return 'same';
    await files.write(path, before.encode(text));
    return 'written';
  }

  return {
    put: (path, make) => onDisk(root, `write ${path}`, () => put(path, make)),
  };
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const utf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');

/** Text with the way back. Undefined: neither UTF-8 nor UTF-16. Empty, or zeros alone, is what a power loss leaves: nothing. */
function decode(bytes: Buffer): { text: string | undefined; encode: (text: string) => Uint8Array } | undefined {
  if (bytes.every((byte) => byte === 0)) return { text: undefined, encode: utf8 };
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  try {
    if (isLittle) return { text: new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(bytes), encode: utf16 };
    if (isBig)
      return {
        text: new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true }).decode(bytes),
        encode: (text) => Buffer.from(utf16(text)).swap16(),
      };
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encode: utf8 };
  } catch {
    return undefined;
  }
}
