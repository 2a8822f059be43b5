import { resolve } from 'node:path';

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

const TARGET_OPTION: OptionSpec = { flags: '--target <name>', key: 'target', help: 'Only this copy, where there are several.' };
const HOST_KEY_OPTION: OptionSpec = {
  flags: '--host-key <fingerprint>',
  key: 'hostKey',
  help: 'Trust the ssh key with this fingerprint (SHA256:…) from now on.',
};

const OFFSITE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'off-site init',
    by: 'library',
    description: 'Make the encrypted repositories that the settings name.',
    options: [
      TARGET_OPTION,
      HOST_KEY_OPTION,
      { flags: '--adopt', key: 'adopt', help: 'Use the repository that is there from now on, though it is another one than before.' },
      JSON_OPTION,
    ],
  },
  { name: 'off-site run', by: 'library', description: 'Take an off-site snapshot now.', options: [TARGET_OPTION, JSON_OPTION] },
  {
    name: 'off-site status',
    by: 'library',
    description: 'Show how old the off-site copies are, and when they were checked.',
    options: [JSON_OPTION],
  },
  { name: 'off-site snapshots', by: 'library', description: 'List what is kept off-site.', options: [TARGET_OPTION, JSON_OPTION] },
  {
    name: 'off-site check',
    by: 'library',
    description: 'Check the next part of what is stored off-site.',
    options: [
      TARGET_OPTION,
      { flags: '--all', key: 'all', help: 'Read all data.' },
      { flags: '--structure', key: 'structure', help: 'Read no data.' },
      JSON_OPTION,
    ],
  },
  {
    name: 'off-site drill',
    by: 'library',
    description: 'Prove a restore: bring a random sample back and compare it.',
    options: [TARGET_OPTION, JSON_OPTION],
  },
  {
    name: 'off-site prune',
    by: 'library',
    description: 'Remove snapshots that the settings no longer keep, and give their space back.',
    options: [TARGET_OPTION, JSON_OPTION],
  },
  {
    name: 'off-site restore',
    by: 'self',
    description: 'Bring files back from a snapshot to a folder, or with --all a whole library that was lost.',
    arguments: [{ name: '[paths...]', key: 'paths', help: 'Files or folders, relative to the library.' }],
    options: [
      { flags: '--to <folder>', key: 'to', help: 'An empty folder.', read: (typed: string) => resolve(typed) },
      { flags: '--snapshot <which>', key: 'snapshot', help: 'latest, the beginning of an id, or a day such as 2026-05-01.' },
      { flags: '--album <name>', key: 'album', help: 'Only the photos of this album.' },
      { flags: '--from <day>', key: 'from', help: 'Only photos taken on this day or later (YYYY-MM-DD).' },
      { flags: '--until <day>', key: 'until', help: 'Only photos taken on this day or earlier.' },
      { flags: '--all', key: 'all', help: 'Everything, state and sign-in too, into DATA_DIR, which has to be empty.' },
      { flags: '--library <id>', key: 'library', help: 'Which library, where a repository holds several.' },
      TARGET_OPTION,
      HOST_KEY_OPTION,
      JSON_OPTION,
    ],
  },
];

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
  {
    name: 'retry',
    by: 'library',
    description: 'Try again with the next sync what could not be fetched, also what was set aside after many failures.',
    arguments: [{ name: '[path]', key: 'path', help: 'Only this file, or everything below this folder, as `status` names it.' }],
    options: [JSON_OPTION],
  },
  {
    name: 'verify',
    by: 'library',
    description: 'Read stored files again and compare them; fetch again what is missing or damaged.',
    options: [
      { flags: '--all', key: 'all', help: 'Read every file, not only the share that is due.' },
      {
        flags: '--repair',
        key: 'repair',
        help: 'Also keep aside what somebody changed and fetch it again; bring back from the off-site copy what iCloud no longer holds.',
      },
      JSON_OPTION,
    ],
  },
  {
    name: 'archive',
    by: 'library',
    description:
      'Keep an album for good: a folder of real files, read back and compared. With --remote-delete (REMOTE_DELETE) iCloud is then freed of what is proven to be here; favourites stay.',
    arguments: [{ name: '[album]', key: 'album', help: 'Path of its folder in the library, or its name.' }],
    options: [
      { flags: '--dry-run', key: 'dryRun', help: 'Say what would be archived and deleted; change nothing.' },
      { flags: '--yes', key: 'yes', help: 'Delete in iCloud without asking.' },
      { flags: '--recursive', key: 'recursive', help: 'All albums of a folder.' },
      { flags: '--even-if-in-other-albums', key: 'evenIfInOtherAlbums', help: 'Delete in iCloud what is in another album too.' },
      { flags: '--list', key: 'list', help: 'Show what is archived.' },
      { flags: '--undo <number>', key: 'undo', help: 'Bring back from Recently Deleted what was deleted for this archive.' },
      JSON_OPTION,
    ],
  },
  {
    name: 'unarchive',
    by: 'library',
    description: 'Let the folder of an archived album follow iCloud again. Files that are only here go to _Archive.',
    arguments: [{ name: '<album>', key: 'album', help: 'Path of its folder, its name, or its number.' }],
    options: [JSON_OPTION],
  },
  {
    name: 'import',
    by: 'library',
    description: 'Bring in photos that another program has fetched, by their bytes; nothing is downloaded, nothing removed.',
    arguments: [{ name: '<folder>', key: 'folder', help: 'Where they are.', read: (typed: string) => resolve(typed) }],
    options: [
      {
        flags: '--from <tool>',
        key: 'from',
        help: 'Who made the folder: icps, icloudpd, docker-icloudpd, osxphotos or any. Told by itself.',
      },
      { flags: '--dry-run', key: 'dryRun', help: 'Say what would be brought in; change nothing.' },
      { flags: '--copy', key: 'copy', help: 'Copy (the default); takes no space where the volume can clone.' },
      { flags: '--link', key: 'link', help: 'Give each file a second name where both are on one volume: one change changes both.' },
      { flags: '--move', key: 'move', help: 'Move; what does not match stays where it is.' },
      JSON_OPTION,
    ],
  },
  {
    name: 'rebuild',
    by: 'library',
    description: 'Learn again from the files what is stored, when the catalog was lost. Downloads nothing.',
    options: [JSON_OPTION],
  },
  {
    name: 'doctor',
    by: 'self',
    description: 'Check settings, disk, network and catalog; write one report without private data, fit for a public issue.',
    options: [JSON_OPTION],
  },
  ...OFFSITE_COMMANDS,
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
  {
    name: 'notify test',
    by: 'self',
    description: 'Send a test message over every channel for notifications.',
    options: [JSON_OPTION],
  },
  {
    name: 'hold show',
    by: 'library',
    description: 'Show what has gone from iCloud and waits for a decision.',
    options: [{ flags: '--all', key: 'all', help: 'Every item, not only the first 200.' }, JSON_OPTION],
  },
  { name: 'hold keep', by: 'library', description: 'Keep it here for good and never ask about it again.', options: [JSON_OPTION] },
  { name: 'hold trash', by: 'library', description: 'Move it to _Trash, from where it can be restored.', options: [JSON_OPTION] },
  {
    name: 'trash list',
    by: 'library',
    description: 'Show what lies in _Trash.',
    options: [{ flags: '--all', key: 'all', help: 'Every file, not only the first 500.' }, JSON_OPTION],
  },
  {
    name: 'trash restore',
    by: 'library',
    description: 'Move files from _Trash back to where they lay.',
    arguments: [{ name: '<paths...>', key: 'paths', help: 'Paths in _Trash, or where the files lay; folders stand for all below.' }],
    options: [JSON_OPTION],
  },
  {
    name: 'trash empty',
    by: 'library',
    description: 'Remove for good what is older than TRASH_DAYS.',
    options: [
      { flags: '--all', key: 'all', help: 'Everything, whatever its age.' },
      { flags: '--yes', key: 'yes', help: 'Mean it.' },
      JSON_OPTION,
    ],
  },
  { name: 'pause', by: 'service', description: 'Skip scheduled runs until resumed.' },
  { name: 'resume', by: 'service', description: 'Run on schedule again.' },
];

export function specOf(command: string): CommandSpec | undefined {
  return COMMAND_LIST.find(({ name }) => name === command);
}
