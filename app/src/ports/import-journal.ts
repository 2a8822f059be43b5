/** One line for each file of an import, written as it goes, so that every rename can be followed back. */
export interface ImportJournal {
  add(line: Readonly<Record<string, string | number>>): Promise<void>;
  /** Where it lies; undefined when there was nothing to write. */
  close(): Promise<string | undefined>;
}
