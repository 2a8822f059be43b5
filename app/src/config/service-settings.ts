import { cronPattern, httpUrl, timeZone } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'service';

export const serviceSettings = {
  schedule: setting(cronPattern().default('0 2 * * *'), {
    env: 'SCHEDULE',
    flag: '--schedule',
    short: '-S',
    placeholder: 'cron',
    expects: 'a cron pattern of 5 or 6 fields such as "0 2 * * *", or a nickname such as @daily',
    help: 'When `daemon` syncs.',
    group,
  }),
  reconcileSchedule: setting(cronPattern().default('0 3 * * 0'), {
    env: 'RECONCILE_SCHEDULE',
    flag: '--reconcile-schedule',
    placeholder: 'cron',
    expects: 'a cron pattern of 5 or 6 fields such as "0 3 * * 0", or a nickname such as @weekly',
    help: 'From when on the next sync lists everything and compares, instead of asking only for changes.',
    group,
  }),
  full: toggle({
    env: 'FULL',
    flag: '--full',
    help: 'List everything in this run, as RECONCILE_SCHEDULE does now and then.',
    group,
  }),
  tz: setting(timeZone().optional(), {
    env: 'TZ',
    expects: 'the name of a time zone such as Europe/Berlin',
    help: 'Time zone of the schedule and of the times on the page. The log is in UTC; date folders follow the time zone of each photo.',
    group,
    defaultText: "the system's",
  }),
  healthCheckUrl: setting(httpUrl().optional(), {
    env: 'HEALTH_CHECK_URL',
    flag: '--health-check-url',
    placeholder: 'url',
    expects: 'an address that starts with http:// or https://',
    help: 'Address that hears of the start, success and failure of scheduled runs.',
    group,
  }),
  remoteDelete: toggle({
    env: 'REMOTE_DELETE',
    flag: '--remote-delete',
    help: '`archive` also removes the archived photos from iCloud; favourites stay.',
    group,
  }),
};
