import { asProblem, handling, Problem } from '../domain/problem.ts';
import { renderReport } from '../domain/render.ts';
import { failedReport, type RunCounts, type RunReport } from '../domain/run-report.ts';
import { mostPerDay, periodOf, wasMissed } from '../domain/schedule.ts';
import type { Phase, Progress, RunSummary, ServiceState, Trigger } from '../domain/service-state.ts';
import { createRunGate, type GateEntry } from '../engine/run-gate.ts';
import { ASK_DEVICES, type SignInWish } from '../engine/sign-in.ts';
import type { TrustedPhone } from '../ports/apple-account.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { CodeDesk, ResendRequest } from '../ports/code-desk.ts';
import type { HealthPing } from '../ports/health-ping.ts';
import type { Schedule } from '../ports/schedule.ts';
import type { Service } from '../ports/service.ts';
import { type Memory, needOf, readMemory, writeMemory } from './memory.ts';
import type { RunMeter } from './run-meter.ts';
import type { Story } from './story.ts';

/** Called while a sync runs. */
export interface SyncHooks {
  readonly onPhase: (phase: 'signing-in' | 'syncing') => void;
  readonly onProgress: (counts: RunCounts) => void;
  readonly onExpected: (items: number) => void;
  readonly onListed: () => void;
}

