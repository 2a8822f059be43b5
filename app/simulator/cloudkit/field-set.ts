export type Fields = Record<string, { value: unknown; type?: string }>;

/** Collects the fields that were asked for. */
export class FieldSet {
  readonly fields: Fields = {};
  readonly #desired: ReadonlySet<string> | undefined;
  constructor(desired: ReadonlySet<string> | undefined) {
    this.#desired = desired;
  }
  wants(name: string): boolean {
    return this.#desired === undefined || this.#desired.has(name);
  }
  put(name: string, type: string, value: unknown): void {
    if (value !== undefined && this.wants(name)) this.fields[name] = { value, type };
  }
  number(name: string, value: number | undefined): void {
    this.put(name, 'INT64', value);
  }
  text(name: string, value: string | undefined): void {
    this.put(name, 'STRING', value);
  }
  time(name: string, value: number | undefined): void {
    this.put(name, 'TIMESTAMP', value);
  }
  /** Some answers leave the type out (photos.md §1.4). */
  untype(name: string): void {
    const field = this.fields[name];
    if (field !== undefined) this.fields[name] = { value: field.value };
  }
  secret(name: string, value: string | undefined): void {
    this.put(name, 'ENCRYPTED_BYTES', value);
  }
}
