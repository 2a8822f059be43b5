import { z } from 'zod';

/** The chapters of the settings page, in the order in which a newcomer needs them. */
export const SETTING_GROUPS = {
  account: 'Apple Account and sign-in',
  library: 'Library on disk',
  filters: 'What is fetched',
  transfer: 'Downloads and requests',
  service: 'Service',
  offsite: 'Off-site copy',
  web: 'Web port',
  notifications: 'Notifications',
  output: 'Log and terminal',
  testing: 'Testing',
  retired: 'Accepted, without effect',
} as const;

export type SettingGroup = keyof typeof SETTING_GROUPS;

/** Everything about a setting besides its value: the command line, the settings page, messages and redaction all read this. */
export interface SettingFacts {
  readonly env: string;
  /** Absent where the command line would show a secret to everyone on the machine, or where a flag makes no sense. */
  readonly flag?: `--${string}`;
  readonly short?: `-${string}`;
  /** What stands for the value in help texts; absent = a switch. */
  readonly placeholder?: string;
  /** Completes "expected …". */
  readonly expects: string;
  readonly help: string;
  readonly group: SettingGroup;
  readonly secret?: true;
  /** May be read from a file although it is not secret. Secrets always may. */
  readonly fromFile?: true;
  /** Where the default cannot be shown as it is. */
  readonly defaultText?: string;
  /** `retired`: no longer makes sense. `planned`: this version does not use it yet. Both are accepted, with a notice. */
  readonly status?: 'retired' | 'planned';
  /** What happens instead, for settings with a status. */
  readonly explanation?: string;
}

/** Compose files write `NAME: "${NAME:-}"`: an empty text means that nothing was set, whatever the kind. */
const emptyIsUnset = (value: unknown): unknown => (value === '' ? undefined : value);

/** A value with its facts. Values arrive as text, whatever their source. */
export function setting<T extends z.ZodType>(schema: T, facts: SettingFacts) {
  return z.preprocess(emptyIsUnset, schema).meta({ ...facts });
}

/** z.coerce.boolean would read "false" as true. */
const switchPosition = z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] });

/** Most settings without a value are switches: off unless set, or unless `byDefault` says otherwise. */
export function toggle(facts: Omit<SettingFacts, 'expects'>, byDefault = false) {
  return setting(z.string().trim().pipe(switchPosition).default(byDefault), {
    ...facts,
    expects: 'true or false (also yes/no, on/off, 1/0)',
  });
}
