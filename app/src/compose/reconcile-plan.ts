import { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { createCronSchedule } from '../service/cron-schedule.ts';

const KEY = 'reconcile';
const Planned = z.object({ expression: z.string(), atMs: z.number() });

/** When everything is listed again: from the first slot of RECONCILE_SCHEDULE after the last complete full listing on. */
export interface ReconcilePlan {
  isDue(): boolean;
  /** A full listing was complete: the next one is planned. */
  done(): void;
}

export function createReconcilePlan(
  { reconcileSchedule: expression, tz, full }: Settings,
  catalog: Catalog,
  clock: Clock,
  log: Log,
): ReconcilePlan {
  const next = (): number | undefined => {
    const schedule = createCronSchedule({ setting: 'RECONCILE_SCHEDULE (--reconcile-schedule)', expression, timezone: tz, log });
    const [atMs] = schedule.upcoming(1);
    schedule.stop();
    return atMs;
  };
  const planned = () => {
    try {
      const found = Planned.parse(JSON.parse(catalog.memo(KEY) ?? ''));
      return found.expression === expression ? found : undefined;
    } catch {
      return undefined; // never planned, or for another pattern
    }
  };
  const plan = () => {
    const atMs = next();
    if (atMs !== undefined) catalog.setMemo(KEY, JSON.stringify({ expression, atMs }));
  };
  if (!planned()) plan();
  return {
    isDue: () => full || (planned()?.atMs ?? Number.POSITIVE_INFINITY) <= clock.now(),
    done: plan,
  };
}
