import { describe, expect, it } from 'vitest';
import { keepCoverage } from '../../../src/compose/kept-coverage.ts';
import type { Coverage } from '../../../src/domain/coverage.ts';

const counted = (assets: number) => ({ assets }) as Coverage;

describe('the coverage that monitors and messages share', () => {
  it('is counted once for all who ask within their patience', () => {
    let nowMs = 0;
    let counts = 0;
    const coverage = () => counted(++counts);
    const kept = keepCoverage(
      () => ({ coverage }),
      () => nowMs,
    );
    expect(kept.ask(100)).toEqual(counted(1));
    nowMs = 100;
    expect(kept.ask(100)).toEqual(counted(1));
    nowMs = 101;
    expect(kept.ask(100)).toEqual(counted(2));
    kept.forget();
    expect(kept.ask(100)).toEqual(counted(3));
  });

  it('of a large library is awaited by all together, and not kept when something has changed meanwhile', async () => {
    const open: ((coverage: Coverage) => void)[] = [];
    const coverage = () => new Promise<Coverage>((answer) => void open.push(answer));
    const kept = keepCoverage(
      () => ({ coverage }),
      () => 0,
    );
    const [first, second] = [kept.ask(100), kept.ask(100)];
    expect(open).toHaveLength(1);
    kept.forget();
    const third = kept.ask(100);
    open[0]?.(counted(1));
    expect([await first, await second]).toEqual([counted(1), counted(1)]);
    expect(kept.ask(100)).toBeInstanceOf(Promise);
    open[1]?.(counted(2));
    expect(await third).toEqual(counted(2));
    expect(kept.ask(100)).toEqual(counted(2));
  });

  it('is asked for again after a failure, and unknown while the library is away', async () => {
    let library: { coverage: () => Promise<Coverage> } | undefined = { coverage: () => Promise.reject(new Error('broken')) };
    const kept = keepCoverage(
      () => library,
      () => 0,
    );
    await expect(kept.ask(100)).rejects.toThrow('broken');
    library = undefined;
    expect(kept.ask(100)).toBeUndefined();
  });
});
