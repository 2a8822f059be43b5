import { Account } from './auth/account.ts';
import { type AccountSpec, DEFAULT_ACCOUNT } from './auth/account-spec.ts';
import { idmsaRoutes } from './auth/idmsa.ts';
import { setupRoutes } from './auth/setup.ts';
import { databaseRoutes } from './cloudkit/database.ts';
import { createDownloadLinks } from './cloudkit/download-links.ts';
import { downloadRoutes } from './cloudkit/downloads.ts';
import { createLies, type LieSwitches, type Lies } from './cloudkit/lies.ts';
import type { Route } from './http/answer.ts';
import { createFaults, type FaultRule, type Faults } from './http/faults.ts';
import type { Line } from './http/line.ts';
import { listen } from './http/listener.ts';
import { createRequestLog, type RequestLog } from './http/request-log.ts';
import { sideDoorRoutes } from './http/side-door.ts';
import { generateLibrary, Library, type LibrarySpec } from './library.ts';
import { sharedStreamRoutes } from './sharedstreams/shared-streams.ts';

export type { Account } from './auth/account.ts';
export type { AccountSpec } from './auth/account-spec.ts';
export type { LieSwitches, Lies } from './cloudkit/lies.ts';
export type { FaultEffect, FaultRule, Faults } from './http/faults.ts';
export { fault, KNOWN_FAULTS, type KnownFault } from './http/known-faults.ts';
export type { RequestLog } from './http/request-log.ts';
export type { Library, LibrarySpec } from './library.ts';

export interface SimulatorOptions {
  /** Default 12 items, seed 1. */
  readonly library?: Library | LibrarySpec;
  readonly account?: Partial<AccountSpec>;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** PEM texts; given: https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Added to every answer; `simulator.line` changes it. */
  readonly latencyMs?: number;
  /** Bytes a second of all downloads together. Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  readonly lies?: Partial<LieSwitches>;
  readonly faults?: readonly FaultRule[];
  /** The service's clock, ms since 1970. */
  readonly now?: () => number;
  /** How long a download address works, default one hour. */
  readonly urlLifetimeMs?: number;
}

export interface Simulator {
  /** For example http://127.0.0.1:41234. */
  readonly address: string;
  /** The truth; can be changed while running. */
  readonly library: Library;
  readonly account: Account;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** Answers that look right and are not. */
  readonly lies: Lies;
  readonly line: Line;
  /** All download addresses handed out so far answer 410 from now on. */
  expireAddresses(): void;
  /** Called when a code "arrives" on the user's device. */
  onCode(listener: (code: string) => void): void;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

type Service = (method: string, path: string) => Route;

/** Apple's host names: the client keeps them and only connects elsewhere. */
const IDMSA = /^idmsa\.apple\.com(\.cn)?$/;
const SETUP = /^setup\.icloud\.com(\.cn)?$/;
const DATABASE = /^p\d+-ckdatabasews\.icloud\.com(\.cn)?$/;
const SHARED_STREAMS = /^p\d+-sharedstreams\.icloud\.com(\.cn)?$/;
const CONTENT = /^[\w.-]+\.icloud-content\.com(\.cn)?$/;

const unknownHost: Service = () => ({
  kind: 'unknown',
  handle: ({ host }) => ({
    status: 404,
    body: { error: `the simulated iCloud has no host "${host}"; keep Apple's host name in the Host header` },
  }),
});

/** Starts a stand-in for Apple's servers on one port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const given = options.library ?? { assets: 12, seed: 1 };
  const library = given instanceof Library ? given : await generateLibrary(given);
  library.now = now;
  const account = new Account({ ...DEFAULT_ACCOUNT, ...options.account }, now);
  if (account.spec.sharedLibraryRole !== undefined) library.sharedLibraryRole = account.spec.sharedLibraryRole;
  const log = createRequestLog();
  const faults = createFaults();
  for (const rule of options.faults ?? []) faults.add(rule);
  const lies = createLies();
  lies.tell(options.lies ?? {});
  const line: Line = { latencyMs: options.latencyMs ?? 0, bytesPerSecond: options.bytesPerSecond ?? Number.POSITIVE_INFINITY };
  const links = createDownloadLinks(library, options.urlLifetimeMs ?? 3_600_000, () =>
    account.spec.region === 'china' ? 'com.cn' : 'com',
  );
  const services: readonly (readonly [RegExp, Service])[] = [
    [CONTENT, downloadRoutes(account, links)],
    [DATABASE, databaseRoutes(account, library, links, lies)],
    [SHARED_STREAMS, sharedStreamRoutes(account, library, links)],
    [IDMSA, idmsaRoutes(account)],
    [SETUP, setupRoutes(account)],
  ];
  const sideDoor = sideDoorRoutes({ account, library, log, faults, lies, line, expireAddresses: links.expireAll });
  const serviceOf = (host: string, path: string): Service => {
    for (const [pattern, service] of services) if (pattern.test(host)) return service;
    return path.startsWith('/simulator/') ? sideDoor : unknownHost;
  };
  const { address, close } = await listen({
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    tls: options.tls,
    line,
    route: (host, method, path) => serviceOf(host, path)(method, path),
    log,
    faults,
  });
  const expireAddresses = links.expireAll;
  const onCode = (listener: (code: string) => void) => account.onCode(listener);
  return { address, library, account, requests: log, faults, lies, line, expireAddresses, onCode, close };
}
