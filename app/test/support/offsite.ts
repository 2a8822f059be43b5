import { createCipheriv, createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { createBorg } from '../../src/adapters/offsite/borg.ts';
import type { EngineTarget, EngineTools } from '../../src/adapters/offsite/engine-target.ts';
import { createRclone } from '../../src/adapters/offsite/rclone.ts';
import { createRestic } from '../../src/adapters/offsite/restic.ts';
import { createRunChild } from '../../src/adapters/offsite/run-child.ts';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import type { BackupRepository, SnapshotSource } from '../../src/ports/backup-repository.ts';
import { OWN_IN_SNAPSHOT } from '../../src/ports/offsite-files.ts';

export const LIBRARY_ID = '11111111-2222-4333-8444-555555555555';
export const PASSPHRASE = 'correct horse "battery" $staple';
export const never = new AbortController().signal;
export const quiet = () => undefined;

/** A folder of this test's own, gone afterwards. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'off-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TreeOptions {
  readonly files: number;
  readonly bytes: number;
  readonly seed: number;
}

/** A library as a sync leaves it, with random contents: photos, an album of links, our own folder, a trash. */
export function makeLibrary(root: string, { files, bytes, seed }: TreeOptions): void {
  const random = seededBytes(seed);
  for (let index = 0; index < files; index++) put(root, pathOf(index), random(bytes));
  mkdirSync(join(root, 'Summer'), { recursive: true });
  for (const index of [0, 1]) symlinkSync(`../${pathOf(index)}`, join(root, 'Summer', `${index} of summer.JPG`));
  put(root, '.photos-sync/library.json', `{"libraryId":"${LIBRARY_ID}"}\n`);
  put(root, '.photos-sync/snapshot/catalog.sqlite', random(2000));
  put(root, '.photos-sync/incoming/half', 'not whole');
  put(root, '_Trash/2026-11-20/old.JPG', 'old');
}

export const pathOf = (index: number): string =>
  `_All-Photos/2024/2024-${String(1 + (index % 12)).padStart(2, '0')}/IMG_${String(index).padStart(4, '0')}.JPG`;

export function put(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  const time = new Date('2024-05-17T12:00:00Z');
  utimesSync(join(root, path), time, time);
}

/** Bytes that no engine can make smaller, the same for the same seed, in the time it takes to encrypt zeros. */
function seededBytes(seed: number): (size: number) => Uint8Array {
  const key = createHash('sha256').update(`${seed}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (size) => cipher.update(Buffer.alloc(size));
}

export function sourceOf(root: string, more: Partial<SnapshotSource> = {}): SnapshotSource {
  return { root, include: undefined, exclude: ['_Trash'], only: OWN_IN_SNAPSHOT, nowMs: Date.now(), ...more };
}

/** Every file with its hash and modification time, every link with its target. */
export function contentsOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else
        found[relative(root, path)] = entry.isSymbolicLink()
          ? `-> ${readlinkSync(path)}`
          : `${createHash('sha256').update(readFileSync(path)).digest('hex')} ${Math.round(lstatSync(path).mtimeMs / 1000)}`;
    }
  };
  walk(root);
  return found;
}

/** What a snapshot of `sourceOf` must hold. */
export function snapshotContents(root: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(contentsOf(root)).filter(([path]) => !path.startsWith('_Trash/') && !path.startsWith('.photos-sync/incoming/')),
  );
}

export function newTools(more: Partial<EngineTools> = {}): EngineTools {
  return {
    runChild: createRunChild(),
    baseEnv: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    now: Date.now,
    connectTimeoutS: 20,
    ...more,
  };
}

export function newTarget(repository: string, stateDir: string, more: Partial<EngineTarget> = {}): EngineTarget {
  mkdirSync(stateDir, { recursive: true });
  chmodSync(stateDir, 0o700);
  return {
    repository,
    passphrase: async () => PASSPHRASE,
    env: {},
    sshKey: undefined,
    knownHosts: undefined,
    uploadKib: undefined,
    unstableInodes: false,
    stateDir,
    libraryId: LIBRARY_ID,
    ...more,
  };
}

const ENGINES = { restic: createRestic, borg: createBorg, rclone: createRclone };

export function openEngine(engine: OffsiteEngine, target: EngineTarget, tools: EngineTools = newTools()): BackupRepository {
  return ENGINES[engine](target, tools);
}
