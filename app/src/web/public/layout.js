// Where every photo lies: rows of one height, the whole timeline at once, plain arrays only.

export const ratioOf = (byte) => Math.min(2.4, Math.max(0.6, 2 ** (byte / 63.75 - 2)));

/**
 * Lays out `ratios` (bytes) month by month. A row is closed before or after the item that brings it below the target
 * height, whichever is nearer; the last row of a month keeps the target and stays left.
 */
export function layOut({ ratios, months, width, target, gap, head }) {
  const guess = Math.max(16, Math.ceil(ratios.length / 2) + months.length);
  const starts = new Uint32Array(guess + 1);
  const tops = new Float64Array(guess + 1);
  const heights = new Float32Array(guess);
  const rowMonths = new Uint32Array(guess);
  const monthTops = new Float64Array(months.length + 1);
  let row = 0;
  let top = 0;
  let item = 0;
  const close = (start, height, month) => {
    starts[row] = start;
    tops[row] = top;
    heights[row] = height;
    rowMonths[row] = month;
    top += height + gap;
    row += 1;
  };
  for (let month = 0; month < months.length; month++) {
    monthTops[month] = top;
    top += head;
    const end = item + months[month].count;
    let start = item;
    let sum = 0;
    for (; item < end; item++) {
      const ratio = ratioOf(ratios[item]);
      const count = item - start;
      const after = (width - count * gap) / (sum + ratio);
      if (after < target && count >= 1) {
        const before = (width - (count - 1) * gap) / sum;
        // Closed before this item it is higher than the target, after it lower.
        if (count >= 2 && before - target < target - after) {
          close(start, before, month);
          start = item;
          sum = ratio;
          continue;
        }
        close(start, after, month);
        start = item + 1;
        sum = 0;
        continue;
      }
      sum += ratio;
    }
    if (start < end) close(start, Math.min(target, (width - (end - start - 1) * gap) / sum), month);
  }
  starts[row] = ratios.length;
  tops[row] = top;
  monthTops[months.length] = top;
  return { rows: row, starts, tops, heights, rowMonths, monthTops, height: top, width, gap };
}

/** The last entry of a rising array that is not above `value`. */
export function lastNotAbove(values, count, value) {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Left edge and width of the items of one row; the last one takes what rounding left over. */
export function placesIn(layout, ratios, row) {
  const { starts, heights, width, gap } = layout;
  const [from, to] = [starts[row], starts[row + 1]];
  const height = heights[row];
  const places = [];
  let left = 0;
  for (let item = from; item < to; item++) {
    const wide = ratioOf(ratios[item]) * height;
    const right = Math.round(left + wide);
    const isLast = item === to - 1 && Math.abs(left + wide - width) < 2;
    places.push({ item, left: Math.round(left), width: (isLast ? width : right) - Math.round(left) });
    left += wide + gap;
  }
  return places;
}
