import { plain } from './notices.ts';
import type { SettingFacts } from './setting.ts';
import { defaultOf, type SettingKey, settingList } from './settings.ts';

/** What the command line parser needs to offer a setting as a flag. */
export interface CliOption {
  /** As in `-P, --port <number>`. */
  readonly flags: string;
  readonly key: SettingKey;
  readonly help: string;
  readonly boolean: boolean;
  readonly secret: boolean;
  /** Empty = nothing to show. */
  readonly defaultText: string;
  readonly env: string;
  readonly status: 'retired' | 'planned' | undefined;
}

export function cliOptions(): readonly CliOption[] {
  return settingList().flatMap(({ key, facts }) => {
    if (facts.flag === undefined) return [];
    const name = facts.short === undefined ? facts.flag : `${facts.short}, ${facts.flag}`;
    return [
      {
        flags: facts.placeholder === undefined ? name : `${name} <${facts.placeholder}>`,
        key,
        help: plain(facts.help),
        boolean: facts.placeholder === undefined,
        secret: facts.secret === true,
        defaultText: facts.placeholder === undefined ? '' : plain(defaultText(key, facts)),
        env: facts.env,
        status: facts.status,
      },
    ];
  });
}

/** The default as the owner would type it. Empty = none. */
export function defaultText(key: SettingKey, facts: SettingFacts): string {
  if (facts.defaultText !== undefined) return facts.defaultText;
  const value = defaultOf(key);
  const text = value === undefined ? '' : String(value);
  return text === '' ? '' : `\`${text}\``;
}
