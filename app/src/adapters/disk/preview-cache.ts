import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreviewCache, PreviewSize } from '../../ports/previews.ts';

export interface PreviewCacheOptions {
  /** Absolute; made when needed. Not in the library: it can be thrown away at any time. */
  readonly folder: string;
  readonly limitBytes: number;
}

interface Kept {
  readonly bytes: number;
  usedAtMs: number;
}

/** After each clearing out so much is free, so that not every new picture has to look for an old one. */
const FILL_LEVEL = 0.9;
/** A picture counts as used again only after so long, to spare the disk a write for every look. */
const TOUCH_MS = 24 * 3_600_000;

/** Pictures in files by their content's checksum. What cannot be read or written is as good as not there. */
export function createPreviewCache({ folder, limitBytes }: PreviewCacheOptions): PreviewCache {
  let listed: Promise<Map<string, Kept>> | undefined;
  let bytes = 0;
  const nameOf = (key: string, size: PreviewSize) => `${createHash('sha256').update(key).digest('hex').slice(0, 40)}-${size}.jpg`;
  const pathOf = (name: string) => join(folder, name.slice(0, 2), name);
  const kept = () => {
    listed ??= readKept(folder).then((found) => {
      for (const one of found.values()) bytes += one.bytes;
      return found;
    });
    return listed;
  };

  async function makeRoom(all: Map<string, Kept>): Promise<void> {
    const oldestFirst = [...all].sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    for (const [name, one] of oldestFirst) {
      if (bytes <= limitBytes * FILL_LEVEL) return;
      await rm(pathOf(name), { force: true });
      all.delete(name);
      bytes -= one.bytes;
    }
  }

  return {
    async get(key, size) {
      const name = nameOf(key, size);
      const one = (await kept()).get(name);
      if (one === undefined) return undefined;
      try {
        const nowMs = Date.now();
        if (nowMs - one.usedAtMs > TOUCH_MS) {
          one.usedAtMs = nowMs;
          await utimes(pathOf(name), nowMs / 1000, nowMs / 1000).catch(() => undefined);
        }
        return await readFile(pathOf(name));
      } catch {
        (await kept()).delete(name);
        bytes -= one.bytes;
        return undefined;
      }
    },
    has: async (key, size) => (await kept()).has(nameOf(key, size)),
    async put(key, size, content) {
      const name = nameOf(key, size);
      const all = await kept();
      if (all.has(name) || content.length > limitBytes) return;
      const path = pathOf(name);
      try {
        await mkdir(join(folder, name.slice(0, 2)), { recursive: true, mode: 0o700 });
        await writeFile(`${path}.part`, content, { mode: 0o600 });
        await rename(`${path}.part`, path);
      } catch {
        return; // a full disk must not fail anything for the sake of a small picture
      }
      all.set(name, { bytes: content.length, usedAtMs: Date.now() });
      bytes += content.length;
      if (bytes > limitBytes) await makeRoom(all);
    },
    async usage() {
      await kept();
      return { bytes, limit: limitBytes };
    },
  };
}

async function readKept(folder: string): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  const parts = await readdir(folder).catch(() => []);
  for (const part of parts.filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const name of await readdir(join(folder, part))) {
      if (!/^[0-9a-f]{40}-(small|large)\.jpg$/.test(name)) continue;
      const found = await stat(join(folder, part, name)).catch(() => undefined);
      if (found) kept.set(name, { bytes: found.size, usedAtMs: found.mtimeMs });
    }
  }
  return kept;
}
