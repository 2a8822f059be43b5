import { z } from 'zod';
import { PROBLEM_CODES, type ProblemCode } from '../domain/problem.ts';
import type { RunSummary } from '../domain/service-state.ts';
import type { Catalog } from '../ports/catalog.ts';

/** What the service must not forget over a restart. Lives in the catalog, so it goes with the library it speaks of. */
const Memory = z.object({
  paused: z.boolean().default(false),
  planned: z.object({ atMs: z.number(), schedule: z.string() }).optional(),
  lastAttemptMs: z.number().optional(),
  lastSuccessMs: z.number().optional(),
  lastRun: z.custom<RunSummary>((value) => typeof value === 'object').optional(),
  /** The last word about the end of trust, so that each is said once. */
  trustWarned: z.object({ endsMs: z.number(), at: z.number() }).optional(),
  need: z.object({ code: z.enum(PROBLEM_CODES as [ProblemCode, ...ProblemCode[]]), message: z.string(), sinceMs: z.number() }).optional(),
});
export type Memory = z.infer<typeof Memory>;

const KEY = 'service';

/** What cannot be read is forgotten: a run too many is better than none. */
export function readMemory(catalog: Catalog): Memory {
  try {
    return Memory.parse(JSON.parse(catalog.memo(KEY) ?? '{}'));
  } catch {
    return { paused: false };
  }
}

export function writeMemory(catalog: Catalog, memory: Memory): void {
  catalog.setMemo(KEY, JSON.stringify(memory));
}
