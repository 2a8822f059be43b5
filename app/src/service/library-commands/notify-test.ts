import { testMessage } from '../../domain/message.ts';
import { asProblem, Problem } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { LibraryCommand } from '../library-command.ts';

export interface NotifyTestParts {
  readonly channels: () => readonly Notifier[];
  /** Address of the page, for the link in the message. */
  readonly pageUrl: string | undefined;
  readonly clock: Clock;
}

const TRY_MS = 30_000;

/** `notify test`: one message over every channel, and how each of them took it. Exit 0 when all did, 1 when not, 3 when there is none. */
export function notifyTestCommand({ channels, pageUrl, clock }: NotifyTestParts): LibraryCommand {
  return {
    name: 'notify test',
    runs: 'beside',
    async run(_args, io) {
      const all = channels();
      if (all.length === 0)
        throw new Problem('settings-invalid', 'No channel for notifications is set up. docs/notifications.md shows how, for each of them.');
      const message = testMessage(pageUrl, clock.now());
      const results = await Promise.all(
        all.map(async ({ name, send }) => {
          try {
            await send(message, AbortSignal.any([io.signal, AbortSignal.timeout(TRY_MS)]));
            return { channel: name, sent: true, reason: undefined };
          } catch (error) {
            io.signal.throwIfAborted();
            const isLate = error instanceof Error && error.name === 'TimeoutError';
            return { channel: name, sent: false, reason: isLate ? 'No answer in time.' : asProblem(error).message };
          }
        }),
      );
      if (io.json) io.out(`${JSON.stringify({ schema: 1, channels: results }, null, 2)}\n`);
      else for (const { channel, reason } of results) io.out(`${channel}: ${reason === undefined ? 'sent' : `not sent. ${reason}`}\n`);
      return results.every(({ sent }) => sent) ? 0 : 1;
    },
  };
}
