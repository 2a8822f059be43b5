import { join } from 'node:path';
import { createHttpClient, type HttpClient } from '../adapters/http/http-client.ts';
import { createAccount } from '../adapters/icloud/account.ts';
import { createCloudKit } from '../adapters/icloud/cloudkit.ts';
import { endpointsOf } from '../adapters/icloud/endpoints.ts';
import { createPhotosService } from '../adapters/icloud/photos-service.ts';
import { openSession } from '../adapters/icloud/session.ts';
import { askForCodes, type Terminal } from '../cli/terminal.ts';
import type { Settings } from '../config/settings.ts';
import { Problem } from '../domain/problem.ts';
import { createCodeDesk } from '../engine/code-desk.ts';
import { signIn } from '../engine/sign-in.ts';
import type { AppleAccount, Credentials } from '../ports/apple-account.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import { openWeb } from '../web/server.ts';
import { realClock } from './real-clock.ts';

export interface OpenAccount {
  readonly account: AppleAccount;
  readonly photos: PhotosService;
  /** Makes the login valid, asking for a code through every open door if needed. */
  signIn(signal: AbortSignal): Promise<void>;
}

export interface AccountContext {
  readonly settings: Settings;
  readonly appleId: string;
  readonly log: Log;
  readonly terminal: Terminal;
  /** What must never be logged, as it is learned. */
  readonly addSecret: (secret: string) => void;
}

const SPARE_SOCKETS = 8;
const MOST_THREADS = 512;

/** Wires one Apple Account: session, HTTP, sign-in ladder, photo service. */
export async function openAccount(context: AccountContext): Promise<OpenAccount> {
  const { settings, appleId, log } = context;
  const endpoints = endpointsOf(settings.region);
  const session = await openSession(join(settings.configDir, 'session.json'), appleId);
  if (settings.refreshToken) await session.update({ trustToken: undefined, sessionToken: undefined });
  if (settings.trustToken && settings.trustToken !== session.state.trustToken) await session.update({ trustToken: settings.trustToken });
  for (const secret of [session.state.trustToken, session.state.sessionToken]) if (secret) context.addSecret(secret);
  const sockets = Math.min(settings.downloadThreads ?? 32, MOST_THREADS) + SPARE_SOCKETS;
  const http: HttpClient = createHttpClient({ jar: session.jar, log, sockets, testServer: settings.icloudTestServer });
  const account = createAccount(http, session, endpoints, () => realClock.now());
  const desk = createCodeDesk();
  const parts = {
    account,
    log,
    clock: realClock,
    credentials: credentialsFrom(context),
    openInbox: () => desk.open(),
    openDoors: () => openDoors(context, desk),
    codeTimeoutMs: settings.mfaTimeout * 1000,
  };
  const renew = (signal: AbortSignal) => signIn(parts, signal);
  const cloudKit = createCloudKit({
    http,
    session,
    endpoints,
    clock: realClock,
    renew,
    rate: settings.metadataRate,
    retries: settings.maxRetries,
  });
  const idleMs = settings.downloadTimeout * 60_000;
  const cookies = () => session.jar.getCookieString(endpoints.setup);
  return { account, photos: createPhotosService({ cloudKit, http, endpoints, clock: realClock, cookies, idleMs }), signIn: renew };
}

/** The password from the settings, else from the terminal; kept for this process only. */
function credentialsFrom({ settings, appleId, terminal, addSecret }: AccountContext): () => Promise<Credentials | undefined> {
  let password = settings.password;
  return async () => {
    if (password === undefined && terminal.interactive)
      password = await terminal.askHidden(`Password of ${appleId}: `, new AbortController().signal);
    if (!password) return undefined;
    addSecret(password);
    return { appleId, password };
  };
}

/** One-shot commands listen only while a code is awaited. */
async function openDoors(
  { settings, terminal, log }: AccountContext,
  desk: ReturnType<typeof createCodeDesk>,
): Promise<() => Promise<void>> {
  const gate = {
    password: settings.webPassword,
    token: settings.webToken,
    allowedHosts: settings.webAllowedHosts,
    trustedProxies: settings.webTrustedProxies,
  };
  const web = await openWeb({ port: settings.port, basePath: settings.webBasePath, desk, gate, log });
  if (!web && !terminal.interactive)
    throw new Problem(
      'code-needed',
      `Apple wants a code, but nobody can bring it: port ${settings.port} cannot be opened and there is no terminal.`,
    );
  if (web) log.info(`Enter it with: enter_mfa <code>, or curl -X POST "http://localhost:${web.port}/mfa?code=<code>"`);
  const asking = new AbortController();
  const prompt = terminal.interactive ? askForCodes(terminal, desk, asking.signal) : Promise.resolve();
  return async () => {
    asking.abort();
    await prompt;
    await web?.close();
  };
}
