import { statSync } from 'node:fs';
import { join } from 'node:path';
import { knownAppleIds } from '../adapters/catalog/open-catalog.ts';
import { specOf } from '../cli/command-list.ts';
import { Problem } from '../domain/problem.ts';
import { renderStatus, statusJson } from '../domain/render.ts';
import { exitCodeOf } from '../domain/run-report.ts';
import { forecastTrust, trustSentence } from '../domain/trust-forecast.ts';
import { callControl } from '../service/control-client.ts';
import { type CommandContext, socketOf } from './context.ts';
import { runDaemon } from './daemon.ts';
import { runOneShot } from './one-shot.ts';
import { readTrustedAt } from './open-account.ts';
import { openCatalogForStatus } from './open-library-app.ts';

/** Runs one command; answers its exit code (docs/exit-codes.md). Throws Problem for what ended it before there was a report. */
export async function runCommand(context: CommandContext): Promise<number> {
  const { invocation } = context;
  if (invocation.command === 'daemon') return runDaemon(context);
  const answered = await askService(context);
  if (answered !== undefined) return answered;
  if (invocation.command === 'status') return showStatus(context);
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
    const lastRun = catalog.lastRun();
    const trust = forecastTrust(await readTrustedAt(settings, appleId), clock.now());
    if (invocation.json) print(JSON.stringify({ ...statusJson(coverage, lastRun), trustDaysLeft: trust?.daysLeft }, null, 2));
    else print([renderStatus(coverage, lastRun), ...(trust ? ['', trustSentence(trust)] : [])].join('\n'));
    if (lastRun?.outcome === 'needs-person') return exitCodeOf('needs-person');
    return exitCodeOf(coverage.complete && coverage.intact ? 'complete' : 'incomplete');
  } finally {
    catalog.close();
  }
}
