import { Argument, Command, CommanderError, Option } from 'commander';
import { cliOptions } from '../config/options.ts';
import { COMMAND_LIST } from './command-list.ts';

/** What was typed: one of the commands, its own flags, and the settings given as flags. */
export interface Invocation {
  /** Name of a command in the list, `daemon` when none was typed. */
  readonly command: string;
  /** Arguments and options of the command itself, by key. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The result is wanted as one JSON value. */
  readonly json: boolean;
  /** Settings by key, as text. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Either something to do, or the end: help and version were printed (0), or the line was not understood (3). */
export type Parsed = { readonly is: 'invocation'; readonly invocation: Invocation } | { readonly is: 'done'; readonly exitCode: 0 | 3 };

export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const USAGE_ERROR = 3;

/** Reads the command line. Settings may stand before or after the command, as in earlier versions of this program's family. */
export function parseCommandLine(argv: readonly string[], version: string, output: ProgramOutput): Parsed {
  let invocation: Invocation | undefined;
  const program = new Command('icloud-photos-sync');
  program
    .description('One-way backup of a whole iCloud Photos Library to a folder, every byte verified.')
    .version(version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Show this help, or that of a command.')
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      // The daemon is the default command, so a mistyped command looks like one word too many for it.
      outputError: (text, write) =>
        write(text.replace(/^error: too many arguments for 'daemon'\..*: (\S+)\.$/m, "error: unknown command '$1'")),
    })
    .showHelpAfterError('(icloud-photos-sync --help lists all commands and options)')
    .showSuggestionAfterError()
    .exitOverride();
  for (const option of cliOptions()) {
    const help = [option.help, option.defaultText && `Default: ${option.defaultText}.`, `[${option.env}]`].filter(Boolean).join(' ');
    const flag = new Option(option.flags, help);
    flag.attributeName = () => option.key;
    program.addOption(option.status === 'retired' ? flag.hideHelp() : flag);
  }
  const groups = new Map<string, Command>();
  for (const spec of COMMAND_LIST) {
    const words = spec.name.split(' ');
    const own = words.at(-1) ?? spec.name;
    const parent = words.length === 1 ? program : groupOf(program, groups, words[0] ?? '');
    const command = parent.command(own, spec.isDefault ? { isDefault: true } : {}).description(spec.description);
    for (const { name, help, read } of spec.arguments ?? []) {
      const argument = new Argument(name, help);
      command.addArgument(read ? argument.argParser(read) : argument);
    }
    for (const { flags, key, help, read } of spec.options ?? []) {
      const option = new Option(flags, help);
      option.attributeName = () => key;
      command.addOption(read ? option.argParser(read) : option);
    }
    command.action((...given: unknown[]) => {
      const typed = (spec.arguments ?? []).map(({ key }, index) => [key, given[index]] as const);
      const args = Object.fromEntries(typed.filter(([, value]) => value !== undefined));
      const own: Record<string, unknown> = { ...args, ...command.opts() };
      invocation = { command: spec.name, args: own, json: own.json === true, flags: program.opts() };
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { is: 'done', exitCode: error.exitCode === 0 ? 0 : USAGE_ERROR };
  }
  return invocation ? { is: 'invocation', invocation } : { is: 'done', exitCode: USAGE_ERROR };
}

/** `trash` without a second word shows the commands of its group. */
function groupOf(program: Command, groups: Map<string, Command>, name: string): Command {
  const group =
    groups.get(name) ??
    program.command(name).description(
      `${COMMAND_LIST.filter((spec) => spec.name.startsWith(`${name} `))
        .map((spec) => spec.name.slice(name.length + 1))
        .join(', ')}`,
    );
  groups.set(name, group);
  return group;
}
