import { cpSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EngineTarget, EngineTools } from '../../src/adapters/offsite/engine-target.ts';
import { Problem, type ProblemCode } from '../../src/domain/problem.ts';
import type { BackupRepository } from '../../src/ports/backup-repository.ts';
import { makeLibrary, never, newFolder, newTarget, newTools, openEngine, PASSPHRASE } from './offsite.ts';
import type { Place, Places } from './offsite-places.ts';
import { quickenKey } from './restic-key.ts';

/** One library and a repository that is ready for its first snapshot. */
export interface Setting {
  readonly repository: BackupRepository;
  readonly root: string;
  /** Where the repository's own files lie. */
  readonly folder: string;
  /** The same repository, opened anew: another start of the program. */
  again(more?: Partial<EngineTarget>, tools?: Partial<EngineTools>): BackupRepository;
}

export interface SettingOptions {
  readonly files?: number;
  readonly bytes?: number;
}

export function placeOf(places: Places, name: string): Place {
  const place = places.all.find((one) => one.name === name);
  if (!place) throw new Error(`No place ${name}`);
  return place;
}

let counter = 0;

export async function newRepository(
  places: Places,
  placeName: string,
  { files = 20, bytes = 4000 }: SettingOptions = {},
): Promise<Setting> {
  const place = placeOf(places, placeName);
  const name = `r${++counter}`;
  const at = place.at(name);
  const folder = place.folder(name);
  mkdirSync(dirname(folder), { recursive: true });
  const state = newFolder();
  const again = (changes: Partial<EngineTarget> = {}, tools: Partial<EngineTools> = {}) =>
    openEngine(place.engine, newTarget(at.repository, state, { ...at, ...changes }), newTools(tools));
  const repository = again();
  // contract.test.ts makes each kind; a new restic takes two seconds to find out how slow its key shall be.
  if (place.engine === 'restic') cpSync(await emptyRestic(places), folder, { recursive: true });
  else await repository.init(never);
  const root = newFolder();
  makeLibrary(root, { files, bytes, seed: counter });
  return { repository, root, folder, again };
}

let emptied: Promise<string> | undefined;

/** An empty restic repository to copy from. */
function emptyRestic(places: Places): Promise<string> {
  const make = async () => {
    const folder = placeOf(places, 'restic-folder').folder('empty');
    await openEngine('restic', newTarget(folder, `${folder}-state`)).init(never);
    quickenKey(folder, PASSPHRASE);
    return folder;
  };
  emptied ??= make();
  return emptied;
}

/** The code of the problem that it ended with. */
export async function codeOf(work: Promise<unknown>): Promise<ProblemCode | 'fine'> {
  try {
    await work;
    return 'fine';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
