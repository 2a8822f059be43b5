import type { OffsiteState } from '../domain/offsite.ts';
import type { Problem } from '../domain/problem.ts';
import type { RunCounts, RunReport } from '../domain/run-report.ts';
import type { FileInFlight, Trigger } from '../domain/service-state.ts';
import type { TodoWish } from '../domain/todo-wish.ts';
import type { GateEntry } from '../engine/run-gate.ts';
import type { SignInWish } from '../engine/sign-in-parts.ts';
import type { TrustedPhone } from '../ports/apple-account.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { HealthPing } from '../ports/health-ping.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { NeedEvents } from '../ports/need-events.ts';
import type { RunEvents } from '../ports/run-events.ts';
import type { Schedule } from '../ports/schedule.ts';
import type { Service } from '../ports/service.ts';
import type { CommandIo, LibraryCommands } from './library-command.ts';
import type { RunMeter } from './run-meter.ts';
import type { Story } from './story.ts';

/** Called while a sync runs. */
export interface SyncHooks {
  readonly onPhase: (phase: 'signing-in' | 'syncing') => void;
  readonly onProgress: (counts: RunCounts) => void;
  readonly onExpected: (items: number) => void;
  readonly onListed: () => void;
  readonly onFetching?: (inFlight: () => readonly FileInFlight[]) => void;
  /** What of the to-do list is tried; everything unless given. */
  readonly wish?: TodoWish;
}

/** The plan of a sync as text and as JSON, and how the listing for it went. */
export interface Plan {
  readonly text: string;
  readonly json: object;
  readonly report: RunReport;
}

/** A library with its account, opened: what a run needs. */
export interface Home {
  readonly catalog: Catalog;
  /** Aborts when another machine has taken the library over. */
  readonly lost: AbortSignal;
  signIn(wish: SignInWish, signal: AbortSignal): Promise<void>;
  sync(wish: SignInWish, hooks: SyncHooks, signal: AbortSignal): Promise<RunReport>;
  /** What a sync would fetch. */
  plan(wish: SignInWish, signal: AbortSignal): Promise<Plan>;
  /** What the page may look at. */
  readonly door: LibraryDoor;
  /** Everything else that can be done with the library. */
  readonly commands: LibraryCommands;
  /** What is known of the off-site copies; undefined where there are none. */
  readonly offsite: () => OffsiteState | undefined;
  /** Begins what is done between runs, in the background; the next run ends it first. */
  upkeep(): void;
  trustToken(): string | undefined;
  /** When a person may ask Apple for another code, epoch ms; undefined = now. */
  nextCodeMs(): number | undefined;
  trustDates(): { readonly trustedAtMs: number | undefined; readonly cookieEndsMs: number | undefined };
  forgetTrust(): Promise<void>;
  close(): Promise<void>;
}

/** Called when a sign-in begins to wait for a person; each answers what to do when the waiting is over. */
export interface Waits {
  onCodeAwaited(phones: readonly TrustedPhone[]): () => void;
  onApprovalAwaited(): () => void;
}

/** A command that runs on a schedule of its own. */
export interface Chore {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly schedule: Schedule;
}

export interface ServiceParts {
  /** Throws Problem; `volume-missing` is waited out, everything else ends the service. */
  readonly open: (waits: Waits) => Promise<Home>;
  readonly events: NeedEvents;
  readonly audience: RunEvents;
  readonly schedule: Schedule;
  /** Off-site work with schedules of its own. */
  readonly chores?: readonly Chore[];
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
  /** Resolves when the library has been opened for the first time, or is known to be away. */
  begun(): Promise<void>;
  sync(trigger: Trigger): GateEntry<RunReport>;
  plan(): GateEntry<Plan>;
  signIn(wish: SignInWish, forgetTrust: boolean): GateEntry<string | undefined>;
  /** Runs a library command; undefined when there is none of that name. Whoever joins a running one only follows it. */
  enterCommand(name: string, args: Readonly<Record<string, unknown>>, io: CommandIo): GateEntry<number> | undefined;
  home(): Home;
}
