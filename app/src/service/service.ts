import { asProblem, handling, Problem } from '../domain/problem.ts';
import { renderReport } from '../domain/render.ts';
import { failedReport, type RunReport, reachedItsEnd } from '../domain/run-report.ts';
import { mostPerDay, periodOf, wasMissed } from '../domain/schedule.ts';
import type { FileInFlight, Phase, Progress, RunSummary, ServiceState, Trigger } from '../domain/service-state.ts';
import { forecastTrust, trustSentence, trustWarningDue } from '../domain/trust-forecast.ts';
import { createRunGate, type GateEntry } from '../engine/run-gate.ts';
import { ASK_DEVICES, holdsSignIn, type SignInWish } from '../engine/sign-in-parts.ts';
import type { TrustedPhone } from '../ports/apple-account.ts';
import type { CodeDesk, ResendRequest } from '../ports/code-desk.ts';
import type { HealthPing } from '../ports/health-ping.ts';
import { collect } from './collect.ts';
import type { Home, Plan, RunningService, ServiceParts } from './home.ts';
import type { CommandIo } from './library-command.ts';
import { type Memory, readMemory, writeMemory } from './memory.ts';
import { createNeeds } from './needs.ts';
import { createOffsiteTurns } from './offsite-turns.ts';

const VOLUME_LOOK_MS = 60_000;
/** Needs that another code would end. */
const NEEDS_A_CODE: ReadonlySet<string> = new Set(['code-needed', 'too-many-codes', 'codes-locked']);
const SLOTS = 3_000;
const MANY_SLOTS = 24;

