import { catalogChecks } from '../domain/doctor-catalog.ts';
import { lockCheck, networkChecks, portCheck, serviceCheck, volumeCheck } from '../domain/doctor-checks.ts';
import type { Check, DoctorReport } from '../domain/doctor-report.ts';
import type { Checkup } from '../ports/checkup.ts';
import type { Clock } from '../ports/clock.ts';

export interface DoctorWish {
  /** False after a crash: nothing is tried out, neither the network nor what the volume can do. */
  readonly thorough: boolean;
}

/** Looks at everything, each part by itself: what cannot be looked at is a line of the report and never its end. */
export async function examine(checkup: Checkup, clock: Clock, { thorough }: DoctorWish, signal: AbortSignal): Promise<DoctorReport> {
  const nowMs = clock.now();
  const parts: Promise<readonly Check[]>[] = [
    guarded('Versions', async () => [
      { title: 'Versions', verdict: 'good', facts: (await checkup.versions()).map(({ name, value }) => [name, value] as const) },
    ]),
    guarded('Settings', async () => [settingsCheck(checkup.settings())]),
    guarded('Library', async () => [volumeCheck('Library', await checkup.library(thorough))]),
    guarded('State folder', async () => {
      const { files, ...state } = await checkup.state();
      return [volumeCheck('State folder', state, files)];
    }),
    guarded('Locks', async () => [lockCheck(await checkup.locks(), nowMs)]),
    guarded('Service', async () => [serviceCheck(await checkup.service(signal))]),
    guarded('Catalog', async () => catalogChecks(await checkup.catalog(), nowMs)),
    ...(thorough
      ? [
          guarded('Web port', async () => [portCheck(await checkup.webPort(signal), await checkup.service(signal))]),
          guarded('Network', async () => networkChecks(await checkup.network(signal))),
        ]
      : []),
  ];
  const checks = (await Promise.all(parts)).flat();
  signal.throwIfAborted();
  return { schema: 1, madeAt: new Date(nowMs).toISOString(), checks };
}

function settingsCheck(settings: ReturnType<Checkup['settings']>): Check {
  const facts = settings.map(({ name, value }) => [name, value] as const);
  return { title: 'Settings', verdict: 'good', facts: facts.length > 0 ? facts : [['all', 'as they are by default']] };
}

/** Names the failure by its code alone: messages of the system hold paths. */
async function guarded(title: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    return [{ title, verdict: 'bad', facts: [['cannot be looked at', codeOf(error)]], advice: adviceFor(title) }];
  }
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('errcode' in error) return `SQLite error ${String(error.errcode)}`;
  if ('code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}

function adviceFor(title: string): string | undefined {
  return title === 'Catalog'
    ? 'The catalog is damaged. Your photos are untouched: stop the service and move catalog.sqlite aside; `icloud-photos-sync rebuild`, or the next sync, makes a new one from the files.'
    : undefined;
}
