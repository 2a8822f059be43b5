import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { CookieJar, type SerializedCookieJar } from 'tough-cookie';
import { z } from 'zod';
import { type Attempts, NO_ATTEMPTS } from '../../domain/sign-in-budget.ts';
import type { Credentials } from '../../ports/apple-account.ts';

const Region = z.enum(['world', 'china']);
const Times = z.array(z.number()).readonly();
const StoredAttempts = z.object({
  signIns: Times,
  pushes: Times,
  texts: Times,
  blockedUntilMs: z.number().optional(),
  blocksInARow: z.number(),
  codesBlockedUntilMs: z.number().optional(),
}) satisfies z.ZodType<Attempts>;

const SessionState = z.object({
  version: z.literal(1),
  appleId: z.string(),
  clientId: z.string(),
  sessionToken: z.string().optional(),
  trustToken: z.string().optional(),
  scnt: z.string().optional(),
  sessionId: z.string().optional(),
  accountCountry: z.string().optional(),
  authAttributes: z.string().optional(),
  dsid: z.string().optional(),
  /** `webservices.ckdatabasews.url`; changes when Apple moves the account, so it is taken from every login. */
  databaseUrl: z.string().optional(),
  /** `webservices.sharedstreams.url`, where the account has shared albums. */
  sharedStreamsUrl: z.string().optional(),
  /** The photo database wants keys that come as cookies of their own (authentication.md §9). */
  keysRequired: z.boolean().optional(),
  /** The account turned out to live elsewhere than `REGION` says. Void once the setting changes. */
  movedRegion: z.object({ configured: Region, actual: Region }).optional(),
  /** The last token taken over from `TRUST_TOKEN`: a newer one of our own is not replaced by it at the next start. */
  givenTrustToken: z.string().optional(),
  /** Survive every restart, so that no loop of restarts gets an account blocked (domain/sign-in-budget.ts). */
  attempts: StoredAttempts.default(NO_ATTEMPTS),
  loggedInAtMs: z.number().optional(),
  trustedAtMs: z.number().optional(),
  refused: z.object({ salt: z.string(), hash: z.string() }).optional(),
  cookies: z.custom<SerializedCookieJar>((value) => typeof value === 'object' && value !== null).optional(),
});
export type SessionState = z.infer<typeof SessionState>;

/** Everything remembered about one account between runs. Losing it costs the owner a code; it never holds the password. */
export interface Session {
  readonly jar: CookieJar;
  readonly state: Readonly<SessionState>;
  /** Changes the state and writes it to disk: mode 0600, atomic, durable before it resolves. */
  update(change: Partial<SessionState>): Promise<void>;
}

/** Opens the session file; one of another account, or one that cannot be read, is set aside by starting anew. */
export async function openSession(file: string, appleId: string): Promise<Session> {
  let state: SessionState = (await readState(file, appleId)) ?? { version: 1, appleId, clientId: randomUUID(), attempts: NO_ATTEMPTS };
  const jar = state.cookies ? CookieJar.deserializeSync(state.cookies) : new CookieJar();
  let writing = Promise.resolve();
  return {
    jar,
    get state() {
      return state;
    },
    update(change) {
      state = { ...state, ...change };
      // One writer at a time, each writing what is true when its turn comes.
      writing = writing
        .catch(() => undefined)
        .then(() => writeAtomically(file, JSON.stringify({ ...state, cookies: jar.serializeSync() })));
      return writing;
    },
  };
}

async function readState(file: string, appleId: string): Promise<SessionState | undefined> {
  try {
    const parsed = SessionState.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success && parsed.data.appleId === appleId ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

/** A refused password is remembered without being stored: salted, keyed by both parts, so that a corrected one is tried at once. */
export function refusalOf(credentials: Credentials): { salt: string; hash: string } {
  const salt = randomBytes(16).toString('base64');
  return { salt, hash: hashCredentials(credentials, salt) };
}

export function isRefused(credentials: Credentials, refused: { salt: string; hash: string } | undefined): boolean {
  if (!refused) return false;
  const [now, then] = [Buffer.from(hashCredentials(credentials, refused.salt)), Buffer.from(refused.hash)];
  return now.length === then.length && timingSafeEqual(now, then);
}

function hashCredentials({ appleId, password }: Credentials, salt: string): string {
  return createHmac('sha256', salt).update(appleId).update('\0').update(password).digest('base64');
}
