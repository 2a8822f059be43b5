import { statSync } from 'node:fs';
import { specOf } from '../cli/command-list.ts';
import { Problem } from '../domain/problem.ts';
import { callControl } from '../service/control-client.ts';
import { type CommandContext, socketOf } from './context.ts';

/**
 * Runs one command; answers its exit code (docs/exit-codes.md). Throws Problem for what ended it before there was a report.
 * Each loads only what it needs: a question to the running service is answered in a third of the time.
 */
export async function runCommand(context: CommandContext): Promise<number> {
  const { invocation } = context;
  if (invocation.command === 'daemon') return (await import('./daemon.ts')).runDaemon(context);
  if (invocation.command === 'doctor') return (await import('./doctor.ts')).runDoctor(context);
  if (invocation.command === 'archive') return (await import('./archive-command.ts')).runArchive(context, carryOut);
  return carryOut(context);
}

/** By the running service where there is one, else here. */
async function carryOut(context: CommandContext): Promise<number> {
  const { invocation } = context;
  // Before anybody opens a library: where it was lost, opening would make a new one.
  if (invocation.command === 'off-site restore') {
    const { isRestoreWithoutLibrary, restoreWithoutLibrary } = await import('./restore-library.ts');
    if (isRestoreWithoutLibrary(context)) return restoreWithoutLibrary(context);
  }
  const answered = await askService(context);
  if (answered !== undefined) return answered;
  if (invocation.command === 'status') return (await import('./show-status.ts')).showStatus(context);
  if (invocation.command === 'notify test') return (await import('./notify-test.ts')).runNotifyTest(context);
  if (specOf(invocation.command)?.by !== 'service') return (await import('./one-shot.ts')).runOneShot(context);
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
