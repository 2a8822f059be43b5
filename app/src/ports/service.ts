import type { Progress, ServiceState } from '../domain/service-state.ts';

/** The running service as its doors see it: HTTP, control socket, page. */
export interface Service {
  state(): ServiceState;
  /** Asks for a sync without waiting for it. False while one runs, a code is awaited, or the service is not ready. */
  requestSync(): boolean;
  /** Asks for a fresh sign-in (a new code is sent if one is needed). False under the same conditions. */
  requestSignIn(): boolean;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Runs a command as the command line does and waits for its end; `args.json` asks for JSON. Throws Problem. Undefined: there is
   * no command of that name.
   */
  command(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<CommandResult | undefined>;
}

/** What a command said. `out` is one JSON value when `args.json` is true. */
export interface CommandResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** One command that came over the control socket. `args` are plain JSON; each command checks its own. */
export interface ControlRequest {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a command can do while it runs. */
export interface ControlChannel {
  /** Lines for the caller's standard output and standard error. */
  out(text: string): void;
  err(text: string): void;
  progress(progress: Progress): void;
  /** Aborts when the caller goes away (Ctrl-C, closed terminal). */
  readonly signal: AbortSignal;
}

/** Carries a command out and answers its exit code. */
export type ControlHandler = (request: ControlRequest, channel: ControlChannel) => Promise<number>;
