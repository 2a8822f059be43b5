import { join, relative } from 'node:path';
import { openSnapshotCatalog } from '../adapters/catalog/snapshot-copy.ts';
import { createOffsiteFiles } from '../adapters/disk/offsite-files.ts';
import { createBorg } from '../adapters/offsite/borg.ts';
import type { EngineTarget, EngineTools } from '../adapters/offsite/engine-target.ts';
import { describeKeys, offeredHostKeys, pinHostKey } from '../adapters/offsite/host-keys.ts';
import { shownAs } from '../adapters/offsite/location.ts';
import { createPassphrase } from '../adapters/offsite/passphrase.ts';
import { createRclone } from '../adapters/offsite/rclone.ts';
import { createRestic } from '../adapters/offsite/restic.ts';
import { createRunChild } from '../adapters/offsite/run-child.ts';
import { type TargetSettings, targetsOf } from '../config/offsite-target-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { OffsiteRules, OffsiteTarget } from '../engine/off-site-parts.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { OffsiteFiles } from '../ports/offsite-files.ts';

export interface OffsiteContext {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly addSecret: (secret: string) => void;
}

/** One target with its settings turned into an engine. */
export interface WiredTarget extends OffsiteTarget {
  /** The keys that the other side shows, for a person to compare; accepting one makes it the only one trusted. */
  readonly hostKeys: (signal: AbortSignal) => Promise<string>;
  readonly acceptHostKey: (fingerprint: string, signal: AbortSignal) => Promise<string>;
}

const ENGINES = { restic: createRestic, borg: createBorg, rclone: createRclone };
const CONNECT_TIMEOUT_S = 15;
const DRILL_BYTES = 500_000_000;
/** What an engine may know of our own environment. */
const HANDED_ON = [
  'PATH',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];
/** Values shorter than this are words, not secrets; hiding them would make the log unreadable. */
const SHORTEST_SECRET = 6;

/** The targets that the settings name; undefined `libraryId`: of any library, to restore one. */
export function wireTargets({ settings, env, clock, addSecret }: OffsiteContext, libraryId: string | undefined): readonly WiredTarget[] {
  const runChild = createRunChild();
  const tools: EngineTools = {
    runChild,
    now: () => clock.now(),
    connectTimeoutS: CONNECT_TIMEOUT_S,
    baseEnv: Object.fromEntries(HANDED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  };
  const whole = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return targetsOf(settings).map((target) => {
    for (const secret of secretsOf(target)) addSecret(secret);
    const engineTarget: EngineTarget = {
      repository: target.repository,
      env: target.environment ?? {},
      sshKey: target.sshKey,
      knownHosts: target.knownHosts,
      uploadKib: target.uploadLimit,
      unstableInodes: settings.offsiteUnstableInodes,
      stateDir: join(settings.configDir, 'off-site', String(target.number)),
      libraryId,
      passphrase: createPassphrase(
        [
          { text: target.passphrase, command: target.passphraseCommand },
          { text: target.passphrasePart2, command: target.passphrasePart2Command },
        ],
        { runChild, env: whole, addSecret },
      ),
    };
    return {
      name: target.name,
      engine: target.engine,
      shownAs: shownAs(target.repository),
      appendOnly: target.appendOnly,
      repository: ENGINES[target.engine](engineTarget, tools),
      hostKeys: async (signal) => describeKeys(await offeredHostKeys(engineTarget, tools, signal)),
      // rclone's ssh takes whichever kind of key the server names first, so it has to know them all.
      acceptHostKey: async (fingerprint, signal) =>
        (await pinHostKey(engineTarget, tools, fingerprint, target.engine === 'rclone', signal)).fingerprint,
    };
  });
}

function secretsOf({ repository, environment = {} }: TargetSettings): readonly string[] {
  const [, password] = /\/\/[^:@/]*:([^@/]+)@/.exec(repository) ?? [];
  return [password ?? '', ...Object.values(environment)].filter((value) => value.length >= SHORTEST_SECRET);
}

export function offsiteRules(settings: Settings): OffsiteRules {
  return {
    everyDays: settings.offsiteEveryDays,
    ownSchedule: settings.offsiteSchedule !== undefined,
    keep: {
      withinDays: settings.offsiteKeepWithinDays,
      daily: settings.offsiteKeepDaily,
      weekly: settings.offsiteKeepWeekly,
      monthly: settings.offsiteKeepMonthly,
      yearly: settings.offsiteKeepYearly,
    },
    include: settings.offsiteInclude,
    exclude: [...settings.offsiteExclude, ...stateInside(settings)],
    checkParts: settings.offsiteCheckParts,
    sample: { files: settings.offsiteDrillFiles, bytes: DRILL_BYTES },
  };
}

/** A state folder somewhere else in the library: locks and the living catalog are in it. */
function stateInside({ dataDir, configDir }: Settings): readonly string[] {
  const inside = relative(dataDir, configDir);
  return inside === '' || inside.startsWith('..') || inside.split('/')[0] === '.photos-sync' ? [] : [inside];
}

/** `catalog`: undefined where there is no library yet, only one to bring back. */
export function offsiteFiles({ settings }: Pick<OffsiteContext, 'settings'>, catalog: Catalog | undefined): OffsiteFiles {
  return createOffsiteFiles({
    root: settings.dataDir,
    configDir: settings.configDir,
    includeSignIn: settings.offsiteIncludeSignIn,
    copyCatalog: async (file) => catalog?.copyTo(file),
    openCatalog: openSnapshotCatalog,
  });
}
