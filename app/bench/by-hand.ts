import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** An engine as somebody drives it who has no program for it: one line in a shell, with the settings that we use, too. */
export interface ByHand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type BenchEngine = 'restic' | 'borg';

/** What is never part of a snapshot of ours: everything else in the program's own folder. */
const STATE = '.photos-sync';
const IN_SNAPSHOT = ['library.json', 'snapshot'];

/** `home` holds this hand's own cache. The line is typed in the library's folder. */
export function typed(engine: BenchEngine, library: string, repository: string, passphrase: string, home: string): ByHand {
  if (engine === 'restic') {
    const exclude = [`${library}/_Trash`, `${library}/${STATE}/*`, ...IN_SNAPSHOT.map((name) => `!${library}/${STATE}/${name}`)];
    return {
      program: 'restic',
      args: ['backup', '--compression', 'off', ...exclude.flatMap((pattern) => ['--exclude', pattern]), '.'],
      env: { RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: passphrase, HOME: home },
    };
  }
  const patterns = ['-pp:_Trash', ...IN_SNAPSHOT.map((name) => `+pp:${STATE}/${name}`), `-pp:${STATE}`];
  return {
    program: 'borg',
    args: ['create', '--compression', 'none', ...patterns.map((pattern) => `--pattern=${pattern}`), '::{utcnow:%H%M%S%f}', '.'],
    env: { BORG_REPO: repository, BORG_PASSPHRASE: passphrase, BORG_BASE_DIR: home },
  };
}

/** Both hands begin with the same empty repository: how slow a key is differs from one to the next. */
export function copyOf(repository: string, folder: string): { readonly repository: string; readonly home: string } {
  const copy = { repository: join(folder, 'by-hand'), home: join(folder, 'home') };
  cpSync(repository, copy.repository, { recursive: true });
  mkdirSync(copy.home);
  return copy;
}
