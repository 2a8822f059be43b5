import type { Coverage } from '../domain/coverage.ts';
import type { Overview } from '../ports/overview.ts';

/** Counts once for all who ask. Of a large library the answer takes its time, and what has changed meanwhile makes it old. */
export function keepCoverage(overview: () => Pick<Overview, 'coverage'> | undefined, now: () => number) {
  let kept: { readonly atMs: number; readonly coverage: Coverage } | undefined;
  let coming: Promise<Coverage> | undefined;
  const keep = (coverage: Coverage) => {
    kept = { atMs: now(), coverage };
    return coverage;
  };
  function ask(ms: number): Coverage | undefined | Promise<Coverage | undefined> {
    if (kept !== undefined && now() - kept.atMs <= ms) return kept.coverage;
    const answer = coming ?? overview()?.coverage();
    if (!(answer instanceof Promise)) return answer && keep(answer);
    if (coming === undefined) {
      const mine: Promise<Coverage> = answer
        .then((coverage) => (coming === mine ? keep(coverage) : coverage))
        .finally(() => {
          if (coming === mine) coming = undefined;
        });
      coming = mine;
    }
    return coming;
  }
  return {
    ask,
    forget(): void {
      kept = undefined;
      coming = undefined;
    },
  };
}
