import { Problem, type ProblemCode } from '../../domain/problem.ts';
import type { Arrival, Received, Refusal, RemoteRequest } from '../../ports/library-store.ts';
import type { Pace } from '../http/pace.ts';

/** What a download thread is told when it begins. */
export interface ThreadSettings {
  readonly root: string;
  readonly incomingDir: string;
  readonly timeStepMs: number;
  readonly fsync: boolean;
  readonly pace: Pace | undefined;
  readonly testServer: string | undefined;
}

export interface FetchOrder {
  readonly key: string;
  readonly size: number;
  readonly vacant: string | undefined;
  readonly arrival: Arrival | undefined;
  /** How to ask from the first byte on; undefined: ask for it. */
  readonly request: RemoteRequest | undefined;
}

/** To a thread. */
export type Order =
  | { readonly is: 'fetch'; readonly id: number; readonly fetch: FetchOrder }
  | { readonly is: 'answer'; readonly id: number; readonly answer: Outcome<RemoteRequest | undefined> }
  | { readonly is: 'abort'; readonly id: number };

/** How an order ends well. */
export type Ending = (Received & { readonly placed: boolean }) | 'occupied';

/** From a thread. */
export type News =
  | { readonly is: 'ended'; readonly id: number; readonly outcome: Outcome<Ending> }
  | { readonly is: 'question'; readonly id: number; readonly from: number }
  | { readonly is: 'question'; readonly id: number; readonly refusal: Refusal };

/** Errors lose what is their own on the way between threads, so they travel as this. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };
interface Failure {
  readonly code: ProblemCode;
  readonly message: string;
  readonly context: Readonly<Record<string, string | number>>;
  readonly retryAtMs: number | undefined;
  readonly cause: string | undefined;
}

export function failureOf(error: unknown): { readonly failure: Failure } {
  const problem = error instanceof Problem ? error : undefined;
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    failure: {
      code: problem?.code ?? 'internal',
      message: error instanceof Error ? error.message : String(error),
      context: problem?.context ?? {},
      retryAtMs: problem?.retryAtMs,
      cause: problem ? causeOf(problem) : stack,
    },
  };
}

export function unwrap<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  const { code, message, context, retryAtMs, cause } = outcome.failure;
  throw new Problem(code, message, { context, cause, ...(retryAtMs === undefined ? {} : { retryAtMs }) });
}

const causeOf = ({ cause }: Problem) =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : cause === undefined ? undefined : String(cause);
