import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Message } from '../../domain/message.ts';
import { Problem } from '../../domain/problem.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { withLink } from './send-http.ts';

export interface EmailOptions {
  readonly host: string;
  /** The usual one of the kind of security unless given. */
  readonly port: number | undefined;
  /** `starttls` refuses a server that offers none. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: string;
}

const PORT = { starttls: 587, tls: 465, none: 25 } as const;
const PATIENCE_MS = 20_000;
const PRIORITY = { low: 'low', normal: 'normal', high: 'high' } as const;

/** Mail by SMTP, plain text. Certificates are checked like everywhere else. */
export function createEmail({ host, port, security, login, from, to }: EmailOptions): Notifier {
  return {
    name: 'email',
    async send(message, signal) {
      try {
        const { createTransport } = await import('nodemailer'); // only for those who have it set up
        const socket = await connect(host, port ?? PORT[security], signal);
        try {
          const transport = createTransport({
            connection: socket,
            host,
            secure: security === 'tls',
            requireTLS: security === 'starttls',
            ignoreTLS: security === 'none',
            greetingTimeout: PATIENCE_MS,
            socketTimeout: PATIENCE_MS,
            disableFileAccess: true,
            disableUrlAccess: true,
            ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
          });
          await transport.sendMail(mailOf(message, from, to));
        } finally {
          socket.destroy();
        }
      } catch (error) {
        signal.throwIfAborted();
        throw new Problem('notification-failed', reasonOf(error, host), { cause: error });
      }
    },
  };
}

/** A connection of ours: the signal ends it at every stage, which a transport of nodemailer cannot be told to do. */
async function connect(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = new Socket({ signal });
  // Whoever waits hears of it; without a listener a stop between two waits would end the whole program.
  socket.on('error', () => undefined);
  const patience = setTimeout(() => socket.destroy(new Error('no answer in time')), PATIENCE_MS);
  try {
    socket.connect(port, host);
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

function mailOf({ title, text, link, urgency, atMs }: Message, from: string, to: string) {
  return {
    from: { name: 'Photos Sync', address: from },
    to,
    subject: title,
    text: withLink(text, link),
    date: new Date(atMs),
    priority: PRIORITY[urgency],
    // So that nobody's holiday notice answers a machine (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** The server's own sentence without the dialogue before it. */
function reasonOf(error: unknown, host: string): string {
  if (!(error instanceof Error)) return `The mail server ${host} did not take it.`;
  const code = 'code' in error ? String(error.code) : undefined;
  if (code === 'EAUTH') return `The mail server ${host} did not accept SMTP_USER and SMTP_PASSWORD.`;
  const answer = 'response' in error && typeof error.response === 'string' ? error.response : error.message;
  return `The mail server ${host} did not take it: ${answer.slice(0, 200)}`;
}
