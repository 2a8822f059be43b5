import { Command, CommanderError, Option } from 'commander';
import { cliOptions } from '../config/options.ts';

/** What was typed: one of the commands, its own flags, and the settings given as flags. */
export interface Invocation {
  readonly command: 'daemon' | 'sync' | 'status' | 'token' | 'code' | 'resend' | 'pause' | 'resume';
  /** Arguments of the command itself. */
  readonly args: Readonly<Record<string, string | number>>;
  readonly dryRun: boolean;
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
  const note = (command: Invocation['command'], own: { dryRun?: boolean; json?: boolean }, args: Invocation['args'] = {}) => {
    invocation = { command, args, dryRun: own.dryRun === true, json: own.json === true, flags: program.opts() };
  };
  const invoke = (command: Invocation['command']) => (own: { dryRun?: boolean; json?: boolean }) => note(command, own);
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
  program
    .command('sync')
    .description('Run one sync and exit.')
    .option('--dry-run', 'Print what would be fetched; change nothing.')
    .option('--json', 'Print the report as JSON.')
    .action(invoke('sync'));
  program
    .command('status')
    .description('Is the backup complete and intact? Answers from the catalog, without asking iCloud.')
    .option('--json', 'Print as JSON.')
    .action(invoke('status'));
  program.command('token').description('Sign in, asking for a code if needed, print the trust token and exit.').action(invoke('token'));
  program.command('daemon', { isDefault: true }).description('Stay and sync on schedule (the default).').action(invoke('daemon'));
  program
    .command('code')
    .argument('<code>', 'The six digits that Apple shows.')
    .description('Hand in a sign-in code (enter_mfa does this).')
    .action((code: string, own) => note('code', own, { code: code.replace(/[\s-]/g, '') }));
  program
    .command('resend')
    .argument('<method>', 'device, sms or voice')
    .argument('[phone]', 'Id of the trusted number; the first one unless given.')
    .description('Ask Apple for another code (resend_mfa does this).')
    .action((method: string, phone: string | undefined, own) =>
      note('resend', own, { method, ...(phone === undefined ? {} : { phoneId: Number(phone) }) }),
    );
  program.command('pause').description('Skip scheduled runs until resumed.').action(invoke('pause'));
  program.command('resume').description('Run on schedule again.').action(invoke('resume'));
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { is: 'done', exitCode: error.exitCode === 0 ? 0 : USAGE_ERROR };
  }
  return invocation ? { is: 'invocation', invocation } : { is: 'done', exitCode: USAGE_ERROR };
}
