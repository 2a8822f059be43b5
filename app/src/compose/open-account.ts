import { join } from 'node:path';
import { capturing } from '../adapters/http/capture.ts';
import { createHttpClient, type HttpClient } from '../adapters/http/http-client.ts';
import type { Pace } from '../adapters/http/pace.ts';
import { createAccount } from '../adapters/icloud/account.ts';
import { createCloudKit, createSharedStreams } from '../adapters/icloud/cloudkit.ts';
import { createDownloads } from '../adapters/icloud/download.ts';
import { endpointsOf, type Region } from '../adapters/icloud/endpoints.ts';
import type { ExtraResourceMemory } from '../adapters/icloud/extra-resources.ts';
import { createLoginRenewal } from '../adapters/icloud/login-renewal.ts';
import { createRemoteDeletion } from '../adapters/icloud/modify.ts';
import { createPhotosService } from '../adapters/icloud/photos-service.ts';
import { openSession, type Session } from '../adapters/icloud/session.ts';
import { createSharedAlbums } from '../adapters/icloud/shared-albums.ts';
import type { Settings } from '../config/settings.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { CodeInbox } from '../engine/code-desk.ts';
import { renewPhotoKeys } from '../engine/photo-keys.ts';
import { signIn } from '../engine/sign-in.ts';
import { ASK_DEVICES, type CodeDoors, type SignInWish } from '../engine/sign-in-parts.ts';
import type { AppleAccount, Credentials, TrustedPhone } from '../ports/apple-account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { RemoteDeletion } from '../ports/remote-deletion.ts';
import type { SharedAlbumsService } from '../ports/shared-albums.ts';
import { socketsFor } from './transfers.ts';
import { readVersion } from './version.ts';

export interface OpenAccount {
  readonly account: AppleAccount;
  readonly photos: PhotosService;
  readonly sharedAlbums: SharedAlbumsService;
  /** The one way to take something away from iCloud; for archive only. */
  readonly remote: RemoteDeletion;
  /** The same with the login that is there: it never begins a sign-in, so that looking at pictures sends nobody a code. */
  readonly looks: PhotosService;
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
  /** A device asks its owner to let the web read the photos; answers what to do when the waiting is over. */
  readonly onApprovalAwaited: () => () => void;
  /** Where kinds of files that this version does not know are remembered by name; absent = nowhere. */
  readonly extraResources?: ExtraResourceMemory;
  /** The rate that all downloads share; absent = no limit. */
  readonly pace?: Pace | undefined;
}

/** Putting the header together costs a third of a millisecond, which thousands of small files feel. */
const COOKIES_MS = 1000;

/** Answers with what was made last for a while, or until `version` changes. */
function keepFor<T>(ms: number, version: () => number, make: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let madeAtMs = 0;
  let madeFor = 0;
  return () => {
    if (kept === undefined || madeFor !== version() || performance.now() - madeAtMs > ms) {
      madeAtMs = performance.now();
      madeFor = version();
      kept = make();
    }
    return kept;
  };
}

/** Wires one Apple Account: session, HTTP, sign-in ladder, photo service. */
export async function openAccount(context: AccountContext): Promise<OpenAccount> {
  const { settings, appleId, log, clock } = context;
  const session = await openSession(join(settings.configDir, 'session.json'), appleId);
  await takeTrustToken(session, settings.trustToken);
  const region = (): Region => {
    const { movedRegion } = session.state;
    return movedRegion?.configured === settings.region ? movedRegion.actual : settings.region;
  };
  const endpoints = endpointsOf(region);
  for (const secret of [session.state.trustToken, session.state.sessionToken]) if (secret) context.addSecret(secret);
  const plain = createHttpClient({
    jar: session.jar,
    log,
    sockets: socketsFor(settings),
    pace: context.pace,
    testServer: settings.icloudTestServer,
  });
  const http = settings.enableNetworkCapture ? captured(plain, context) : plain;
  const account = createAccount({
    http,
    session,
    endpoints,
    now: () => clock.now(),
    region,
    async move(actual) {
      log.warn(`This account belongs to the region ${actual}, and that one is used from now on. Set REGION=${actual} to say so yourself.`);
      await session.update({ movedRegion: { configured: settings.region, actual } });
    },
  });
  const parts = { ...context, account, codeTimeoutMs: settings.mfaTimeout * 1000 };
  let wished = ASK_DEVICES;
  const renewal = createLoginRenewal((part, signal) => (part === 'login' ? signIn : renewPhotoKeys)(parts, wished, signal));
  const cloudParts = { http, session, endpoints, clock, renewal, rate: settings.metadataRate, retries: settings.maxRetries };
  const cloudKit = createCloudKit(cloudParts);
  const downloading = {
    http,
    endpoints,
    idleMs: settings.downloadTimeout * 60_000,
    cookies: keepFor(
      COOKIES_MS,
      () => renewal.seen('login'),
      () => session.jar.getCookieString(endpoints.setup),
    ),
  };
  const downloads = createDownloads({ ...downloading, renewal });
  const ended = createLoginRenewal(async () => {
    throw new Problem('session-ended', 'The login has ended. The next sync renews it.');
  });
  const lookingDownloads = createDownloads({ ...downloading, renewal: ended });
  const lookingCloudKit = createCloudKit({ http, session, endpoints, clock, renewal: ended, rate: settings.metadataRate, retries: 0 });
  return {
    account,
    remote: createRemoteDeletion(cloudKit, () => clock.now()),
    looks: createPhotosService({
      cloudKit: lookingCloudKit,
      clock,
      downloads: lookingDownloads,
      extraResources: context.extraResources,
    }),
    photos: createPhotosService({ cloudKit, clock, downloads, extraResources: context.extraResources }),
    sharedAlbums: createSharedAlbums(
      createSharedStreams(cloudParts),
      () => session.state.sharedStreamsUrl !== undefined,
      () => clock.now(),
    ),
    signIn(wish, signal) {
      wished = wish;
      return signIn(parts, wish, signal);
    },
  };
}

/** For a defect report: what is asked and answered, in structure only. */
function captured(http: HttpClient, { settings, log, clock }: AccountContext): HttpClient {
  return capturing(http, {
    file: join(settings.configDir, 'network.har'),
    version: readVersion(),
    now: () => clock.now(),
    onFailure: (error) => log.warn(`The network capture cannot be written: ${asProblem(error).message}`),
  });
}

/** A trust token from outside counts once: our own, newer one is not replaced by it at every start. */
async function takeTrustToken(session: Session, given: string | undefined): Promise<void> {
  if (given === undefined || given === session.state.givenTrustToken) return;
  const isOwn = given === session.state.trustToken;
  await session.update({ givenTrustToken: given, ...(isOwn ? {} : { trustToken: given, trustedAtMs: undefined }) });
}

/** Since when this installation is trusted, from the session file alone. */
export async function readTrustedAt(settings: Settings, appleId: string): Promise<number | undefined> {
  const { state } = await openSession(join(settings.configDir, 'session.json'), appleId);
  return state.trustToken === undefined ? undefined : state.trustedAtMs;
}
