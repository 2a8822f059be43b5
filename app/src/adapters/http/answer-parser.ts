import { HTTPParser } from 'http-parser-js';

/** What an answer brings, in this order; interim answers are left out. */
export interface AnswerEvents {
  onHead(head: {
    readonly status: number;
    /** Names in small letters; of several the first. */
    readonly headers: Readonly<Record<string, string>>;
    /** Another answer may follow on this connection. */
    readonly keepsConnection: boolean;
  }): void;
  /** The memory belongs to whoever called `execute`. */
  onBytes(piece: Uint8Array): void;
  onEnd(): void;
  /** Nothing follows. */
  onRefused(why: string): void;
}

export interface AnswerParser {
  /** An error when it is no HTTP, else how many bytes were used. */
  execute(chunk: Buffer, start: number, length: number): number | Error;
  /** The connection has ended in order. */
  finish(): void;
}

/** Of http-parser-js, beyond what it declares. */
interface Inner {
  state: string;
  line: string;
  body_bytes: number | null;
  consumeLine(): string | undefined;
  BODY_CHUNKHEAD(): void;
}

const LONGEST_CHUNK_HEAD = 4096;

/** One answer, by http-parser-js, without what that package guesses where something is no size: -5 would keep it busy for ever. */
export function createAnswerParser(events: AnswerEvents): AnswerParser {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  let isUnderWay = false;
  parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers, shouldKeepAlive }) => {
    if (statusCode < 200) return;
    const named = byName(headers);
    const why = refusalOf(named);
    // Not thrown: the package passes on what its callers throw.
    if (why !== undefined) return events.onRefused(why);
    isUnderWay = true;
    events.onHead({ status: statusCode, headers: named, keepsConnection: shouldKeepAlive });
  };
  parser[HTTPParser.kOnBody] = (piece) => {
    if (isUnderWay) events.onBytes(piece);
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (isUnderWay) events.onEnd();
  };
  const inner = parser as unknown as Inner;
  inner.BODY_CHUNKHEAD = () => {
    const line = inner.consumeLine();
    if (line === undefined && inner.line.length <= LONGEST_CHUNK_HEAD) return;
    if (line === undefined || !/^[0-9a-f]{1,12}[ \t]*(;|$)/i.test(line)) throw protocolError('A chunk has no size.');
    inner.body_bytes = Number.parseInt(line, 16);
    inner.state = inner.body_bytes === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
  };
  return parser as AnswerParser;
}

export const protocolError = (why: string): Error => Object.assign(new Error(why), { code: 'EPROTO' });

function refusalOf({ 'content-length': length, 'transfer-encoding': encoding }: Readonly<Record<string, string>>): string | undefined {
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return 'The answer comes in an encoding that nobody asked for.';
  return length === undefined || /^\d{1,15}$/.test(length) ? undefined : 'The length of the answer is no number.';
}

function byName(headers: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2)
    named[(headers[index] as string).toLowerCase()] ??= headers[index + 1] as string;
  return named;
}
