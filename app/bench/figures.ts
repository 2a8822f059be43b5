/** For sorting numbers. */
export const oneByOne = (a: number, b: number) => a - b;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted(oneByOne);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Three figures that mean something. */
export function short(value: number): string {
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(places);
}
