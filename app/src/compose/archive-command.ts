import type { CommandContext } from './context.ts';

/**
 * `archive` with a delete in iCloud asks first where somebody can be asked: the plan, then the question. Without a terminal the command
 * prints the plan and ends, unless `--yes` was said (decisions.md 21).
 */
export async function runArchive(given: CommandContext, carryOut: (context: CommandContext) => Promise<number>): Promise<number> {
  const { invocation, settings, terminal, signal } = given;
  const args = { remoteDelete: settings.remoteDelete, ...invocation.args };
  const context = withArgs(given, args);
  const deletes = args.remoteDelete === true && invocation.args.album !== undefined && invocation.args.dryRun !== true;
  if (!deletes || invocation.args.yes === true || !terminal.interactive) return carryOut(context);
  const planned = await carryOut(withArgs(context, { ...args, dryRun: true }));
  if (planned !== 0) return planned;
  const answer = await terminal.ask('Archive this and then delete these items in iCloud? Type yes: ', signal);
  if (answer.trim().toLowerCase() === 'yes') return carryOut(withArgs(context, { ...args, yes: true }));
  context.print('Nothing was done.');
  return 3;
}

function withArgs(context: CommandContext, args: Readonly<Record<string, unknown>>): CommandContext {
  return { ...context, invocation: { ...context.invocation, args } };
}
