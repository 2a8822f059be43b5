/** What a list is sorted by: a number, then the name. */
export interface RankKey {
  readonly rank: number;
  readonly recordName: string;
}

/** Items in ascending order of their keys; made when looked at, so that a list of a million costs nothing. */
export interface RankedList<T> {
  readonly length: number;
  /** undefined outside the list. */
  item(index: number): T | undefined;
  key(index: number): RankKey;
}

const NO_KEY: RankKey = { rank: 0, recordName: '' };

/** A list that is there already, in order. */
export function rankedArray<T extends { readonly recordName: string }>(list: readonly T[], rank: (item: T) => number): RankedList<T> {
  return {
    length: list.length,
    item: (index) => list[index],
    key: (index) => {
      const item = list[index];
      return item === undefined ? NO_KEY : { rank: rank(item), recordName: item.recordName };
    },
  };
}

export const comesBefore = (a: RankKey, b: RankKey): boolean => a.rank < b.rank || (a.rank === b.rank && a.recordName < b.recordName);

/** First index whose key is not before `key`; the list's length if there is none. */
export function firstNotBefore(list: RankedList<unknown>, key: RankKey): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesBefore(list.key(middle), key)) low = middle + 1;
    else high = middle;
  }
  return low;
}
