import { createServer, type Server } from 'node:http';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Log } from '../ports/log.ts';
import type { MonitoringDoors } from '../ports/monitoring.ts';
import type { Service } from '../ports/service.ts';
import { buildApp } from './app.ts';
import type { GateSettings } from './gate.ts';
import type { ShownSetting } from './page/settings.ts';

export interface WebOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Address to listen on; all of them unless given. */
  readonly host?: string | undefined;
  /** Empty, or `/prefix` without a slash at its end. */
  readonly basePath: string;
  readonly desk: CodeDesk;
  readonly gate: GateSettings;
  /** Brings the page and the API along; without it (one-shot commands) there are the code endpoints and `/healthz` only. */
  readonly service?: Service | undefined;
  /** Metrics, log and web push; they come with the service. */
  readonly monitoring?: MonitoringDoors | undefined;
  /** Of the program, as the API names it. */
  readonly version?: string;
  /** What the page may look at; undefined while no library is open. */
  readonly library?: () => LibraryDoor | undefined;
  /** What the settings page shows; no secret in it. */
  readonly settings?: readonly ShownSetting[];
  /** The last lines of the log file. */
  readonly logTail?: () => Promise<string>;
  /** Days that `_Trash` keeps files; Infinity = until it is emptied. */
  readonly trashDays?: number;
  readonly log: Log;
  /** Monotonic; for the limits on attempts. */
  readonly nowMs?: () => number;
  /** The time of day; for health and for times on the page. */
  readonly epochMs?: () => number;
}

export interface Web {
  readonly port: number;
  /** Resolves when nobody is connected any more. */
  close(): Promise<void>;
}

const WITHOUT_CODES = 'Sign-in codes cannot be handed in over HTTP; typing them in the terminal still works, and so does everything else.';
const WITHOUT_PAGE =
  'There is no page, no API and no health address until the next start. The commands still work (enter_mfa for sign-in codes), and so does the backup.';

/** Answers that are under way when the port is closed get this long. */
const LAST_ANSWERS_MS = 500;

/** Opens the port. Undefined when that is impossible: a backup does not need it, so this is a warning and no failure. */
export async function openWeb({
  port,
  host,
  basePath,
  desk,
  gate,
  service,
  monitoring,
  version = 'unknown',
  library = () => undefined,
  settings = [],
  logTail,
  trashDays = 30,
  log,
  nowMs = () => performance.now(),
  epochMs = Date.now,
}: WebOptions): Promise<Web | undefined> {
  const app = buildApp({ desk, gate, basePath, service, monitoring, version, library, settings, logTail, trashDays, log, nowMs, epochMs });
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  server.maxConnections = 200;
  try {
    await listen(server, port, host);
  } catch (error) {
    log.warn(`${reasonOf(error, port)} ${service === undefined ? WITHOUT_CODES : WITHOUT_PAGE}`, { port });
    return undefined;
  }
  server.on('error', (error) => log.warn('The web port had a problem.', { reason: error.message }));
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  log.debug('The web port is open.', { port: actual });
  return { port: actual, close: () => close(server) };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen({ port, host }, () => {
      server.off('error', fail);
      done();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    const impatience = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
    server.close(() => {
      clearTimeout(impatience);
      done(); // also when it was closed before
    });
    server.closeIdleConnections();
  });
}

function reasonOf(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is already in use (another one can be set with PORT).`;
  if (code === 'EACCES') return `This user may not open port ${port} (set PORT to one above 1023).`;
  return `Port ${port} cannot be opened (${error instanceof Error ? error.message : String(error)}).`;
}
