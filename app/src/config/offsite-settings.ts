import { z } from 'zod';
import { cronPattern, wholeNumber } from './kinds.ts';
import { folderList } from './offsite-kinds.ts';
import { targetSettings } from './offsite-target-settings.ts';
import { setting } from './setting.ts';

const group = 'offsite';

const keep = (name: string, count: number, help: string) =>
  setting(wholeNumber(0, 10_000).default(count), { env: `OFFSITE_KEEP_${name}`, expects: 'a whole number', help, group });
const cron = (name: string, pattern: string, help: string) =>
  setting(cronPattern().default(pattern), {
    env: `OFFSITE_${name}_SCHEDULE`,
    expects: 'a cron pattern of 5 or 6 fields, or a nickname such as @weekly',
    help,
    group,
  });
const yesOrNo = (fallback: boolean) =>
  z
    .string()
    .trim()
    .pipe(z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] }))
    .default(fallback);

export const offsiteSettings = {
  ...targetSettings,
  offsiteEveryDays: setting(wholeNumber(0, 366).default(1), {
    env: 'OFFSITE_EVERY_DAYS',
    expects: 'a whole number of days',
    help: 'A snapshot follows a good sync when the last one is this old; 0 means after every sync.',
    group,
  }),
  offsiteSchedule: setting(cronPattern().optional(), {
    env: 'OFFSITE_SCHEDULE',
    expects: 'a cron pattern of 5 or 6 fields, or a nickname such as @daily',
    help: 'When snapshots are taken, instead of after a sync.',
    group,
    defaultText: 'after a sync',
  }),
  offsiteCheckSchedule: cron('CHECK', '30 5 * * 0', 'When the service checks a part of what is stored.'),
  offsiteDrillSchedule: cron('DRILL', '30 6 1 * *', 'When the service restores a random sample and compares it.'),
  offsitePruneSchedule: cron('PRUNE', '30 7 * * 6', 'When the service gives back the space of removed snapshots.'),
  offsiteCheckParts: setting(wholeNumber(1, 1000).default(12), {
    env: 'OFFSITE_CHECK_PARTS',
    expects: 'a whole number',
    help: 'In how many checks all data is read once.',
    group,
  }),
  offsiteDrillFiles: setting(wholeNumber(1, 10_000).default(20), {
    env: 'OFFSITE_DRILL_FILES',
    expects: 'a whole number',
    help: 'How many files a drill brings back; 500 MB at most.',
    group,
  }),
  offsiteKeepWithinDays: keep('WITHIN_DAYS', 7, 'Every snapshot of the last so many days stays.'),
  offsiteKeepDaily: keep('DAILY', 14, 'Days of which the last snapshot stays.'),
  offsiteKeepWeekly: keep('WEEKLY', 8, 'Weeks of which the last snapshot stays.'),
  offsiteKeepMonthly: keep('MONTHLY', 24, 'Months of which the last snapshot stays.'),
  offsiteKeepYearly: keep('YEARLY', 100, 'Years of which the last snapshot stays.'),
  offsiteInclude: setting(folderList().optional(), {
    env: 'OFFSITE_INCLUDE',
    expects: 'folders in the library, separated by commas',
    help: 'Only these folders go off-site; the state always does.',
    group,
    defaultText: 'everything',
  }),
  offsiteExclude: setting(folderList().default(['_Trash']), {
    env: 'OFFSITE_EXCLUDE',
    expects: 'folders in the library, separated by commas',
    help: 'These folders stay out.',
    group,
  }),
  offsiteIncludeSignIn: setting(yesOrNo(true), {
    env: 'OFFSITE_INCLUDE_SIGN_IN',
    expects: 'true or false (also yes/no, on/off, 1/0)',
    help: 'The Apple sign-in goes into the encrypted snapshot, so that a restore needs no code.',
    group,
  }),
  offsiteUnstableInodes: setting(yesOrNo(false), {
    env: 'OFFSITE_UNSTABLE_INODES',
    expects: 'true or false (also yes/no, on/off, 1/0)',
    help: 'For network shares and pooled disks: tell unchanged files by size and time alone. Set it before the first snapshot.',
    group,
  }),
};
