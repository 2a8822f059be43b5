import { targetsOf } from '../config/offsite-target-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { NextWork } from '../domain/offsite.ts';
import { betweenSnapshotsMs } from '../domain/offsite-plan.ts';
import type { Log } from '../ports/log.ts';
import { createCronSchedule } from '../service/cron-schedule.ts';
import type { Chore } from '../service/home.ts';

/** Off-site work that the settings put on schedules of its own. Throws Problem `settings-invalid` for one that is no schedule. */
export function offsiteChores(settings: Settings, log: Log): readonly Chore[] {
  const chore = (setting: string, expression: string, command: string, args: Chore['args'] = {}): Chore => ({
    command,
    args,
    schedule: createCronSchedule({ setting, expression, timezone: settings.tz, log }),
  });
  if (targetsOf(settings).length === 0) return [];
  return [
    ...(settings.offsiteSchedule === undefined
      ? []
      : [chore('OFFSITE_SCHEDULE', settings.offsiteSchedule, 'off-site run', { scheduled: true })]),
    chore('OFFSITE_CHECK_SCHEDULE', settings.offsiteCheckSchedule, 'off-site check'),
    chore('OFFSITE_DRILL_SCHEDULE', settings.offsiteDrillSchedule, 'off-site drill'),
    chore('OFFSITE_PRUNE_SCHEDULE', settings.offsitePruneSchedule, 'off-site prune'),
  ];
}

/** When each kind of off-site work is due next, by the settings. Throws Problem `settings-invalid`. */
export function nextOffsiteWork(settings: Settings): () => NextWork {
  const chores = offsiteChores(settings, UNHEARD);
  const dueMs = (command: string) => chores.find((chore) => chore.command === command)?.schedule.upcoming(1)[0];
  return () => ({
    snapshot:
      settings.offsiteSchedule === undefined
        ? { by: 'sync', everyMs: betweenSnapshotsMs(settings.offsiteEveryDays) }
        : { by: 'schedule', atMs: dueMs('off-site run') },
    checkMs: dueMs('off-site check'),
    drillMs: dueMs('off-site drill'),
    pruneMs: dueMs('off-site prune'),
  });
}

/** Schedules that are only asked for their next slot have nothing to say. */
const UNHEARD: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
