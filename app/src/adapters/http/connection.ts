import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { HTTPParser } from 'http-parser-js';
import { type Blocks, createBlocks, type Spare } from './blocks.ts';

/** Where a connection leads. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate has to hold; undefined = no encryption. */
  readonly servername: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** A block is valid until the next one is asked for. Throws what broke the connection, after all that has arrived. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of the answer; a short one is read to its end, which keeps the connection. */
  cancel(): void;
}

/** One connection, for one request after the other. Bytes wait in the network until they are asked for. */
export interface Connection {
  readonly isBroken: boolean;
  /** `text` is all of it, head and empty line. No byte for `idleMs`, and for half as long again at most, ends it with ETIMEDOUT. */
  request(text: string, idleMs: number, signal: AbortSignal): Promise<Answer>;
  destroy(): void;
}

/** What connections of one thread share. */
export interface Shared {
  /** Sockets read into it, one after the other, and nothing stays in it: chunks of memory of their own cost more than all else (docs/decisions/0038). */
  readonly readInto: Buffer;
  readonly spare: Spare;
}

type Parser = InstanceType<typeof HTTPParser>;

interface Exchange {
  readonly blocks: Blocks;
  readonly idleMs: number;
  head: Pick<Answer, 'status' | 'headers'> | undefined;
  isComplete: boolean;
  failure: { readonly reason: unknown } | undefined;
  /** Bytes that were thrown away; undefined: they are wanted. */
  dropped: number | undefined;
  waitingSinceMs: number | undefined;
  wake: () => void;
}

/** Reading so much on is cheaper than a new connection. */
const WORTH_READING_ON = 64 << 10;

/** `onFree`: the answer has come whole and the connection can bring another. */
export function openConnection(
  { host, port, servername }: Origin,
  { readInto, spare }: Shared,
  onFree: (connection: Connection) => void,
): Connection {
  let current: { readonly asked: Exchange; readonly parser: Parser; readonly release: () => void } | undefined;
  let isLastAnswer = false;

  /** One for each answer: what may have followed another one must not become the beginning of this. */
  function parserFor(asked: Exchange): Parser {
    const parser = new HTTPParser(HTTPParser.RESPONSE);
    parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers, shouldKeepAlive }) => {
      if (asked.isComplete) socket.destroy(); // an answer that nobody asked for
      if (asked.isComplete || statusCode < 200) return;
      // A 421 may be the connection's fault (authentication.md §8).
      isLastAnswer = !shouldKeepAlive || statusCode === 421;
      asked.head = { status: statusCode, headers: byName(headers) };
      asked.wake();
    };
    parser[HTTPParser.kOnBody] = (piece) => {
      if (asked.isComplete) return;
      if (asked.dropped === undefined) {
        asked.blocks.add(piece);
        return;
      }
      asked.dropped += piece.length;
      if (asked.dropped > WORTH_READING_ON) socket.destroy();
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      if (asked.isComplete || asked.head === undefined) return; // an interim answer
      asked.isComplete = true;
      end(asked);
      if (isLastAnswer) socket.end();
      else onFree(connection);
    };
    return parser;
  }

  const onread = {
    buffer: readInto,
    callback(length: number): boolean {
      const read = current?.parser.execute(readInto, 0, length);
      if (read instanceof Error) socket.destroy(Object.assign(read, { code: 'EPROTO' }));
      else if (read !== length) socket.destroy(); // a change of protocol, or something that nobody asked for
      if (!current?.asked.blocks.isFull) return true;
      current.asked.wake();
      return false;
    },
  };
  const shape = { host, port, onread };
  const socket = servername === undefined ? connectPlain(shape) : connectSecure({ ...shape, servername, ALPNProtocols: ['http/1.1'] });
  socket.setNoDelay(true).setKeepAlive(true);
  socket.on('error', fail);
  socket.on('close', () => {
    current?.parser.finish(); // an answer without a length ends here
    fail(Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' }));
  });
  socket.on('timeout', () => {
    if (!current) return;
    const { waitingSinceMs, idleMs } = current.asked;
    const isIdle = waitingSinceMs !== undefined && performance.now() - waitingSinceMs >= idleMs / 2;
    if (isIdle) socket.destroy(Object.assign(new Error('No bytes came for too long.'), { code: 'ETIMEDOUT' }));
    else socket.setTimeout(idleMs); // whoever asked was busy with what had come
  });

  function fail(reason: unknown): void {
    if (!current) return;
    const { asked } = current;
    asked.failure = { reason };
    end(asked);
  }

  function end(asked: Exchange): void {
    current?.release();
    current = undefined;
    socket.setTimeout(0);
    socket.unref();
    asked.blocks.end();
    asked.wake();
  }

  async function next(waiting: Exchange): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.wake = resolve;
    waiting.waitingSinceMs = performance.now();
    socket.resume();
    await promise;
    waiting.waitingSinceMs = undefined;
  }

  async function* bytesOf(from: Exchange): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const block = from.blocks.take();
        if (block) yield block;
        else if (from.isComplete) return;
        else if (from.failure) throw from.failure.reason;
        else await next(from);
      }
    } finally {
      if (!from.isComplete) socket.destroy();
    }
  }

  const connection: Connection = {
    get isBroken() {
      return socket.destroyed || socket.writableEnded;
    },
    async request(text, idleMs, signal) {
      signal.throwIfAborted();
      const asked = newExchange(createBlocks(spare), idleMs);
      const abort = () => socket.destroy();
      signal.addEventListener('abort', abort, { once: true });
      current = { asked, parser: parserFor(asked), release: () => signal.removeEventListener('abort', abort) };
      socket.ref();
      if (Number.isFinite(idleMs)) socket.setTimeout(idleMs);
      socket.write(text, 'latin1');
      while (!asked.head) {
        if (asked.failure) throw asked.failure.reason;
        await next(asked);
      }
      return {
        ...asked.head,
        bytes: bytesOf(asked),
        cancel() {
          if (asked.isComplete) return;
          if (asked.blocks.isFull) socket.destroy();
          asked.dropped = 0;
          asked.waitingSinceMs = performance.now();
        },
      };
    },
    destroy: () => void socket.destroy(),
  };
  return connection;
}

function newExchange(blocks: Blocks, idleMs: number): Exchange {
  return {
    blocks,
    idleMs,
    head: undefined,
    isComplete: false,
    failure: undefined,
    dropped: undefined,
    waitingSinceMs: undefined,
    wake: () => undefined,
  };
}

function byName(headers: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2)
    named[(headers[index] as string).toLowerCase()] = headers[index + 1] as string;
  return named;
}
