import type { ProblemCode } from '../domain/problem.ts';
import { handling } from '../domain/problem.ts';
import type { Need } from '../domain/service-state.ts';
import { holdsSignIn } from '../engine/sign-in-parts.ts';
import type { NeedEvents } from '../ports/need-events.ts';
import type { Memory } from './memory.ts';

type Stored = NonNullable<Memory['need']>;

/** What the service needs a person for, kept over restarts, and told to whoever listens once per need. */
export interface Needs {
  current(): Need | undefined;
  /** Somebody has to act. The same need again changes its words only. */
  raise(code: ProblemCode, message: string): void;
  /** The sign-in has been passed: what stood in its way is over. Approval is proven by the photos themselves, not by a login. */
  signedIn(): void;
  /** Nobody is needed any more. */
  settle(): void;
}

const OVER_AT_SIGN_IN: ReadonlySet<ProblemCode> = new Set(['password-missing', 'password-refused', 'terms-pending', 'wrong-region']);

export function createNeeds(
  memory: { readonly get: () => Stored | undefined; readonly set: (need: Stored | undefined) => void },
  events: NeedEvents,
  now: () => number,
): Needs {
  const shown = (need: Stored): Need => ({ ...need, advice: handling(need.code).advice });
  const settle = () => {
    const before = memory.get();
    if (!before) return;
    memory.set(undefined);
    events.recovered(shown(before));
  };
  return {
    current() {
      const need = memory.get();
      return need && shown(need);
    },
    raise(code, message) {
      const before = memory.get();
      const need = { code, message, sinceMs: before?.code === code ? before.sinceMs : now() };
      memory.set(need);
      if (before?.code !== code) events.needed(shown(need));
    },
    signedIn() {
      const code = memory.get()?.code;
      if (code !== undefined && code !== 'approval-needed' && (holdsSignIn(code) || OVER_AT_SIGN_IN.has(code))) settle();
    },
    settle,
  };
}
