/**
 * How often Apple may be asked to sign in. Too many sign-ins end in a block that grows with every further try, too many
 * codes in a locked account (authentication.md §4.6, §5.3); so the times of all attempts outlive a restart, and this page
 * decides from them alone.
 */
export interface Attempts {
  /** Epoch ms of password proofs, of codes shown on devices, of codes sent to a number; newest last. */
  readonly signIns: readonly number[];
  readonly pushes: readonly number[];
  readonly texts: readonly number[];
  /** Apple asked for a pause: nothing at all is sent before. */
  readonly blockedUntilMs?: number | undefined;
  /** Pauses since the last good login; each is longer than the one before. */
  readonly blocksInARow: number;
  /** Apple sends or takes no codes before this. */
  readonly codesBlockedUntilMs?: number | undefined;
}

export type AttemptKind = 'sign-in' | 'push' | 'text';

export type Permission =
  | { readonly may: true }
  /** `apple`: its own block, which nobody overrides. `budget`: ours, to stay far from such a block. */
  | { readonly may: false; readonly untilMs: number; readonly because: 'apple' | 'budget' };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Apple's limit for sign-ins is about ten in a window of unknown length; half of that must do. */
export const SIGN_IN_LIMITS = [
  { perMs: HOUR_MS, most: 3 },
  { perMs: DAY_MS, most: 6 },
] as const;
/** Codes by any way together. */
export const CODE_LIMITS = [
  { perMs: HOUR_MS, most: 4 },
  { perMs: DAY_MS, most: 8 },
] as const;
/** A person who asks may go over the budget by so much. */
export const OVERRIDE = 1;

const BLOCKS_MS = [15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS] as const;
const CODES_BLOCK_MS = HOUR_MS;
/** A block further off than this comes from a clock that was wrong. */
const LONGEST_BLOCK_MS = DAY_MS;

export const NO_ATTEMPTS: Attempts = { signIns: [], pushes: [], texts: [], blocksInARow: 0 };

/** May this be tried now? `byPerson`: somebody asked for it just now. */
export function mayTry(attempts: Attempts, kind: AttemptKind, nowMs: number, byPerson: boolean): Permission {
  const apple = appleBlock(attempts, nowMs) ?? (kind === 'sign-in' ? undefined : codeBlock(attempts, nowMs));
  if (apple !== undefined) return { may: false, untilMs: apple, because: 'apple' };
  const times = kind === 'sign-in' ? attempts.signIns : [...attempts.pushes, ...attempts.texts].toSorted((a, b) => a - b);
  const limits = kind === 'sign-in' ? SIGN_IN_LIMITS : CODE_LIMITS;
  let untilMs = 0;
  for (const { perMs, most } of limits) {
    const allowed = most + (byPerson ? OVERRIDE : 0);
    const within = times.filter((at) => Math.abs(nowMs - at) < perMs);
    const firstToGo = within.at(-allowed);
    if (firstToGo !== undefined) untilMs = Math.max(untilMs, firstToGo + perMs);
  }
  return untilMs === 0 ? { may: true } : { may: false, untilMs, because: 'budget' };
}

/** Until when Apple wants to hear nothing at all. */
export function appleBlock({ blockedUntilMs }: Attempts, nowMs: number): number | undefined {
  return inForce(blockedUntilMs, nowMs);
}

/** Until when Apple sends or takes no codes. */
export function codeBlock({ codesBlockedUntilMs }: Attempts, nowMs: number): number | undefined {
  return inForce(codesBlockedUntilMs, nowMs);
}

const inForce = (untilMs: number | undefined, nowMs: number) =>
  untilMs !== undefined && untilMs > nowMs && untilMs - nowMs <= LONGEST_BLOCK_MS ? untilMs : undefined;

export function noteAttempt(attempts: Attempts, kind: AttemptKind, nowMs: number): Attempts {
  const key = ({ 'sign-in': 'signIns', push: 'pushes', text: 'texts' } as const)[kind];
  return { ...attempts, [key]: [...attempts[key].filter((at) => Math.abs(nowMs - at) < DAY_MS), nowMs] };
}

/** Apple asked for a pause: as long as it said, and no shorter than 15, 30, then 60 minutes. */
export function noteBlock(attempts: Attempts, askedUntilMs: number | undefined, nowMs: number): Attempts {
  const leastMs = BLOCKS_MS[Math.min(attempts.blocksInARow, BLOCKS_MS.length - 1)] ?? HOUR_MS;
  const untilMs = Math.min(Math.max(askedUntilMs ?? 0, nowMs + leastMs), nowMs + LONGEST_BLOCK_MS);
  return { ...attempts, blockedUntilMs: untilMs, blocksInARow: attempts.blocksInARow + 1 };
}

/** Apple sends or takes no more codes for now. */
export function noteCodeBlock(attempts: Attempts, nowMs: number): Attempts {
  return { ...attempts, codesBlockedUntilMs: nowMs + CODES_BLOCK_MS };
}

/** A good login ends the row of pauses. */
export function noteLogin(attempts: Attempts): Attempts {
  return { ...attempts, blockedUntilMs: undefined, codesBlockedUntilMs: undefined, blocksInARow: 0 };
}
