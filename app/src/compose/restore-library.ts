import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { knownLibraries } from '../adapters/disk/known-libraries.ts';
import { takeLock } from '../adapters/disk/lock.ts';
import { readMarker } from '../adapters/disk/marker.ts';
import { lookAtReturn, placeReturned, RETURNING } from '../adapters/disk/returned-library.ts';
import { plural } from '../domain/format.ts';
import { Problem } from '../domain/problem.ts';
import { restoreEverything, restoreTo } from '../engine/off-site-restore.ts';
import type { OnProgress } from '../ports/backup-repository.ts';
import { chosen } from '../service/library-commands/off-site.ts';
import { readRestoreArgs, tellRestore } from '../service/library-commands/off-site-restore.ts';
import type { CommandContext } from './context.ts';
import { offsiteFiles, type WiredTarget, wireTargets } from './offsite.ts';

/** A new machine has no state yet, and then anything in the repositories may be meant. */
export function isRestoreWithoutLibrary({ settings, invocation }: CommandContext): boolean {
  return invocation.args.all === true || !existsSync(join(settings.dataDir, '.photos-sync', 'library.json'));
}

/** `off-site restore` where there is no library: a new machine needs nothing but the repository and its passphrase. */
export async function restoreWithoutLibrary(context: CommandContext): Promise<number> {
  const { settings, invocation, print, printError, signal } = context;
  const args = readRestoreArgs(invocation.args);
  const [source] = chosen(wireTargets(context, args.library), args.target);
  if (source === undefined) throw new Problem('offsite-not-set-up', 'No off-site copy is set up.');
  if (args.hostKey !== undefined) printError(`Accepted ${await source.acceptHostKey(args.hostKey, signal)}.`);
  const io = { json: invocation.json, out: (text: string) => print(text.trimEnd()), err: (text: string) => printError(text.trimEnd()) };
  if (args.all) return restoreAll(context, source, args.snapshot, io);
  if (args.to === undefined)
    throw new Problem('restore-in-the-way', 'Say where the files shall go: --to /folder, or --all for the whole library.');
  await openOrThrow(source, signal);
  const wanted = { paths: args.paths, album: args.album, from: args.from, until: args.until };
  const report = await restoreTo(
    source,
    { snapshot: args.snapshot, wanted, into: args.to },
    offsiteFiles(context, undefined),
    sayNow(context),
    signal,
  );
  return tellRestore(report, settings.dataDir, io);
}

async function openOrThrow(source: WiredTarget, signal: AbortSignal): Promise<void> {
  const { is } = await source.repository.probe(signal);
  if (is === 'absent') throw new Problem('offsite-no-repository', `There is no ${source.engine} repository at ${source.shownAs}.`);
}

/** Nothing takes the folder for a library before the last file in it has been compared. */
async function restoreAll(
  context: CommandContext,
  source: WiredTarget,
  snapshot: string,
  io: Parameters<typeof tellRestore>[2],
): Promise<number> {
  const { settings, clock, signal } = context;
  const { dataDir, configDir } = settings;
  const place = await lookAtReturn(dataDir);
  if (place.is === 'taken')
    throw new Problem(
      'restore-in-the-way',
      `${dataDir} is not empty: it holds ${place.by}. A library comes back to an empty folder only; stop the service and empty it, or set another DATA_DIR.`,
    );
  await mkdir(join(dataDir, '.photos-sync'), { recursive: true, mode: 0o700 });
  await mkdir(configDir, { recursive: true, mode: 0o700 });
  const lock = await takeLock({
    file: join(dataDir, '.photos-sync', 'library'),
    force: settings.force,
    now: () => clock.now(),
    signal,
    name: 'off-site restore',
  });
  try {
    let code = 0;
    if (place.is !== 'waiting') {
      await openOrThrow(source, signal);
      const report = await restoreEverything(
        source,
        snapshot,
        join(dataDir, RETURNING),
        offsiteFiles(context, undefined),
        sayNow(context),
        signal,
      );
      code = tellRestore(report, dataDir, io);
    }
    await placeReturned(dataDir, configDir, clock.now());
    const marker = await readMarker(dataDir);
    if (marker) await knownLibraries(context.env).remember(dataDir, marker.libraryId);
    if (!io.json) io.out('The library is in its place, with its state. The next sync carries on from there: `icloud-photos-sync sync`.');
    return code;
  } finally {
    await lock.release();
  }
}

const SAY_MS = 10_000;

function sayNow({ clock, printError, display }: CommandContext): OnProgress {
  let saidMs = clock.now();
  return ({ doneFiles }) => {
    if (clock.now() - saidMs < SAY_MS) return;
    saidMs = clock.now();
    display.done();
    printError(`${plural(doneFiles, 'file')} so far.`);
  };
}
