import { createHash, randomBytes } from 'node:crypto';

/** Browsers that have logged in with the password. In memory: a restart asks again, and nothing has to be kept secret on a disk. */
export interface Sessions {
  /** Begins a session and answers the value of its cookie. */
  begin(): string;
  /** Whether this cookie stands for an open session; being used keeps it open. */
  isOpen(cookie: string | undefined): boolean;
  end(cookie: string | undefined): void;
}

export const SESSION_COOKIE = 'photos_sync';
export const SESSION_DAYS = 30;

const LIFE_MS = SESSION_DAYS * 24 * 3_600_000;
const MOST_SESSIONS = 50;

export function createSessions(nowMs: () => number): Sessions {
  // By their digest, so that a copy of this memory opens nothing; the least recently used comes first.
  const ends = new Map<string, number>();
  const keyOf = (cookie: string) => createHash('sha256').update(cookie).digest('base64url');
  const keep = (key: string) => {
    ends.delete(key);
    ends.set(key, nowMs() + LIFE_MS);
  };
  return {
    begin() {
      const cookie = randomBytes(32).toString('base64url');
      keep(keyOf(cookie));
      for (const oldest of ends.keys()) {
        if (ends.size <= MOST_SESSIONS) break;
        ends.delete(oldest);
      }
      return cookie;
    },
    isOpen(cookie) {
      if (cookie === undefined) return false;
      const key = keyOf(cookie);
      const endsMs = ends.get(key);
      if (endsMs === undefined || endsMs <= nowMs()) {
        ends.delete(key);
        return false;
      }
      keep(key);
      return true;
    },
    end(cookie) {
      if (cookie !== undefined) ends.delete(keyOf(cookie));
    },
  };
}

/** The value of our cookie in a Cookie header. */
export function sessionCookieOf(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.split('=', 2);
    if (name?.trim() === SESSION_COOKIE && value && /^[\w-]{20,100}$/.test(value.trim())) return value.trim();
  }
  return undefined;
}

export interface CookieOptions {
  /** Empty, or `/prefix`. */
  readonly basePath: string;
  /** The browser came over TLS. */
  readonly secure: boolean;
}

/** The header that gives a browser its cookie, or takes it away. */
export function setCookie(value: string | undefined, { basePath, secure }: CookieOptions): string {
  const life = value === undefined ? 0 : SESSION_DAYS * 86_400;
  return `${SESSION_COOKIE}=${value ?? ''}; Path=${basePath}/; Max-Age=${life}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
