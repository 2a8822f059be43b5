/** Which item a master belongs to, by its name: an open hash table of numbers, since a Map of a million strings is 100 MB. */
export class MasterTable {
  readonly #slots: Uint32Array;
  readonly #prints: Uint32Array;
  readonly #mask: number;

  constructor(length: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, length * 2)));
    this.#slots = new Uint32Array(size);
    this.#prints = new Uint32Array(size);
    this.#mask = size - 1;
  }

  add(name: string, index: number): void {
    const print = printOf(name);
    let at = print & this.#mask;
    for (; this.#slots[at] !== 0; at = (at + 1) & this.#mask) if (this.#slots[at] === index + 1) return;
    this.#slots[at] = index + 1;
    this.#prints[at] = print;
  }

  /** Items whose master may have this name. */
  *find(name: string): Iterable<number> {
    const print = printOf(name);
    for (let at = print & this.#mask; this.#slots[at] !== 0; at = (at + 1) & this.#mask)
      if (this.#prints[at] === print) yield (this.#slots[at] ?? 0) - 1;
  }
}

/** Names are checksums: some of their characters are as good as a hash. */
function printOf(name: string): number {
  let print = 0;
  for (let i = 4; i < 10; i++) print = (Math.imul(print, 67) + name.charCodeAt(i)) | 0;
  return print >>> 0;
}
