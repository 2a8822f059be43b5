import type { Outcome, RunReport } from '../../domain/run-report.ts';
import type { ServiceState, Trigger } from '../../domain/service-state.ts';

export type Fields = Readonly<Record<string, string | number>>;

/** Words of the older tool for what goes on (icps-cli-facts.md §7). */
export type OldStatus =
  | 'AUTHENTICATION_STARTED'
  | 'MFA_REQUIRED'
  | 'MFA_RECEIVED'
  | 'MFA_NOT_PROVIDED'
  | 'PCS_REQUIRED'
  | 'PCS_NOT_READY'
  | 'ACCOUNT_READY'
  | 'SYNC_START'
  | 'FETCH_N_LOAD_STARTED'
  | 'SYNC_COMPLETED'
  | 'ERROR'
  | 'SCHEDULED'
  | 'SCHEDULED_SUCCESS'
  | 'SCHEDULED_FAILURE';

const MEASUREMENT = 'icloud_photos_sync';

/** One line of InfluxDB's line protocol, nanoseconds. Numbers are floats, as the protocol reads them without a suffix. */
export function lineOf(fields: Fields, nowMs: number): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${escapeKey(name)}=${typeof value === 'number' ? value : quoted(value)}`);
  return `${MEASUREMENT} ${pairs.join(',')} ${BigInt(Math.round(nowMs)) * 1_000_000n}\n`;
}

export function statusFields(status: OldStatus, nowMs: number): Fields {
  return { status, status_time: Math.round(nowMs) };
}

const escapeKey = (name: string): string => name.replace(/[,= ]/g, (sign) => `\\${sign}`);
/** A line break would end the line in readers that do not know better. */
const quoted = (text: string): string => `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, (sign) => `\\${sign}`)}"`;

/** Warnings of the older tool, by our codes. What had no name there counts in `errors` only. */
const WARNINGS: Readonly<Record<string, string>> = {
  'listing-incomplete': 'warn-count_mismatch',
  'half-a-record': 'warn-icloud_load_error',
  'answer-not-understood': 'warn-icloud_load_error',
  'content-mismatch': 'warn-write_asset_error',
  'transfer-failed': 'warn-write_asset_error',
  'not-uploaded-yet': 'warn-write_asset_error',
  'gone-from-icloud': 'warn-write_asset_error',
  'file-too-large': 'warn-write_asset_error',
  'path-occupied': 'warn-extraneous_file',
};

/** What a sync has done, under the names of the older tool. */
export function reportFields({ counts, problems, outcome }: RunReport, stored: number | undefined): Fields {
  const warnings: Record<string, number> = {};
  for (const { code, count } of problems) {
    const name = WARNINGS[code];
    if (name !== undefined) warnings[name] = (warnings[name] ?? 0) + count;
  }
  return {
    remote_assets_fetched: counts.listed,
    remote_albums_fetched: counts.albums,
    assets_to_be_added: counts.downloaded + counts.reused + counts.missing,
    assets_to_be_deleted: counts.removed + counts.replaced,
    ...(stored === undefined
      ? {}
      : { local_assets_loaded: stored, assets_to_be_kept: Math.max(0, stored - counts.downloaded - counts.reused) }),
    errors: isError(outcome) ? 1 : 0,
    ...warnings,
  };
}

export function endStatuses(outcome: Outcome, trigger: Trigger): readonly OldStatus[] {
  const failed = isError(outcome);
  const scheduled = trigger === 'schedule' || trigger === 'missed' || trigger === 'first-start';
  return [
    failed ? 'ERROR' : 'SYNC_COMPLETED',
    ...(scheduled ? [failed ? ('SCHEDULED_FAILURE' as const) : ('SCHEDULED_SUCCESS' as const)] : []),
  ];
}

const isError = (outcome: Outcome): boolean => outcome !== 'complete' && outcome !== 'incomplete';

/** The next slot of the schedule, and the days until Apple is expected to ask for a code. */
export type Outlook = Pick<ServiceState, 'nextRunMs' | 'trustDaysLeft'>;

/** The second field is new: the older tool did not know of it. */
export function outlookFields({ nextRunMs, trustDaysLeft }: Outlook): Fields {
  return {
    ...(nextRunMs === undefined ? {} : { next_schedule: Math.round(nextRunMs) }),
    ...(trustDaysLeft === undefined ? {} : { trust_days_left: trustDaysLeft }),
  };
}
