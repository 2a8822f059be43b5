import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { contentOf } from './storing-process.ts';
import { newLibrary } from './support.ts';

const STORING = fileURLToPath(new URL('./storing-process.ts', import.meta.url));

it.each([7, 20, 41])(
  'a process killed after %i photos leaves only whole files under real names, and a line for each in the trash',
  async (photos) => {
    const library = newLibrary();
    const child = spawn(process.execPath, [STORING, 'store', library.root], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stored = 0;
    for await (const dots of child.stdout) {
      stored += dots.length;
      if (stored >= photos) break;
    }
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');

    const files = library.files().filter((path) => !path.startsWith('.photos-sync/') && !path.endsWith('.jsonl'));
    for (const path of files) {
      const name = path.replace(/^_Trash\/[^/]+\//, '').replace(/(IMG_\d)-\d+/, '$1');
      expect(readFileSync(library.at(path)).equals(contentOf(name)), path).toBe(true);
    }
    const manifest = library.files().find((path) => path.endsWith('manifest.jsonl')) ?? '';
    const lines = library
      .text(manifest)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const trashed = files.filter((path) => path.startsWith('_Trash/'));
    const told = new Set(lines.map(({ to }) => to));
    expect(trashed.filter((path) => !told.has(path))).toEqual([]);
    // Nothing was lost: what is stored and what is in the trash are all that ever got a name.
    expect(files.length).toBeGreaterThanOrEqual(stored);
  },
);
