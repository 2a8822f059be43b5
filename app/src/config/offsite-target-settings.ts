import type { z } from 'zod';
import { oneOf, secretLine, text, wholeNumber } from './kinds.ts';
import { environmentLines, locationOfText, privateKey, shortName } from './offsite-kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'offsite';

type Numbered<P extends string, T> = { [K in keyof T as `${P}${Capitalize<K & string>}`]: T[K] };

/** The settings of one target. The first has no number in its names; the others say in their help what they repeat. */
function target(number: 1 | 2 | 3) {
  const prefix = number === 1 ? 'OFFSITE' : `OFFSITE_${number}`;
  const facts = (name: string, help: string) =>
    ({
      env: `${prefix}_${name}`,
      help: number === 1 ? help : `As \`OFFSITE_${name}\`, for off-site copy number ${number}.`,
      group,
    }) as const;
  return {
    name: setting(shortName().optional(), {
      ...facts('NAME', 'What this copy is called in messages and commands.'),
      expects: 'a word of letters, digits and dashes',
      defaultText: `\`${number}\``,
    }),
    engine: setting(oneOf('restic', 'borg', 'rclone').default('restic'), {
      ...facts('ENGINE', 'What makes the copy: `restic` or `borg` (encrypted, with a history), or `rclone` (an encrypted mirror).'),
      expects: 'restic, borg or rclone',
    }),
    repository: setting(locationOfText().optional(), {
      ...facts(
        'REPOSITORY',
        'Where the copy goes, in the words of the engine: a folder, `sftp://user@host:port//folder`, `rest:https://…`, `s3:https://…` (restic); `ssh://user@host:port/folder` (borg); `sftp://user@host:port/folder` (rclone). Switches the off-site copy on.',
      ),
      fromFile: true,
      expects: 'a folder or an address without blanks',
    }),
    passphrase: setting(secretLine().optional(), {
      ...facts(
        'PASSPHRASE',
        'Encrypts everything that leaves this machine. Keep it somewhere else too: without it nothing can be restored.',
      ),
      secret: true,
      expects: 'one line',
    }),
    passphraseCommand: setting(text().optional(), {
      ...facts('PASSPHRASE_COMMAND', 'A command that prints the passphrase, instead of the setting.'),
      expects: 'a command line',
    }),
    passphrasePart2: setting(secretLine().optional(), {
      ...facts('PASSPHRASE_PART2', 'A second part, put right behind the first, for those who keep the two apart.'),
      secret: true,
      expects: 'one line',
    }),
    passphrasePart2Command: setting(text().optional(), {
      ...facts('PASSPHRASE_PART2_COMMAND', 'A command that prints the second part.'),
      expects: 'a command line',
    }),
    sshKey: setting(privateKey().optional(), {
      ...facts('SSH_KEY', 'The private key for the other side; give it as a file.'),
      secret: true,
      expects: 'the text of a private key without a passphrase',
    }),
    knownHosts: setting(text().optional(), {
      ...facts('KNOWN_HOSTS', 'Lines of a known_hosts file for the other side. Without them `off-site init` shows the key and asks.'),
      fromFile: true,
      expects: 'lines as in known_hosts',
    }),
    environment: setting(environmentLines().optional(), {
      ...facts('ENV', 'More variables for the engine, one `NAME=value` on each line, such as `AWS_ACCESS_KEY_ID`; give them as a file.'),
      secret: true,
      expects: 'lines like NAME=value, with names that begin with AWS_, B2_, AZURE_, GOOGLE_, OS_, ST_, SWIFT_, RESTIC_, RCLONE_ or BORG_',
    }),
    uploadLimit: setting(wholeNumber(1).optional(), {
      ...facts('UPLOAD_LIMIT', 'Most KiB per second that are sent.'),
      expects: 'a whole number of KiB',
    }),
    appendOnly: toggle({
      ...facts('APPEND_ONLY', 'The other side lets this machine only add. Old snapshots are not removed from here.'),
    }),
  };
}

function numbered<P extends string, T extends Record<string, z.ZodType>>(prefix: P, settings: T): Numbered<P, T> {
  const renamed = Object.entries(settings).map(([key, value]) => [`${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]);
  return Object.fromEntries(renamed) as Numbered<P, T>;
}

const first = target(1);
export const targetSettings = {
  ...numbered('offsite', first),
  ...numbered('offsite2', target(2)),
  ...numbered('offsite3', target(3)),
};

type Values = { readonly [K in keyof typeof first]: z.infer<(typeof first)[K]> };

/** One target with its values. */
export interface TargetSettings extends Omit<Values, 'repository' | 'name'> {
  readonly number: 1 | 2 | 3;
  readonly name: string;
  readonly repository: string;
}

/** The targets that are set up, in their order. */
export function targetsOf(settings: { readonly [K in keyof typeof targetSettings]?: unknown }): readonly TargetSettings[] {
  return ([1, 2, 3] as const).flatMap((number) => {
    const prefix = number === 1 ? 'offsite' : `offsite${number}`;
    const entries = Object.keys(first).map((key) => {
      const own = `${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}` as keyof typeof targetSettings;
      return [key, settings[own]];
    });
    const values = Object.fromEntries(entries) as Values; // the same keys, taken from the same schema
    if (values.repository === undefined) return [];
    return [{ ...values, number, name: values.name ?? String(number), repository: values.repository }];
  });
}
