import { finished } from 'node:stream/promises';
import winston from 'winston';
import type { Log, LogFields } from '../../ports/log.ts';
import { describeFields } from './describe-fields.ts';
import type { Redactor } from './redact.ts';
import { rotatingFile } from './rotating-file.ts';

export type LogLevel = keyof Log;

export interface LoggerOptions {
  /** What goes into the file, or onto the terminal with `console: 'all'`. */
  readonly level: LogLevel;
  /** `story`: plain sentences for the owner. `all`: the log itself, instead of the file. */
  readonly console: 'story' | 'all' | 'silent';
  /** Of the lines on the terminal; the file is always text. */
  readonly format?: 'text' | 'json';
  /** Whether the story includes warnings. They are in the log either way. */
  readonly warnings: boolean;
  readonly file?: LogFile | undefined;
  readonly redactor: Redactor;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

export interface LogFile {
  readonly path: string;
  readonly maxBytes?: number;
  /** The current file and its predecessors together. */
  readonly maxFiles?: number;
}

export interface Logger {
  readonly log: Log;
  /** Resolves when every line is where it belongs. Lines that come later are dropped. */
  close(): Promise<void>;
}

const FILE_DEFAULTS = { maxBytes: 5 * 1024 * 1024, maxFiles: 3 };

/** An entry as it travels through winston: already redacted, so that no transport ever sees more. */
interface Entry {
  readonly level: string;
  readonly message: unknown;
  readonly time?: string;
  readonly fields?: string;
}

export function createLogger({ level, console, format = 'text', warnings, file, redactor, out, err }: LoggerOptions): Logger {
  const streams: NodeJS.WritableStream[] = [];
  const transports: winston.transport[] = [];
  const send = (stream: NodeJS.WritableStream, atLevel: LogLevel, line: (entry: Entry) => string | false): void => {
    const format = winston.format((info) => (line(info) === false ? false : info));
    const print = winston.format.printf((info) => line(info) || '');
    transports.push(new winston.transports.Stream({ stream, level: atLevel, eol: '\n', format: winston.format.combine(format(), print) }));
  };

  // A terminal that went away (`| head`) must not end a backup: without a listener its error would.
  for (const stream of new Set([out, err])) stream.on('error', ignore);

  if (console === 'all') send(out, level, format === 'json' ? jsonLine : logLine);
  else if (file) {
    const onFailure = (error: unknown): void => {
      if (console !== 'silent') err.write(`Warning: the log cannot be written: ${clean(redactor.redact(reasonOf(error)))}\n`);
    };
    const stream = rotatingFile({ ...FILE_DEFAULTS, ...file, onFailure });
    streams.push(stream);
    send(stream, level, logLine);
  }
  if (console === 'story' && format === 'json') {
    send(out, 'info', (entry) => entry.level === 'info' && jsonLine(entry));
    send(err, 'info', (entry) => (entry.level === 'error' || (entry.level === 'warn' && warnings)) && jsonLine(entry));
  } else if (console === 'story') {
    send(out, 'info', (entry) => entry.level === 'info' && String(entry.message));
    send(err, 'info', (entry) => storyOfTrouble(entry, warnings));
  }

  // With no transport at all winston complains on stderr about every line.
  const logger = winston.createLogger({ level: 'debug', transports, silent: transports.length === 0 });
  const wanted = (one: LogLevel): boolean => transports.length > 0 && logger.isLevelEnabled(one);
  let closing: Promise<void> | undefined;

  const write = (one: LogLevel, message: string, fields: LogFields | undefined): void => {
    if (closing !== undefined || !wanted(one)) return;
    logger.log({
      level: one,
      message: redactor.redact(clean(message)),
      time: new Date().toISOString(),
      fields: redactor.redact(clean(describeFields(fields))),
    });
  };
  const close = async (): Promise<void> => {
    const drained = transports.map((transport) => finished(transport, { readable: false }));
    logger.end();
    if (transports.length > 0) await Promise.all(drained);
    for (const stream of streams) {
      stream.end();
      await finished(stream);
    }
    // The streams of the process stay open, but what was written to them has to be out.
    if (console !== 'silent')
      await Promise.all([out, err].map((stream) => new Promise<void>((done) => void stream.write('', () => done()))));
  };
  return {
    log: {
      debug: (message, fields) => write('debug', message, fields),
      info: (message, fields) => write('info', message, fields),
      warn: (message, fields) => write('warn', message, fields),
      error: (message, fields) => write('error', message, fields),
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function logLine({ time, level, message, fields }: Entry): string {
  const text = `${time} ${level.padEnd(5)} ${String(message).replaceAll('\n', '\n    ')}`;
  return fields ? `${text} ${fields}` : text;
}

/** One object per line, whatever line breaks the message has. `details` is what a text line shows after the message. */
export function jsonLine({ time, level, message, fields }: Pick<Entry, 'level' | 'message' | 'time' | 'fields'>): string {
  return JSON.stringify({ time, level, message: String(message), ...(fields ? { details: fields } : {}) });
}

function storyOfTrouble({ level, message }: Entry, warnings: boolean): string | false {
  if (level === 'error') return `Error: ${message}`;
  return level === 'warn' && warnings && `Warning: ${message}`;
}

/** Names of photos come from outside: they must neither move the cursor of a terminal nor forge a second line with a carriage return. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

function ignore(): void {}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
