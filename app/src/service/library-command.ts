import type { Progress } from '../domain/service-state.ts';

/** How a command speaks while it runs, whoever started it: a terminal, the control socket, or the page. */
export interface CommandIo {
  /** Texts are handed on as they are, line ends included. */
  out(text: string): void;
  err(text: string): void;
  progress(progress: Progress): void;
  /** Aborts when the caller goes away or the service stops. */
  readonly signal: AbortSignal;
  /** The result is wanted as one JSON value on `out`. */
  readonly json: boolean;
}

/**
 * One command on an opened library: the same code behind the command line, the control socket of the daemon and the page.
 * Throws Problem for what ended it early.
 */
export interface LibraryCommand {
  /** As typed: `verify`, `trash list`. */
  readonly name: string;
  /** `alone`: takes its turn with syncs and other work. `beside`: reads the catalog only and may run at any time. */
  readonly runs: 'alone' | 'beside';
  /** `args` are what the command line or a page sent: each command checks its own. Answers the exit code (docs/exit-codes.md). */
  run(args: Readonly<Record<string, unknown>>, io: CommandIo): Promise<number>;
}

export type LibraryCommands = ReadonlyMap<string, LibraryCommand>;

export function commandMap(commands: readonly LibraryCommand[]): LibraryCommands {
  return new Map(commands.map((command) => [command.name, command]));
}
