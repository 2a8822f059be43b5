/**
 * Every way a run can fail or stay incomplete. A closed list: each code says what the program may do about it and what
 * the owner should do; exit codes follow from the remedy (docs/exit-codes.md). Wording is checked by golden files.
 *
 * Remedies: `retry` the next run carries on by itself · `skip-item` one item stays on the to-do list · `person` nothing
 * goes on until somebody acts (exit 5) · `fix` a setting or the disk has to be put right (exit 1) · `usage` (exit 3).
 */
const PROBLEMS = {
  'settings-invalid': { remedy: 'usage', advice: 'Correct the settings named above and start again.' },
  'password-missing': {
    remedy: 'person',
    advice: 'Set APPLE_ID_USER and APPLE_ID_PWD (or APPLE_ID_PWD_FILE), or run this command in a terminal and type them.',
  },
  'password-refused': {
    remedy: 'person',
    advice:
      'Check APPLE_ID_USER and APPLE_ID_PWD. The same password is not tried again, so that Apple does not lock the account. App-specific passwords cannot be used.',
  },
  'account-locked': { remedy: 'person', advice: 'Unlock the account at https://iforgot.apple.com, then run `icloud-photos-sync token`.' },
  'account-federated': {
    remedy: 'person',
    advice: 'An organisation signs this account in elsewhere, which no program can do with a password. Use an Apple Account of your own.',
  },
  'sign-in-refused': {
    remedy: 'person',
    advice: 'Sign in once at https://www.icloud.com with a browser and follow what it asks, then run `icloud-photos-sync token`.',
  },
  'code-needed': {
    remedy: 'person',
    advice: 'Type: docker exec photos-sync enter_mfa <the 6 digits on your device>, or run `icloud-photos-sync token` in a terminal.',
  },
  'too-many-codes': {
    remedy: 'person',
    advice: 'Wait an hour without asking for codes, then run `icloud-photos-sync token`. A code that reached you before may still work.',
  },
  'codes-locked': {
    remedy: 'person',
    advice: 'Wait some hours and let nobody try codes meanwhile, then run `icloud-photos-sync token`.',
  },
  'security-key-needed': {
    remedy: 'person',
    advice:
      'A service cannot touch a hardware key. Remove the keys under Settings > Sign-In & Security > Security Keys, then sign in again.',
  },
  'terms-pending': { remedy: 'person', advice: "Accept Apple's new terms at https://www.icloud.com or on a device, then run again." },
  'web-access-off': {
    remedy: 'person',
    advice:
      'On an iPhone or iPad: Settings, your name, iCloud, switch on "Access iCloud Data on the Web". Then run `icloud-photos-sync token`.',
  },
  'approval-needed': {
    remedy: 'person',
    advice:
      'Advanced Data Protection is on. Unlock an iPhone, iPad or Mac of this account, run `icloud-photos-sync token`, and tap Allow in the window that opens on the device.',
  },
  'wrong-region': { remedy: 'person', advice: 'Set REGION to the region of your Apple Account (world or china).' },
  'photos-not-set-up': {
    remedy: 'person',
    advice: 'Switch on iCloud Photos on a device of this account and wait until the first photos are uploaded.',
  },
  'volume-missing': { remedy: 'person', advice: 'Mount the volume (or correct DATA_DIR). Nothing was written or removed.' },
  'library-foreign': {
    remedy: 'person',
    advice: 'Choose an empty folder for DATA_DIR, and bring photos of another program in with `import`. Nothing was written or removed.',
  },
  'library-locked': { remedy: 'fix', advice: 'Wait until the other run has ended. If its machine is gone for good, add --force.' },
  'library-not-writable': {
    remedy: 'fix',
    advice: 'Give the user of this service write permission to the library folder, or mount it writable.',
  },
  'disk-full': { remedy: 'fix', advice: 'Free some space on the library volume and run again. Nothing was removed.' },
  'disk-error': { remedy: 'fix', advice: 'Check the disk and its file system. Nothing was removed.' },
  'catalog-broken': {
    remedy: 'fix',
    advice: 'Restore the state folder from a backup, or move catalog.sqlite aside: it is made again from the photos. They are untouched.',
  },
  'no-network': { remedy: 'retry', advice: 'Check the network and DNS of this machine. The next run carries on from here.' },
  'rate-limited': { remedy: 'retry', advice: 'Apple asked for a pause. Wait at least 15 minutes; the next run carries on from here.' },
  'sign-in-budget': {
    remedy: 'retry',
    advice: 'Nothing was sent. The program signs in seldom on purpose, so that Apple does not block the account; a later run tries again.',
  },
  'session-ended': { remedy: 'retry', advice: 'The next run signs in again and carries on from here.' },
  'icloud-failed': { remedy: 'retry', advice: 'iCloud answered with an error. The next run carries on from here.' },
  'answer-not-understood': {
    remedy: 'retry',
    advice: 'Apple may have changed something. Look for a new version of this program, or report it with the log.',
  },
  'listing-incomplete': { remedy: 'retry', advice: 'What was listed is being backed up. The next run lists everything again.' },
  'sync-token-refused': { remedy: 'retry', advice: 'The next run lists the whole library once.' },
  'library-left': { remedy: 'retry', advice: 'What it left here stays. If you still take part in it, run again later.' },
  'listing-suspicious': {
    remedy: 'retry',
    advice: 'Nothing was removed. If you did delete that much, the next full listing believes it; otherwise iCloud was not well.',
  },
  'removals-held': {
    remedy: 'person',
    advice:
      'Look at them: `icloud-photos-sync hold show`. Then `hold keep` (they stay, only here) or `hold trash` (they go to _Trash and can be restored).',
  },
  'not-in-trash': { remedy: 'usage', advice: 'See `icloud-photos-sync trash list` for what lies there.' },
  'indexing-unfinished': { remedy: 'retry', advice: 'iCloud is still preparing this library. Run again in some hours.' },
  'content-mismatch': { remedy: 'skip-item', advice: 'It was not kept. The next run fetches it again.' },
  'transfer-failed': { remedy: 'skip-item', advice: 'The next run carries on with what has arrived so far.' },
  'not-uploaded-yet': { remedy: 'skip-item', advice: 'A device has not finished uploading it. The next run looks again.' },
  'gone-from-icloud': { remedy: 'skip-item', advice: 'iCloud no longer holds it.' },
  'path-occupied': { remedy: 'skip-item', advice: 'Move that file away; the next run then stores the photo there.' },
  'archive-not-found': {
    remedy: 'usage',
    advice:
      'Name an album by the path of its folder in the library, or by its name. `icloud-photos-sync archive --list` shows what is archived.',
  },
  'file-too-large': { remedy: 'skip-item', advice: 'This volume cannot hold a file of that size. Use another file system.' },
  'half-a-record': {
    remedy: 'skip-item',
    advice: 'iCloud showed the item without its file. What is stored of it stays; the next run looks again.',
  },
  'file-missing': { remedy: 'skip-item', advice: 'Nothing has to be done: it is fetched again.' },
  'file-damaged': { remedy: 'skip-item', advice: 'The damaged file was kept aside in _Trash; a good one is fetched again.' },
  'many-damaged': {
    remedy: 'skip-item',
    advice:
      'So many at once speak of a failing disk, cable or memory, so these were left where they are. Look at the disk first, then run `icloud-photos-sync verify --repair`: it keeps them aside in _Trash and fetches good ones.',
  },
  'file-changed': {
    remedy: 'skip-item',
    advice:
      'Nothing was touched. Copy it elsewhere if you want to keep the change, then run `icloud-photos-sync verify --repair`: it keeps the changed file aside in _Trash and fetches the stored one again.',
  },
  'only-copy-missing': {
    remedy: 'skip-item',
    advice:
      'iCloud no longer holds it. Put it back at its path from a backup of yours, then run `icloud-photos-sync verify`. With an off-site copy: `icloud-photos-sync verify --repair`.',
  },
  'only-copy-damaged': {
    remedy: 'skip-item',
    advice:
      'iCloud no longer holds it, so the damaged file stays where it is. Put a good one in its place from a backup of yours, then run `icloud-photos-sync verify`. With an off-site copy: `icloud-photos-sync verify --repair`.',
  },
  'notification-failed': {
    remedy: 'retry',
    advice: 'It is tried again for a week. Look at the settings of this channel, then run `icloud-photos-sync notify test`.',
  },
  'service-not-running': { remedy: 'fix', advice: 'Start it with `docker compose up -d`, or run `icloud-photos-sync daemon`.' },
  'offsite-not-set-up': {
    remedy: 'usage',
    advice: 'Set OFFSITE_REPOSITORY and OFFSITE_PASSPHRASE_FILE, then run `icloud-photos-sync off-site init`. See docs/off-site.md.',
  },
  'offsite-no-repository': {
    remedy: 'fix',
    advice: 'Make it once with `icloud-photos-sync off-site init`. If there was one, look whether the right disk is mounted there.',
  },
  'offsite-wrong-passphrase': { remedy: 'fix', advice: 'Correct OFFSITE_PASSPHRASE (or its file, command or second part).' },
  'offsite-unreachable': { remedy: 'retry', advice: 'Check the network and the other machine. The next run tries again.' },
  'offsite-refused': { remedy: 'fix', advice: 'Check user name, key and rights of this machine on the other side.' },
  'offsite-host-key': {
    remedy: 'fix',
    advice: 'Compare the fingerprint with that of the server. If it is right, accept it with `off-site init --host-key <fingerprint>`.',
  },
  'offsite-target-full': {
    remedy: 'fix',
    advice: 'Free some space on the other side, or keep fewer snapshots. Older snapshots are still good.',
  },
  'offsite-locked': { remedy: 'retry', advice: 'Nothing has to be done: the next run tries again.' },
  'offsite-damaged': {
    remedy: 'fix',
    advice: 'Look at the disk of the other side and follow docs/off-site.md, "Damaged repository". Nothing was repaired by itself.',
  },
  'offsite-other-repository': {
    remedy: 'fix',
    advice: 'Mount the right disk or correct OFFSITE_REPOSITORY. To use the other repository from now on: `off-site init --adopt`.',
  },
  'offsite-incomplete': { remedy: 'skip-item', advice: 'The snapshot is there but not whole; the next one tries these files again.' },
  'offsite-retention-refused': {
    remedy: 'fix',
    advice: 'No snapshot was lost. If the other side only lets this machine add, set OFFSITE_APPEND_ONLY=yes and prune from elsewhere.',
  },
  'offsite-tool-missing': { remedy: 'fix', advice: 'Use the image, which has it, or install it (docs/off-site.md names the versions).' },
  'offsite-failed': { remedy: 'retry', advice: 'The next run tries again. The log holds the last lines of the program.' },
  'offsite-nothing-found': { remedy: 'usage', advice: 'See what there is with `icloud-photos-sync off-site snapshots`.' },
  'restore-in-the-way': { remedy: 'usage', advice: 'Name an empty folder with --to. Nothing was written.' },
  interrupted: { remedy: 'retry', advice: 'Run again: what has arrived is kept, half-fetched files are continued.' },
  internal: { remedy: 'fix', advice: 'This is a defect of this program. Please report it with the log.' },
} as const satisfies Record<string, { remedy: Remedy; advice: string }>;

export type Remedy = 'retry' | 'skip-item' | 'person' | 'fix' | 'usage';
export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** What the program may do about a problem, and what the owner should do. */
export function handling(code: ProblemCode): { readonly remedy: Remedy; readonly advice: string } {
  return PROBLEMS[code];
}

export interface ProblemOptions {
  readonly cause?: unknown;
  /** Facts for the log; never secrets. */
  readonly context?: Readonly<Record<string, string | number>>;
  /** Not before this (epoch ms) may it be tried again, when the server said so. */
  readonly retryAtMs?: number;
}

/** The only error that is thrown on purpose. `message` says what happened and to which photo; the advice follows from the code. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly context: Readonly<Record<string, string | number>>;
  readonly retryAtMs: number | undefined;

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
    this.retryAtMs = options.retryAtMs;
  }

  get remedy(): Remedy {
    return PROBLEMS[this.code].remedy;
  }

  get advice(): string {
    return PROBLEMS[this.code].advice;
  }
}

/** Wraps what was not thrown on purpose, so that every failure reaches the owner with a code and an advice. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Problem('internal', message, { cause: error });
}
