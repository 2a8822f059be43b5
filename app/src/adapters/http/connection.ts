import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { type AnswerEvents, type AnswerParser, createAnswerParser, protocolError } from './answer-parser.ts';
import { type Blocks, createBlocks, type Spare } from './blocks.ts';

/** Where a connection leads. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate has to hold; undefined = no encryption. */
  readonly servername: string | undefined;
}

/** Has to be read or cancelled: nobody else lets go of its connection. */
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

/** The other side sent nothing for longer than the request allows. */
export class Silence extends Error {
  readonly code = 'ETIMEDOUT';
  constructor() {
    super('No bytes came for too long.');
  }
}

/** So long without a byte, and the system asks whether the other side is still there, as with Node's own agents. */
const KEEP_ALIVE_MS = 1000;
/** Reading so much on is cheaper than a new connection. */
const WORTH_READING_ON = 64 << 10;

/** `onFree`: the answer has come whole and the connection can bring another. */
export function openConnection(
  { host, port, servername }: Origin,
  { readInto, spare }: Shared,
  onFree: (connection: Connection) => void,
): Connection {
  let current: { readonly asked: Exchange; readonly parser: AnswerParser; readonly release: () => void } | undefined;
  let isLastAnswer = false;

  /** What follows a complete answer was not asked for. */
  function eventsFor(asked: Exchange): AnswerEvents {
    return {
      onHead({ keepsConnection, ...head }) {
        if (asked.isComplete) return void socket.destroy();
        // A 421 may be the connection's fault (authentication.md §8).
        isLastAnswer = !keepsConnection || head.status === 421;
        asked.head = head;
        asked.wake();
      },
      onBytes(piece) {
        if (asked.isComplete) return;
        if (asked.dropped === undefined) return asked.blocks.add(piece);
        asked.dropped += piece.length;
        if (asked.dropped > WORTH_READING_ON) socket.destroy();
      },
      onEnd() {
        if (asked.isComplete) return;
        asked.isComplete = true;
        end(asked);
        if (isLastAnswer) socket.destroySoon();
        else onFree(connection);
      },
      onRefused: (why) => void socket.destroy(protocolError(why)),
    };
  }

  const onread = {
    buffer: readInto,
    callback(length: number): boolean {
      const read = current?.parser.execute(readInto, 0, length);
      if (read instanceof Error) socket.destroy(protocolError(read.message));
      else if (read !== length) socket.destroy(); // a change of protocol, or something that nobody asked for
      if (!current?.asked.blocks.isFull) return true;
      current.asked.wake();
      return false;
    },
  };
  const shape = { host, port, onread };
  const socket = servername === undefined ? connectPlain(shape) : connectSecure({ ...shape, servername, ALPNProtocols: ['http/1.1'] });
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  socket.on('error', fail);
  socket.on('end', () => current?.parser.finish()); // an answer without a length ends here
  socket.on('close', () => fail(Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })));
  socket.on('timeout', () => {
    if (!current) return;
    const { waitingSinceMs, idleMs } = current.asked;
    const isIdle = waitingSinceMs !== undefined && performance.now() - waitingSinceMs >= idleMs / 2;
    if (isIdle) socket.destroy(new Silence());
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
    // Encrypted bytes still come after a pause, the last ones maybe: nobody would ever hear that the other side closes.
    if (!socket.destroyed) socket.resume();
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
      const asked = newExchange(createBlocks(spare), idleMs);
      const abort = () => socket.destroy();
      signal.addEventListener('abort', abort, { once: true });
      current = { asked, parser: createAnswerParser(eventsFor(asked)), release: () => signal.removeEventListener('abort', abort) };
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
