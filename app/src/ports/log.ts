/** Facts that go with a line, so that lines can be counted and searched. Never secrets: the adapter redacts, callers still take care. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * `info` tells the story of a run in about ten lines; per-file lines are `debug`; `warn` and `error` have a fixed text plus fields.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
