/**
 * Small pictures without a picture library: one colour, any size, and any program can open them. Only the first block says
 * something; all others repeat it, which takes two bits each.
 */
const segment = (marker: number, body: readonly number[]) => [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
const word = (value: number) => [value >> 8, value & 255];

/** Code 0: nothing changes; code 10: six bits follow. And for the rest of a block, code 0: all zero. */
const DC_TABLE = [0x00, 1, 1, ...new Array<number>(14).fill(0), 0, 6];
const AC_TABLE = [0x10, 1, ...new Array<number>(15).fill(0), 0];
const MCU = 16;
const BITS_PER_MCU = 12;

function header(width: number, height: number): number[] {
  const frame = [8, ...word(height), ...word(width), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
  return [
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, ...word(1), ...word(1), 0, 0]),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(8)]),
    ...segment(0xc0, frame),
    ...segment(0xc4, DC_TABLE),
    ...segment(0xc4, AC_TABLE),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
  ];
}

/** Brightness and the two colours, six bits each, 32 to 63 steps from the middle. */
export interface TinyColor {
  readonly y: number;
  readonly cb: number;
  readonly cr: number;
}

/** A JPEG file of that size in pixels. */
export function tinyJpeg(width: number, height: number, { y, cb, cr }: TinyColor): Buffer {
  // Four blocks of brightness, of which only the first says something, then one of each colour.
  const first = ['10', six(y), '0', '000000', '10', six(cb), '0', '10', six(cr), '0'].join('');
  const bits = first.length + (Math.ceil(width / MCU) * Math.ceil(height / MCU) - 1) * BITS_PER_MCU;
  const scan = Buffer.alloc(Math.ceil(bits / 8));
  for (let i = 0; i < first.length; i++) if (first[i] === '1') scan[i >> 3] = (scan[i >> 3] ?? 0) | (128 >> (i & 7));
  const spare = scan.length * 8 - bits;
  scan[scan.length - 1] = (scan.at(-1) ?? 0) | ((1 << spare) - 1); // filled up with ones, as the format asks
  return Buffer.concat([Buffer.from(header(width, height)), scan, Buffer.of(0xff, 0xd9)]);
}

const six = (value: number) => (value & 63).toString(2).padStart(6, '0');
