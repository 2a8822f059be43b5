import { z } from 'zod';
import type { RunCounts } from '../domain/run-report.ts';
import type { Progress } from '../domain/service-state.ts';
import type { ControlRequest } from '../ports/service.ts';

/**
 * What goes over the control socket: lines of JSON. The caller sends one request; the service answers with any number of
 * `out`, `err` and `progress` lines and, last, one `exit`. Texts are handed on as they are, line ends included. `err` and `exit` keep their shape in every version, so that
 * programs of different versions can still tell each other that they differ.
 */
const VERSION = 1;

/** A request is a command and a few words. */
export const MOST_REQUEST_BYTES = 64 * 1024;
/** One line of an answer, and all lines that wait for a slow reader together. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Exit codes of decisions.md 18 that this layer gives by itself. */
export const EXIT = { failed: 1, interrupted: 2, usage: 3 } as const;

export const VERSIONS_DIFFER =
  'This command and the running service are of different versions and do not understand each other. Restart the service, so that both are the same.\n';

const count = z.number().nonnegative();
const hint = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined); // JSON knows neither undefined nor Infinity

const counts = z.object({
  listed: count,
  downloaded: count,
  downloadedBytes: count,
  replaced: count,
  reused: count,
  removed: count,
  held: count,
  moved: count,
  albums: count,
  links: count,
  noLongerListed: count,
  unconfirmed: count,
  missing: count,
}) satisfies z.ZodType<RunCounts>;

const progress = z
  .object({ counts, expectedItems: hint, missingFiles: count, missingBytes: count, bytesPerSecond: count, remainingMs: hint })
  .transform((parsed): Progress => ({ ...parsed, expectedItems: parsed.expectedItems, remainingMs: parsed.remainingMs }));

const requestLine = z.object({
  v: z.literal(VERSION),
  command: z.string().min(1).max(100),
  args: z.record(z.string(), z.unknown()),
});

const answerLine = z.discriminatedUnion('t', [
  z.object({ t: z.literal(['out', 'err']), text: z.string() }),
  z.object({ t: z.literal('progress'), progress }),
  z.object({ t: z.literal('exit'), code: z.int().min(0).max(255) }),
]);

export type Answer = z.infer<typeof answerLine>;

export const encodeRequest = ({ command, args }: ControlRequest): string => `${JSON.stringify({ v: VERSION, command, args })}\n`;
export const encodeAnswer = (answer: Answer): string => `${JSON.stringify(answer)}\n`;

/** Undefined: malformed, or of another version. */
export const parseRequest = (line: string): ControlRequest | undefined => requestLine.safeParse(json(line)).data;
export const parseAnswer = (line: string): Answer | undefined => answerLine.safeParse(json(line)).data;

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Cuts a stream of bytes into lines; holds at most one unfinished line of `limit` bytes. */
export class LineBuffer {
  private readonly limit: number;
  private parts: Buffer[] = [];
  private length = 0;
  /** A line was longer than the limit; nothing is taken in any more. */
  overflown = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The lines that this chunk completes. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      if (!this.keep(chunk.subarray(from, end))) return lines;
      lines.push(Buffer.concat(this.parts).toString('utf8'));
      this.parts = [];
      this.length = 0;
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
    return lines;
  }

  private keep(part: Buffer): boolean {
    this.length += part.length;
    this.overflown ||= this.length > this.limit;
    if (this.overflown) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
    return !this.overflown;
  }
}
