/** A random-looking 32-bit number for each (seed, index, purpose): the n-th item can be made without the ones before it. */
export function mixed(seed: number, index: number, purpose: number): number {
  let h = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(seed + Math.imul(purpose, 0x27d4eb2f), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** In [0, 1). */
export const fraction = (seed: number, index: number, purpose: number): number => mixed(seed, index, purpose) / 4_294_967_296;

/** A number for a text, FNV-1a. */
export function seedOf(text: string): number {
  let h = 2_166_136_261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619);
  return h >>> 0;
}
