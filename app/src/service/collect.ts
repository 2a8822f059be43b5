import type { GateEntry } from '../engine/run-gate.ts';
import type { CommandResult } from '../ports/service.ts';
import type { CommandIo } from './library-command.ts';

/** Runs a command for a caller that cannot read along: what it said is handed over at the end. */
export async function collect(
  signal: AbortSignal,
  json: boolean,
  enter: (io: CommandIo) => GateEntry<number> | undefined,
): Promise<CommandResult | undefined> {
  const said = { out: '', err: '' };
  const entry = enter({
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    progress: () => undefined,
    signal,
    json,
  });
  return entry && { exitCode: await entry.done, ...said };
}
