import type { OffsiteState } from '../domain/offsite.ts';
import { fetchFromOffsite } from '../engine/off-site-fetch.ts';
import type { OtherCopy } from '../engine/verify-file.ts';
import type { Log } from '../ports/log.ts';
import type { LibraryCommand } from '../service/library-command.ts';
import { type OffsiteCommandParts, offsiteCommands, offsiteState } from '../service/library-commands/off-site.ts';
import { restoreCommand } from '../service/library-commands/off-site-restore.ts';
import { type OffsiteContext, offsiteFiles, offsiteRules, wireTargets } from './offsite.ts';
import { nextOffsiteWork } from './offsite-chores.ts';
import type { LibraryApp } from './open-library-app.ts';

/** Off-site copies of an opened library. */
export interface OffsiteHome {
  readonly commands: readonly LibraryCommand[];
  readonly state: () => OffsiteState | undefined;
  /** Undefined where there is no off-site copy. */
  readonly otherCopy: OtherCopy | undefined;
}

export function openOffsite(context: OffsiteContext & { readonly log: Log }, app: LibraryApp): OffsiteHome {
  const { settings, clock, log } = context;
  const targets = wireTargets(context, app.catalog.libraryId());
  const files = offsiteFiles(context, app.catalog);
  const parts: OffsiteCommandParts = {
    targets,
    rules: offsiteRules(settings),
    root: settings.dataDir,
    catalog: app.catalog,
    files,
    clock,
    log,
    random: Math.random,
    stillThere: app.stillThere,
    next: nextOffsiteWork(settings),
  };
  let doing: string | undefined;
  const onDoing = (text: string | undefined) => {
    doing = text;
  };
  return {
    commands: [...offsiteCommands(parts, onDoing), restoreCommand({ targets, files })],
    state: () => (targets.length === 0 ? undefined : offsiteState(parts, doing)),
    otherCopy:
      targets.length === 0
        ? undefined
        : async (file, signal) => {
            const { path, sha256 } = file;
            const waiting = `${settings.dataDir}/.photos-sync/incoming/off-site-${sha256}`;
            const fetched = await fetchFromOffsite(parts, { path, sha256 }, waiting, signal);
            if (fetched === undefined) return false;
            if ((await app.store.sizeOf(path)) !== undefined) await app.store.trash({ ...file, because: 'damaged' });
            await files.moveTo(waiting, `${settings.dataDir}/${path}`);
            log.info(`${path} was brought back from off-site ${fetched.target}.`);
            return true;
          },
  };
}
