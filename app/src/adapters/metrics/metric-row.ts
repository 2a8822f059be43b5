import type { MetricFacts } from '../../domain/metric-facts.ts';

/** One value under its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric that is read off the facts whenever somebody asks. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** `counter`: counted elsewhere, only grows while the process lives. */
  readonly type: 'gauge' | 'counter';
  /** No sample = not known at the moment. */
  readonly read: (facts: MetricFacts) => readonly Sample[];
}

export type MetricRow = readonly [name: string, help: string, read: MetricSpec['read'], labels?: readonly string[]];

export const one = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [[{}, value]]);
export const flag = (value: boolean | undefined): readonly Sample[] => one(value === undefined ? undefined : Number(value));
export const seconds = (ms: number | undefined): readonly Sample[] => one(ms === undefined ? undefined : ms / 1000);
/** One sample for each word that is possible, 1 for the one that holds: a graph then has no gaps. */
export const oneOf = (label: string, words: readonly string[], current: string | undefined): readonly Sample[] =>
  words.map((word) => [{ [label]: word }, Number(word === current)]);