/** A library with its account, opened: what a run needs. */
export interface Home {
  readonly catalog: Catalog;
  /** Aborts when another machine has taken the library over. */
  readonly lost: AbortSignal;
  signIn(wish: SignInWish, signal: AbortSignal): Promise<void>;
  sync(wish: SignInWish, hooks: SyncHooks, signal: AbortSignal): Promise<RunReport>;
  /** What a sync would fetch, as text. */
  plan(wish: SignInWish, signal: AbortSignal): Promise<{ readonly text: string; readonly report: RunReport }>;
  trustToken(): string | undefined;
  forgetTrust(): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceParts {
  /** Throws Problem; `volume-missing` is waited out, everything else ends the service. `onCodeAwaited` answers what to do when the waiting is over. */
  readonly open: (onCodeAwaited: (phones: readonly TrustedPhone[]) => () => void) => Promise<Home>;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly story: Story;
  readonly desk: CodeDesk;
  readonly ping: HealthPing | undefined;
  readonly meter: RunMeter;
}

export interface RunningService extends Service {
  /** Opens the library, begins the schedule and catches up. Throws Problem for what cannot be waited out. */
  start(): Promise<void>;
  /** Ends what runs, within seconds; what has arrived is kept. */
  stop(reason: Problem): Promise<void>;
  readonly desk: CodeDesk;
  sync(trigger: Trigger): GateEntry<RunReport>;
  plan(): GateEntry<{ readonly text: string; readonly report: RunReport }>;
  signIn(wish: SignInWish, forgetTrust: boolean): GateEntry<string | undefined>;
  home(): Home;
}

const VOLUME_LOOK_MS = 60_000;
const SLOTS = 3_000;
const MANY_SLOTS = 24;

/** The heart of the daemon: one run at a time, on schedule or on request; every door asks here and sees one state. */
export function createService(parts: ServiceParts): RunningService {
  const { clock, schedule, story, ping } = parts;
  const { log } = story;
  const gate = createRunGate();
  const ending = new AbortController();
  const startedAtMs = clock.now();
  let home: Home | undefined;
  let memory: Memory = { paused: false };
  let phase: { readonly is: Phase; readonly sinceMs: number; readonly trigger: Trigger | undefined } = {
    is: 'starting',
    sinceMs: startedAtMs,
    trigger: undefined,
  };
  let phones: readonly TrustedPhone[] | undefined;
  let progress: Progress | undefined;
  let lastRun: RunSummary | undefined;
  let periodMs = periodOf(schedule.upcoming(SLOTS), startedAtMs);

  const enter = (is: Phase, trigger?: Trigger) => {
    phase = { is, sinceMs: clock.now(), trigger };
  };
  const remember = (change: Partial<Memory>) => {
    memory = { ...memory, ...change };
    if (home) writeMemory(home.catalog, memory);
  };
  const rest = () => enter(memory.need?.code === 'code-needed' ? 'waiting-for-code' : 'idle');
  const planNext = () => {
    const [atMs] = schedule.upcoming(1);
    remember({ planned: atMs === undefined ? undefined : { atMs, schedule: schedule.expression } });
  };
  const opened = (): Home => {
    if (!home) throw new Problem('volume-missing', 'The library is not there at the moment.');
    return home;
  };

  async function open(): Promise<void> {
    home = await parts.open((listed) => {
      const before = phase;
      phones = listed;
      enter('waiting-for-code', before.trigger);
      return () => {
        phones = undefined;
        enter('signing-in', before.trigger);
      };
    });
    memory = readMemory(home.catalog);
    lastRun ??= memory.lastRun;
    home.lost.addEventListener('abort', () => void gate.stop(home?.lost.reason), { once: true });
    rest();
  }

  /** A volume that went away is looked for every minute; nothing is written meanwhile (decisions.md 9). */
  async function awaitVolume(): Promise<void> {
    enter('volume-missing');
    log.warn('The library is not there. Looking for it every minute; nothing is written meanwhile.');
    const gone = home;
    home = undefined;
    await gone?.close().catch(() => undefined);
    while (!ending.signal.aborted) {
      try {
        await clock.sleep(VOLUME_LOOK_MS, ending.signal);
        await open();
        log.info('The library is back.');
        catchUp();
        return;
      } catch (error) {
        if (ending.signal.aborted) return;
        log.debug('The library is still not there.', { reason: asProblem(error).message });
      }
    }
  }

  function catchUp(): void {
    if (memory.lastAttemptMs === undefined) void sync('first-start').done.catch(() => undefined);
    else if (!memory.paused && wasMissed(memory.planned, schedule.expression, memory.lastAttemptMs, clock.now()))
      void sync('missed').done.catch(() => undefined);
    else planNext();
  }

  /** By itself the service asks for a code once per need; a person may always ask again (decisions.md 12). */
  const wishFor = (trigger: Trigger): SignInWish => ({
    ...ASK_DEVICES,
    quiet: trigger !== 'person' && memory.need?.code === 'code-needed',
  });

  function sync(trigger: Trigger): GateEntry<RunReport> {
    return gate.enter('sync', async (signal) => {
      const wish = wishFor(trigger);
      remember({ lastAttemptMs: clock.now() });
      planNext();
      const pings = trigger === 'person' ? undefined : ping;
      void pings?.start(ending.signal);
      enter('signing-in', trigger);
      let expected: number | undefined;
      let listing = true;
      const startedAt = clock.now();
      const running = async () =>
        opened().sync(
          wish,
          {
            onPhase: (is) => enter(is, trigger),
            onListed: () => {
              listing = false;
            },
            onExpected: (items) => {
              expected = (expected ?? 0) + items;
            },
            onProgress: (counts) => {
              progress = parts.meter(counts, listing ? expected : counts.listed, listing, () => opened().catalog.todoTotal()) ?? progress;
            },
          },
          signal,
        );
      // A defect in one run is that run's failure; the service goes on.
      const report = await running().catch((error: unknown) => failedReport('sync', startedAt, clock.now(), asProblem(error)));
      await concluded(report, trigger, pings);
      return report;
    });
  }

  async function concluded(report: RunReport, trigger: Trigger, pings: HealthPing | undefined): Promise<void> {
    progress = undefined;
    const wentWell = report.outcome === 'complete' || report.outcome === 'incomplete';
    for (const line of renderReport(report).split('\n')) (report.outcome === 'complete' ? log.info : log.warn)(line);
    const [first] = report.problems;
    lastRun = {
      trigger,
      startedAtMs: report.startedAtMs,
      endedAtMs: report.endedAtMs,
      outcome: report.outcome,
      message: first?.examples[0],
      code: first?.code,
    };
    if (report.problems.some(({ code }) => code === 'volume-missing')) {
      void pings?.fail(ending.signal);
      void awaitVolume();
      return;
    }
    remember({ lastRun, need: nextNeed(report), ...(wentWell ? { lastSuccessMs: report.endedAtMs } : {}) });
    rest();
    if (report.outcome !== 'interrupted') await (wentWell ? pings?.success(ending.signal) : pings?.fail(ending.signal));
  }

  /** What needs a person stays until a run gets past it; a run that never came that far says nothing about it. */
  function nextNeed(report: RunReport): Memory['need'] {
    const found = report.problems.find(({ code }) => handling(code).remedy === 'person');
    if (found)
      return {
        code: found.code,
        message: found.examples[0] ?? '',
        sinceMs: memory.need?.code === found.code ? memory.need.sinceMs : clock.now(),
      };
    return report.outcome === 'complete' || report.outcome === 'incomplete' ? undefined : memory.need;
  }

  function signIn(wish: SignInWish, forgetTrust: boolean): GateEntry<string | undefined> {
    return gate.enter('sign-in', async (signal) => {
      enter('signing-in', 'sign-in');
      try {
        if (forgetTrust) await opened().forgetTrust();
        await opened().signIn(wish, signal);
        const blocked = memory.need !== undefined;
        remember({ need: undefined });
        if (blocked) void sync('missed').done.catch(() => undefined); // the run that had to stop for want of this
        return opened().trustToken();
      } catch (error) {
        const problem = asProblem(signal.aborted ? signal.reason : error);
        lastRun = {
          trigger: 'sign-in',
          startedAtMs: phase.sinceMs,
          endedAtMs: clock.now(),
          outcome: problem.code === 'interrupted' ? 'interrupted' : problem.remedy === 'person' ? 'needs-person' : 'failed',
          message: problem.message,
          code: problem.code,
        };
        if (problem.remedy === 'person')
          remember({ lastRun, need: { code: problem.code, message: problem.message, sinceMs: clock.now() } });
        throw problem;
      } finally {
        rest();
      }
    });
  }

  const desk: CodeDesk = {
    awaiting: parts.desk.awaiting,
    submit: parts.desk.submit,
    resend(request: ResendRequest) {
      if (parts.desk.awaiting()) return parts.desk.resend(request);
      if (memory.need?.code !== 'code-needed' || gate.busy()) return false;
      signIn({ quiet: false, codeBy: request }, false).done.catch((error: unknown) => log.warn(asProblem(error).message));
      return true;
    },
  };
  const isReady = () => home !== undefined && !gate.busy() && phase.is !== 'stopping';

  return {
    desk,
    sync,
    signIn,
    home: opened,
    plan: () => gate.enter('plan', (signal) => opened().plan(wishFor('person'), signal)),
    async start() {
      const slots = schedule.upcoming(SLOTS);
      periodMs = periodOf(slots, clock.now());
      if (mostPerDay(slots, clock.now()) > MANY_SLOTS)
        log.warn(
          `SCHEDULE "${schedule.expression}" runs ${mostPerDay(slots, clock.now())} times on one day. For once a night write "0 2 * * *".`,
        );
      schedule.start(async () => {
        if (memory.paused || home === undefined) return planNext();
        await sync('schedule').done.catch((error: unknown) => log.error(asProblem(error).message));
      });
      try {
        await open();
      } catch (error) {
        if (asProblem(error).code !== 'volume-missing') throw error;
        log.warn(asProblem(error).message);
        void awaitVolume();
        return;
      }
      catchUp();
    },
    async stop(reason) {
      ending.abort(reason);
      schedule.stop();
      enter('stopping');
      await gate.stop(reason);
      await home?.close();
    },
    state: (): ServiceState => ({
      phase: phase.is,
      sinceMs: phase.sinceMs,
      trigger: phase.trigger,
      paused: memory.paused,
      codeAwaited: parts.desk.awaiting(),
      phones: phones ?? [],
      progress,
      nextRunMs: memory.paused ? undefined : schedule.upcoming(1)[0],
      periodMs,
      startedAtMs,
      lastAttemptMs: memory.lastAttemptMs,
      lastSuccessMs: memory.lastSuccessMs,
      lastRun,
      need: needOf(memory),
    }),
    requestSync() {
      if (!isReady()) return false;
      sync('person').done.catch((error: unknown) => log.error(asProblem(error).message));
      return true;
    },
    requestSignIn() {
      if (!isReady()) return false;
      signIn(ASK_DEVICES, false).done.catch((error: unknown) => log.warn(asProblem(error).message));
      return true;
    },
    async pause() {
      remember({ paused: true });
      log.info('Paused: scheduled runs are skipped until resumed.');
    },
    async resume() {
      remember({ paused: false });
      planNext();
      log.info('Resumed.');
    },
  };
}
