/** One word of a command line after the command. */
export interface ArgumentSpec {
  /** `<needed>` or `[optional]`, `[many...]`. */
  readonly name: string;
  readonly key: string;
  readonly help: string;
  /** Makes the value that the command gets; as typed unless given. */
  readonly read?: (typed: string) => unknown;
}

export interface OptionSpec {
  /** As commander writes them: `--dry-run`, `--to <folder>`, `--from <tool>`. */
  readonly flags: string;
  readonly key: string;
  readonly help: string;
  readonly read?: (typed: string) => unknown;
}

export interface CommandSpec {
  /** `verify`; with two words a command of a group: `trash list`. */
  readonly name: string;
  readonly description: string;
  /**
   * Who carries it out without a running service: `library` the command itself, under the lock; `self` a command with a way
   * of its own (compose/commands.ts); `service` nobody.
   */
  readonly by: 'library' | 'self' | 'service';
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Runs when no command is named. */
  readonly isDefault?: true;
}

const JSON_OPTION: OptionSpec = { flags: '--json', key: 'json', help: 'Print as JSON.' };

/** Every command, once: the command line and its help derive from it. `COMMANDS` in rootfs/init names their first words. */
export const COMMAND_LIST: readonly CommandSpec[] = [
  {
    name: 'sync',
    by: 'self',
    description: 'Run one sync and exit.',
    options: [
      { flags: '--dry-run', key: 'dryRun', help: 'Print what would be fetched; change nothing.' },
      { flags: '--json', key: 'json', help: 'Print the report as JSON.' },
    ],
  },
  {
    name: 'status',
    by: 'self',
    description: 'Is the backup complete and intact? Answers from the catalog, without asking iCloud.',
    options: [JSON_OPTION],
  },
  { name: 'token', by: 'self', description: 'Sign in, asking for a code if needed, print the trust token and exit.' },
  { name: 'daemon', by: 'self', description: 'Stay and sync on schedule (the default).', isDefault: true },
  {
    name: 'code',
    by: 'service',
    description: 'Hand in a sign-in code (enter_mfa does this).',
    arguments: [
      { name: '<code>', key: 'code', help: 'The six digits that Apple shows.', read: (typed: string) => typed.replace(/[\s-]/g, '') },
    ],
  },
  {
    name: 'resend',
    by: 'service',
    description: 'Ask Apple for another code (resend_mfa does this).',
    arguments: [
      { name: '<method>', key: 'method', help: 'device, sms or voice' },
      { name: '[phone]', key: 'phoneId', help: 'Id of the trusted number; the first one unless given.', read: Number },
    ],
  },
  { name: 'pause', by: 'service', description: 'Skip scheduled runs until resumed.' },
  { name: 'resume', by: 'service', description: 'Run on schedule again.' },
];

export function specOf(command: string): CommandSpec | undefined {
  return COMMAND_LIST.find(({ name }) => name === command);
}
