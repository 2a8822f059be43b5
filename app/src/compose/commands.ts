import { statSync } from 'node:fs';
import { join } from 'node:path';
import { knownAppleIds } from '../adapters/catalog/open-catalog.ts';
import { shownAs } from '../adapters/offsite/location.ts';
import { specOf } from '../cli/command-list.ts';
import { targetsOf } from '../config/offsite-target-settings.ts';
import { offsiteJson, renderOffsite } from '../domain/offsite.ts';
import { Problem } from '../domain/problem.ts';
import { renderStatus, statusJson } from '../domain/render.ts';
import { exitCodeOf, isPersonNeeded } from '../domain/run-report.ts';
import { forecastTrust, trustSentence } from '../domain/trust-forecast.ts';
import { callControl } from '../service/control-client.ts';
import { offsiteState } from '../service/library-commands/off-site.ts';
import { runArchive } from './archive-command.ts';
import { type CommandContext, socketOf } from './context.ts';
import { runDaemon } from './daemon.ts';
import { runDoctor } from './doctor.ts';
import { runNotifyTest } from './notify-test.ts';
import { isNewMachine } from './offsite.ts';
import { runOneShot } from './one-shot.ts';
import { readTrustedAt } from './open-account.ts';
import { openCatalogForStatus } from './open-library-app.ts';
import { restoreWithoutLibrary } from './restore-library.ts';

/** Runs one command; answers its exit code (docs/exit-codes.md). Throws Problem for what ended it before there was a report. */
export async function runCommand(context: CommandContext): Promise<number> {
  const { invocation } = context;
  if (invocation.command === 'daemon') return runDaemon(context);
  if (invocation.command === 'doctor') return runDoctor(context);
  if (invocation.command === 'archive') return runArchive(context, carryOut);
  return carryOut(context);
}

/** By the running service where there is one, else here. */
async function carryOut(context: CommandContext): Promise<number> {
  const { invocation } = context;
  // Before anybody opens a library: where it was lost, opening would make a new one.
  if (invocation.command === 'off-site restore' && (invocation.args.all === true || isNewMachine(context.settings)))
    return restoreWithoutLibrary(context);
  const answered = await askService(context);
  if (answered !== undefined) return answered;
  if (invocation.command === 'status') return showStatus(context);
  if (invocation.command === 'notify test') return runNotifyTest(context);
  if (specOf(invocation.command)?.by !== 'service') return runOneShot(context);
  throw new Problem(
    'service-not-running',
    `\`${invocation.command}\` speaks to a running service or to a command that waits for a code, and there is none for ${context.settings.dataDir}.`,
  );
}

/** The daemon owns the library: beside it every command goes through its socket. Undefined when there is none. */
async function askService(context: CommandContext): Promise<number | undefined> {
  const { invocation, settings, signal } = context;
  const args = { ...invocation.args, refreshToken: settings.refreshToken };
  const answer = await callControl({
    path: socketOf(settings, context.env),
    request: { command: invocation.command, args },
    onOut: (text) => context.print(text.replace(/\n$/, '')),
    onErr: (text) => context.printError(text.replace(/\n$/, '')),
    onProgress: context.display.show,
    signal,
    trustedUid: ownerOf(settings.configDir),
  });
  return answer.is === 'answered' ? answer.exitCode : undefined;
}

/** Root beside a service that runs as somebody else trusts whoever owns the state (`docker exec` without `-u`). */
function ownerOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.uid;
}

/** Without a daemon the catalog alone answers; it needs neither lock nor network. */
async function showStatus({ settings, invocation, print, clock }: CommandContext): Promise<number> {
  const appleId = settings.username ?? knownAppleIds(join(settings.configDir, 'catalog.sqlite'))[0];
  const catalog = appleId === undefined ? undefined : await openCatalogForStatus(settings, appleId);
  if (!catalog || appleId === undefined)
    throw new Problem('volume-missing', `There is no backup at ${settings.dataDir} yet. Run \`icloud-photos-sync sync\` first.`);
  try {
    const coverage = catalog.coverage();
    const holdings = catalog.holdings();
    const lastRun = catalog.lastRun();
    const trust = forecastTrust(await readTrustedAt(settings, appleId), clock.now());
    const targets = targetsOf(settings).map(({ name, engine, repository }) => ({ name, engine, shownAs: shownAs(repository) }));
    const offsite = targets.length === 0 ? undefined : offsiteState({ targets, catalog, clock }, undefined);
    if (invocation.json)
      print(
        JSON.stringify(
          { ...statusJson(coverage, lastRun, holdings), offsite: offsite ? offsiteJson(offsite) : null, trustDaysLeft: trust?.daysLeft },
          null,
          2,
        ),
      );
    else
      print(
        [
          renderStatus(coverage, lastRun, holdings),
          ...(offsite ? ['', renderOffsite(offsite)] : []),
          ...(trust ? ['', trustSentence(trust)] : []),
        ].join('\n'),
      );
    if (lastRun && isPersonNeeded(lastRun, coverage.held)) return exitCodeOf('needs-person');
    return exitCodeOf(coverage.complete && coverage.intact ? 'complete' : 'incomplete');
  } finally {
    catalog.close();
  }
}
