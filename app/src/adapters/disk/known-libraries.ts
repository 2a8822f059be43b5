import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const Known = z.record(z.string(), z.string());

/**
 * Which library was last seen at which folder, kept outside the library. When the state lies inside the library, an
 * unmounted volume takes both away at once and an empty mount point looks like a first run: this is what tells them apart.
 */
export interface KnownLibraries {
  readonly file: string;
  idAt(root: string): Promise<string | undefined>;
  /** Where it cannot be kept (no home, a read-only one) the protection is missing, nothing else. */
  remember(root: string, libraryId: string): Promise<void>;
}

export function knownLibraries(env: Readonly<Record<string, string | undefined>>): KnownLibraries {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  const file = join(state, 'icloud-photos-sync', 'known-libraries.json');
  const read = async () => {
    try {
      return Known.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return {};
    }
  };
  return {
    file,
    idAt: async (root) => (await read())[await realPathOf(root)],
    async remember(root, libraryId) {
      const known = await read();
      const path = await realPathOf(root);
      if (known[path] === libraryId) return;
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(`${file}.new`, `${JSON.stringify({ ...known, [path]: libraryId }, null, 2)}\n`, { mode: 0o600 });
        await rename(`${file}.new`, file);
      } catch {
        // As the docstring says.
      }
    },
  };
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
