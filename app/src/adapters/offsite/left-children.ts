import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { LeftChild } from './restic-locks.ts';

const Note = z.object({ host: z.string(), pid: z.number(), startedMs: z.number() });
const Notes = z.array(Note);
type Notes = z.infer<typeof Notes>;

/** Notes on running engines, on disk: what is found there later was killed and may have left a lock behind. */
export interface LeftChildren {
  began(pid: number): void;
  /** `tidy`: it left nothing behind. */
  ended(tidy: boolean): void;
  left(): readonly LeftChild[];
  forget(): void;
}

/** `program`: the name under which the system shows the engine. */
export function leftChildren(file: string, program: string, now: () => number): LeftChildren {
  let current: Notes[number] | undefined;
  const read = (): Notes => {
    try {
      return Notes.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return [];
    }
  };
  const write = (notes: Notes) => {
    try {
      writeFileSync(`${file}.new`, JSON.stringify(notes), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // What cannot be noted costs a wait of half an hour at worst.
    }
  };
  return {
    began(pid) {
      current = { host: hostname(), pid, startedMs: now() };
      write([...read(), current]);
    },
    ended(tidy) {
      const note = current;
      current = undefined;
      if (tidy) write(read().filter(({ pid, startedMs }) => pid !== note?.pid || startedMs !== note.startedMs));
    },
    left: () => read().map((note) => ({ ...note, alive: note.host === hostname() && nameOf(note.pid) === program })),
    forget() {
      if (read().length > 0) write([]);
    },
  };
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
