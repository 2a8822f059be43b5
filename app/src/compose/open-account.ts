import { join } from 'node:path';
import { createHttpClient } from '../adapters/http/http-client.ts';
import { createAccount } from '../adapters/icloud/account.ts';
import { createCloudKit } from '../adapters/icloud/cloudkit.ts';
import { endpointsOf } from '../adapters/icloud/endpoints.ts';
import { createPhotosService } from '../adapters/icloud/photos-service.ts';
import { openSession } from '../adapters/icloud/session.ts';
import type { Settings } from '../config/settings.ts';
import type { CodeInbox } from '../engine/code-desk.ts';
import { ASK_DEVICES, type CodeDoors, type SignInWish, signIn } from '../engine/sign-in.ts';
import type { AppleAccount, Credentials, TrustedPhone } from '../ports/apple-account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';

export interface OpenAccount {
  readonly account: AppleAccount;
  readonly photos: PhotosService;
  /** Makes the login valid; a login that ends during the run is renewed with the same wish. */
  signIn(wish: SignInWish, signal: AbortSignal): Promise<void>;
}

export interface AccountContext {
  readonly settings: Settings;
  readonly appleId: string;
  readonly log: Log;
  readonly clock: Clock;
  /** What must never be logged, as it is learned. */
  readonly addSecret: (secret: string) => void;
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly openInbox: () => CodeInbox;
  /** Opens the ways a person can bring a code. */
  readonly openDoors: (phones: readonly TrustedPhone[]) => Promise<CodeDoors>;
}

/** Putting the header together costs a third of a millisecond, which thousands of small files feel. */
const COOKIES_MS = 1000;

/** Answers with what was made last for a while. */
function keepFor<T>(ms: number, make: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let madeAtMs = 0;
  return () => {
    if (kept === undefined || performance.now() - madeAtMs > ms) {
      madeAtMs = performance.now();
      kept = make();
    }
    return kept;
  };
}

const SPARE_SOCKETS = 8;
const MOST_THREADS = 512;

/** Wires one Apple Account: session, HTTP, sign-in ladder, photo service. */
export async function openAccount(context: AccountContext): Promise<OpenAccount> {
  const { settings, appleId, log, clock } = context;
  const endpoints = endpointsOf(settings.region);
  const session = await openSession(join(settings.configDir, 'session.json'), appleId);
  if (settings.trustToken && settings.trustToken !== session.state.trustToken) await session.update({ trustToken: settings.trustToken });
  for (const secret of [session.state.trustToken, session.state.sessionToken]) if (secret) context.addSecret(secret);
  const sockets = Math.min(settings.downloadThreads ?? 32, MOST_THREADS) + SPARE_SOCKETS;
  const http = createHttpClient({ jar: session.jar, log, sockets, testServer: settings.icloudTestServer });
  const account = createAccount(http, session, endpoints, () => clock.now());
  const parts = { ...context, account, codeTimeoutMs: settings.mfaTimeout * 1000 };
  let wished = ASK_DEVICES;
  const cloudKit = createCloudKit({
    http,
    session,
    endpoints,
    clock,
    renew: (signal) => signIn(parts, wished, signal),
    rate: settings.metadataRate,
    retries: settings.maxRetries,
  });
  const idleMs = settings.downloadTimeout * 60_000;
  const cookies = keepFor(COOKIES_MS, () => session.jar.getCookieString(endpoints.setup));
  return {
    account,
    photos: createPhotosService({ cloudKit, http, endpoints, clock, cookies, idleMs }),
    signIn(wish, signal) {
      wished = wish;
      return signIn(parts, wish, signal);
    },
  };
}
