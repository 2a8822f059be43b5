import { randomBytes } from 'node:crypto';
import { open, readFile, unlink } from 'node:fs/promises';
import type { SidecarStore } from '../../ports/descriptions.ts';
import { onDisk } from './disk-problem.ts';
import { createFolders } from './folders.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';

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
  // The photo's own rename flushes the folder a moment later.
  const folders = createFolders(root, fsync);

  async function put(path: string, make: (text: string | undefined) => string | undefined) {
    const target = inside(root, path);
    const there = await lookAt(target);
    if (there && (!there.isFile() || there.size > MOST_BYTES)) return 'left-alone';
    const before = there ? decode(await readFile(target)) : { text: undefined, encode: utf8 };
    if (before === undefined) return 'left-alone';
    const text = make(before.text);
    if (text === undefined) return 'left-alone';
    if (text === before.text) return 'same';
    await folders.ensure(folderOf(path));
    await replace(target, before.encode(text));
    return 'written';
  }

  /** Where an incoming file lies it is swept after a crash; beside the photo it would stay for ever. */
  async function replace(target: string, bytes: Uint8Array): Promise<void> {
    const temporary = `${incomingDir}/sidecar-${randomBytes(6).toString('hex')}`;
    const file = await open(temporary, 'wx', 0o644);
    try {
      try {
        await file.writeFile(bytes);
        if (fsync) await file.datasync();
      } finally {
        await file.close();
      }
      await patientRename(temporary, target);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }

  return { put: (path, make) => onDisk(root, `write ${path}`, () => put(path, make)) };
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
