import { notifyTestCommand } from '../service/library-commands/notify-test.ts';
import { channelParts, channelsOf, pageUrlOf } from './channels.ts';
import type { CommandContext } from './context.ts';

/** `notify test` without a service: the settings are all it needs. Browsers that have subscribed are known to the service only. */
export async function runNotifyTest(context: CommandContext): Promise<number> {
  const { settings, clock, invocation, print, printError, signal } = context;
  const parts = channelParts(context.openLog(), clock);
  const command = notifyTestCommand({ channels: () => channelsOf(settings, parts), pageUrl: pageUrlOf(settings), clock });
  const io = {
    out: (text: string) => print(text.replace(/\n$/, '')),
    err: (text: string) => printError(text.replace(/\n$/, '')),
    progress: () => undefined,
    signal,
    json: invocation.args.json === true,
  };
  try {
    return await command.run(invocation.args, io);
  } finally {
    parts.http.reset();
  }
}
