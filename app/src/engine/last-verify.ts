import { PROBLEM_CODES } from '../domain/problem.ts';
import type { LastVerify } from '../domain/verify-report.ts';
import type { Catalog } from '../ports/catalog.ts';

type Memos = Pick<Catalog, 'memo' | 'setMemo'>;

const KEY = 'last-verify';

/** For whoever tells the owner of it, over restarts too. */
export function noteVerify(catalog: Memos, last: LastVerify): void {
  catalog.setMemo(KEY, JSON.stringify(last));
}

/** Undefined when there was none. What cannot be read is as good as none. */
export function readLastVerify(catalog: Memos): LastVerify | undefined {
  try {
    const last: unknown = JSON.parse(catalog.memo(KEY) ?? 'null');
    return isLastVerify(last) ? last : undefined;
  } catch {
    return undefined;
  }
}

/** Our own words, but a later version may have had others. */
function isLastVerify(value: unknown): value is LastVerify {
  if (typeof value !== 'object' || value === null || !('atMs' in value) || !('problems' in value)) return false;
  const { atMs, problems } = value;
  const codes: readonly unknown[] = PROBLEM_CODES;
  return (
    typeof atMs === 'number' &&
    Array.isArray(problems) &&
    problems.every(
      (one: { code?: unknown; count?: unknown; examples?: unknown }) =>
        codes.includes(one.code) && typeof one.count === 'number' && Array.isArray(one.examples),
    )
  );
}
