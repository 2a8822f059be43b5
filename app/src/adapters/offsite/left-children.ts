import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { LeftChild } from './restic-locks.ts';

const Note = z.object({ host: z.string(), pid: z.number(), startedMs: z.number() });
const Notes = z.array(Note);

/** Notes on running engines, on disk: what is found there later was killed and may have left a lock behind. */
export interface LeftChildren {
  began(pid: number): void;
  ended(): Promise<void>;
  left(): Promise<readonly LeftChild[]>;
  forget(): Promise<void>;
}

/** `program`: the name under which the system shows the engine. */
export function leftChildren(file: string, program: string, now: () => number): LeftChildren {
  let current: z.infer<typeof Note> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const read = async () => {
    try {
      return Notes.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return [];
    }
  };
  /** What cannot be noted costs a wait of half an hour at worst. */
  const write = (change: (notes: z.infer<typeof Notes>) => z.infer<typeof Notes>) => {
    writing = writing.then(async () => {
      try {
        await writeFile(`${file}.new`, JSON.stringify(change(await read())), { mode: 0o600 });
        await rename(`${file}.new`, file);
      } catch {
        // As above.
      }
    });
    return writing;
  };
  return {
    began(pid) {
      const note = { host: hostname(), pid, startedMs: now() };
      current = note;
      void write((notes) => [...notes, note]);
    },
    ended() {
      const note = current;
      current = undefined;
      return write((notes) => notes.filter(({ pid, startedMs }) => pid !== note?.pid || startedMs !== note.startedMs));
    },
    async left() {
      await writing;
      return Promise.all(
        (await read()).map(async (note) => ({ ...note, alive: note.host === hostname() && (await nameOf(note.pid)) === program })),
      );
    },
    forget: () => write(() => []),
  };
}

async function nameOf(pid: number): Promise<string | undefined> {
  return readFile(`/proc/${pid}/comm`, 'utf8').then(
    (name) => name.trim(),
    () => undefined,
  );
}
