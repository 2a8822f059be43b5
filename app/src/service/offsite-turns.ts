import { asProblem } from '../domain/problem.ts';
import type { RunReport } from '../domain/run-report.ts';
import { wasMissed } from '../domain/schedule.ts';
import type { GateEntry } from '../engine/run-gate.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Chore, Home } from './home.ts';
import type { CommandIo } from './library-command.ts';

export interface OffsiteTurnsParts {
  readonly chores: readonly Chore[];
  readonly clock: Clock;
  readonly log: Log;
  readonly home: () => Home | undefined;
  readonly enter: (name: string, args: Readonly<Record<string, unknown>>, io: CommandIo) => GateEntry<number> | undefined;
  /** Aborts when the service ends. */
  readonly ending: AbortSignal;
}

export interface OffsiteTurns {
  /** A snapshot follows a sync that read its listing to the end; what is done between runs begins afterwards. */
  afterSync(report: RunReport, reachedItsEnd: boolean): void;
  /** The library is open: chores whose slot passed while it was not are done now. */
  opened(): void;
  start(): void;
  stop(): void;
}

/** Gives off-site work its turns: after syncs, and on its schedules. What is said goes to the log. */
export function createOffsiteTurns({ chores, clock, log, home, enter, ending }: OffsiteTurnsParts): OffsiteTurns {
  const io: CommandIo = {
    out: (text) => lines(text).forEach((line) => void log.info(line)),
    err: (text) => lines(text).forEach((line) => void log.warn(line)),
    progress: () => undefined,
    signal: ending,
    json: false,
  };

  async function run(command: string, args: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await enter(command, args, io)?.done;
    } catch (error) {
      const problem = asProblem(error);
      if (!ending.aborted && problem.code !== 'interrupted') log.warn(`${command}: ${problem.message} ${problem.advice}`);
    }
  }

  const hasCopies = () => home()?.offsite() !== undefined;
  const noteOf = ({ command }: Chore) => `chore/${command}`;
  const planNext = (chore: Chore) => {
    const [atMs] = chore.schedule.upcoming(1);
    if (atMs !== undefined) home()?.catalog.setMemo(noteOf(chore), JSON.stringify({ atMs, schedule: chore.schedule.expression }));
  };
  const planned = (chore: Chore) => {
    try {
      const { atMs, schedule } = JSON.parse(home()?.catalog.memo(noteOf(chore)) ?? '{}') as { atMs?: number; schedule?: string };
      return atMs === undefined || schedule === undefined ? undefined : { atMs, schedule };
    } catch {
      return undefined;
    }
  };

  return {
    afterSync(report, reachedItsEnd) {
      if (!reachedItsEnd) return;
      const held = report.problems.some(({ code }) => code === 'removals-held');
      const work = hasCopies() ? run('off-site run', { after: report.outcome, held }) : Promise.resolve();
      void work.then(() => {
        if (!ending.aborted) home()?.upkeep();
      });
    },
    opened() {
      if (!hasCopies()) return;
      for (const chore of chores) {
        const missed = wasMissed(planned(chore), chore.schedule.expression, undefined, clock.now());
        planNext(chore);
        if (missed) void run(chore.command, chore.args);
      }
    },
    start() {
      for (const chore of chores)
        chore.schedule.start(async () => {
          if (!hasCopies()) return;
          planNext(chore);
          await run(chore.command, chore.args);
        });
    },
    stop() {
      for (const { schedule } of chores) schedule.stop();
    },
  };
}

const lines = (text: string): string[] => text.replace(/\n$/, '').split('\n');