/** The heart of the daemon: one run at a time, on schedule or on request; every door asks here and sees one state. */
export function createService(parts: ServiceParts): RunningService {
  const { clock, schedule, story, ping } = parts;
  const { log } = story;
  const gate = createRunGate();
  const begun = Promise.withResolvers<void>();
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
  let inFlight: (() => readonly FileInFlight[]) | undefined;
  let activity: string | undefined;
  let lastRun: RunSummary | undefined;
  let periodMs = periodOf(schedule.upcoming(SLOTS), startedAtMs);

  const enter = (is: Phase, trigger?: Trigger) => {
    phase = { is, sinceMs: clock.now(), trigger };
    parts.audience.entered(is, trigger);
  };
  const remember = (change: Partial<Memory>) => {
    memory = { ...memory, ...change };
    if (home) writeMemory(home.catalog, memory);
  };
  const needs = createNeeds({ get: () => memory.need, set: (need) => remember({ need }) }, parts.events, clock.now);
  const rest = () => enter(memory.need?.code === 'code-needed' ? 'waiting-for-code' : 'idle');
  const planNext = () => {
    const [atMs] = schedule.upcoming(1);
    remember({ planned: atMs === undefined ? undefined : { atMs, schedule: schedule.expression } });
  };
  const opened = (): Home => {
    if (!home) throw new Problem('volume-missing', 'The library is not there at the moment.');
    return home;
  };

  /** The need is remembered before anybody can answer: a restart while it waits does not ask a second time. */
  function awaitCode(listed: readonly TrustedPhone[]): () => void {
    phones = listed;
    const leave = awaiting('waiting-for-code');
    needs.raise('code-needed', 'Apple wants a sign-in code.');
    return () => {
      phones = undefined;
      leave();
    };
  }

  function awaitApproval(): () => void {
    const leave = awaiting('waiting-for-approval');
    needs.raise('approval-needed', 'A device has to let the service read the photos.');
    return leave;
  }

  function awaiting(is: Phase): () => void {
    const before = phase;
    enter(is, before.trigger);
    return () => {
      if (phase.is === is) enter(before.is, before.trigger);
    };
  }

  /** Says once each, at 7, 3 and 1 days, that Apple will ask for a code soon. */
  function watchTrust(): void {
    const forecast = home && forecastTrust(home.trustDates().trustedAtMs, clock.now());
    const due = trustWarningDue(forecast, memory.trustWarned);
    if (!forecast || !due) return;
    remember({ trustWarned: due });
    parts.events.trustEnding(forecast.daysLeft, trustSentence(forecast));
  }

  async function open(): Promise<void> {
    home = await parts.open({ onCodeAwaited: awaitCode, onApprovalAwaited: awaitApproval });
    memory = readMemory(home.catalog);
    lastRun ??= memory.lastRun;
    // The run that was going on ends by the same signal; from then on it is as if the volume were away.
    home.lost.addEventListener('abort', () => void awaitVolume(), { once: true });
    rest();
  }

  /** A volume that went away is looked for every minute; nothing is written meanwhile (decisions.md 9). */
  async function awaitVolume(): Promise<void> {
    if (phase.is === 'volume-missing' || phase.is === 'stopping') return;
    enter('volume-missing');
    log.warn('The library is not there. Looking for it every minute; nothing is written meanwhile.');
    const gone = home;
    home = undefined;
    await gate.idle(); // a run that was going on has to let go of the catalog first
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
    turns.opened();
    if (memory.lastAttemptMs === undefined) void sync('first-start').done.catch(() => undefined);
    else if (!memory.paused && wasMissed(memory.planned, schedule.expression, memory.lastAttemptMs, clock.now()))
      void sync('missed').done.catch(() => undefined);
    else planNext();
  }

  /** By itself the service asks a person once per need; a person may always ask again (decisions.md 12). */
  function wishFor(trigger: Trigger): SignInWish {
    const byPerson = trigger === 'person' || trigger === 'sign-in';
    return { ...ASK_DEVICES, byPerson, held: !byPerson && memory.need && holdsSignIn(memory.need.code) ? memory.need : undefined };
  }

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
            wish: wish.byPerson ? 'waiting-too' : 'due',
            onPhase: (is) => {
              enter(is, trigger);
              if (is === 'syncing') needs.signedIn();
            },
            onListed: () => {
              listing = false;
            },
            onFetching: (now) => {
              inFlight = now;
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
    inFlight = undefined;
    const wentWell = reachedItsEnd(report);
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
    if (home === undefined || report.problems.some(({ code }) => code === 'volume-missing')) {
      void pings?.fail(ending.signal);
      void awaitVolume();
      parts.audience.ended(report, trigger);
      return;
    }
    remember({ lastRun, ...(wentWell ? { lastSuccessMs: report.endedAtMs } : {}) });
    noteNeed(report);
    watchTrust();
    rest();
    parts.audience.ended(report, trigger);
    turns.afterSync(report, wentWell);
    if (report.outcome !== 'interrupted')
      await (wentWell && report.outcome !== 'needs-person' ? pings?.success(ending.signal) : pings?.fail(ending.signal));
  }

  /** What needs a person stays until a run gets past it; a run that never came that far says nothing about it. */
  function noteNeed(report: RunReport): void {
    const found = report.problems.find(({ code }) => handling(code).remedy === 'person');
    if (found) needs.raise(found.code, found.examples[0] ?? '');
    else if (report.outcome === 'complete' || report.outcome === 'incomplete') needs.settle();
  }

  function signIn(wish: SignInWish, forgetTrust: boolean): GateEntry<string | undefined> {
    return gate.enter('sign-in', async (signal) => {
      enter('signing-in', 'sign-in');
      try {
        if (forgetTrust) await opened().forgetTrust();
        await opened().signIn(wish, signal);
        const blocked = memory.need !== undefined;
        needs.settle();
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
        remember({ lastRun });
        if (problem.remedy === 'person') needs.raise(problem.code, problem.message);
        throw problem;
      } finally {
        rest();
      }
    });
  }

  /** What only reads runs at once; everything else takes its turn, and the same wish twice is one piece of work. */
  function enterCommand(name: string, args: Readonly<Record<string, unknown>>, io: CommandIo): GateEntry<number> | undefined {
    const found = opened().commands.get(name);
    if (!found) return undefined;
    const work = (signal: AbortSignal) => found.run(args, { ...io, signal: AbortSignal.any([io.signal, signal]) });
    if (found.runs === 'beside') return { joined: false, done: work(io.signal), cancel: () => undefined };
    return gate.enter(`${name} ${JSON.stringify(args)}`, async (signal) => {
      enter('working', 'person');
      activity = name;
      try {
        const exitCode = await work(signal);
        // The question that `hold` answered is no longer open.
        if (name.startsWith('hold ') && exitCode === 0 && memory.need?.code === 'removals-held') needs.settle();
        return exitCode;
      } finally {
        activity = undefined;
        rest();
      }
    });
  }

  const turns = createOffsiteTurns({
    chores: parts.chores ?? [],
    clock,
    log,
    home: () => home,
    enter: enterCommand,
    ending: ending.signal,
  });

  function trustState(): Pick<ServiceState, 'trustDaysLeft' | 'trustEndsMs' | 'trustCookieEndsMs'> {
    const { trustedAtMs, cookieEndsMs } = home?.trustDates() ?? {};
    const forecast = forecastTrust(trustedAtMs, clock.now());
    return { trustDaysLeft: forecast?.daysLeft, trustEndsMs: forecast?.endsMs, trustCookieEndsMs: cookieEndsMs };
  }

  const desk: CodeDesk = {
    awaiting: parts.desk.awaiting,
    submit: parts.desk.submit,
    resend(request: ResendRequest) {
      if (parts.desk.awaiting()) return parts.desk.resend(request);
      if (!NEEDS_A_CODE.has(memory.need?.code ?? '') || gate.busy()) return false;
      signIn({ ...ASK_DEVICES, codeBy: request }, false).done.catch((error: unknown) => log.warn(asProblem(error).message));
      return true;
    },
  };
  const isReady = () => home !== undefined && !gate.busy() && phase.is !== 'stopping';

  return {
    desk,
    sync,
    signIn,
    enterCommand,
    command: (name, args, signal) => collect(signal, args.json === true, (io) => enterCommand(name, args, io)),
    home: opened,
    begun: () => begun.promise,
    plan: (): GateEntry<Plan> => gate.enter('plan', (signal) => opened().plan(wishFor('person'), signal)),
    async start() {
      const slots = schedule.upcoming(SLOTS);
      periodMs = periodOf(slots, clock.now());
      if (mostPerDay(slots, clock.now()) > MANY_SLOTS)
        log.warn(
          `SCHEDULE "${schedule.expression}" runs ${mostPerDay(slots, clock.now())} times on one day. For once a night write "0 2 * * *".`,
        );
      turns.start();
      schedule.start(async () => {
        watchTrust();
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
      } finally {
        begun.resolve();
      }
      catchUp();
    },
    async stop(reason) {
      ending.abort(reason);
      schedule.stop();
      turns.stop();
      enter('stopping');
      await gate.stop(reason);
      await home?.close();
    },
    state: (): ServiceState => ({
      phase: phase.is,
      sinceMs: phase.sinceMs,
      trigger: phase.trigger,
      activity,
      paused: memory.paused,
      codeAwaited: parts.desk.awaiting(),
      phones: phones ?? [],
      nextCodeMs: home?.nextCodeMs(),
      progress,
      inFlight: inFlight?.(),
      nextRunMs: memory.paused ? undefined : schedule.upcoming(1)[0],
      periodMs,
      startedAtMs,
      lastAttemptMs: memory.lastAttemptMs,
      lastSuccessMs: memory.lastSuccessMs,
      lastRun,
      need: needs.current(),
      offsite: home?.offsite(),
      ...trustState(),
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
