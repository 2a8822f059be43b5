import { createHash, pbkdf2Sync, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Hash, Mode, Srp } from '@foxt/js-srp';
import type { Simulator } from '../../../simulator/simulator.ts';

/** A second opinion on the protocol: a tiny stand-in for the iCloud web page, written from the protocol page and not from our client. */
export const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';
const HOME = 'https://www.icloud.com';

export interface WireAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  /** Parsed if it is JSON, else text. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field, as a test reads them best
  readonly body: any;
}
export interface SendOptions {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly withoutCookies?: boolean;
}

export function openWebPage(simulator: Simulator) {
  const agent = new Agent({ keepAlive: true });
  const cookies = new Map<string, string>();
  const state: Record<string, string> = {};
  let root = '';

  const keepCookies = (lines: readonly string[]) => {
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (!/Domain=\.icloud\.com/.test(line)) continue;
      if (pair.slice(at + 1) === '') cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };

  async function send(method: string, url: string, options: SendOptions = {}): Promise<WireAnswer> {
    const { host, pathname, search } = new URL(url);
    const text = options.body === undefined ? undefined : typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    const jar = options.withoutCookies === true ? '' : [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      Host: host,
      ...(jar === '' ? {} : { Cookie: jar }),
      ...(text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
    };
    return new Promise((resolve, reject) => {
      const call = request(
        `${simulator.address}${pathname}${search}`,
        { method, agent, headers: { ...headers, ...options.headers } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            keepCookies(answer.headers['set-cookie'] ?? []);
            const bytes = Buffer.concat(chunks);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, body: parsed(bytes) });
          });
        },
      );
      call.on('error', reject);
      call.end(text);
    });
  }

  async function idmsa(method: string, path: string, options: SendOptions = {}): Promise<WireAnswer> {
    const origin = path.startsWith('/signin') ? 'https://idmsa.apple.com' : HOME;
    const answer = await send(method, `https://idmsa.apple.com/appleauth/auth${path}`, {
      ...options,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        Origin: origin,
        'X-Apple-Widget-Key': WIDGET_KEY,
        'X-Apple-OAuth-Client-Id': WIDGET_KEY,
        'X-Apple-OAuth-Client-Type': 'firstPartyAuth',
        'X-Apple-OAuth-Response-Type': 'code',
        'X-Apple-OAuth-Response-Mode': 'web_message',
        'X-Apple-OAuth-State': `auth-${randomUUID()}`,
        ...(state.scnt === undefined ? {} : { scnt: state.scnt }),
        ...(state.sessionId === undefined ? {} : { 'X-Apple-ID-Session-Id': state.sessionId }),
        ...options.headers,
      },
    });
    const names = {
      scnt: 'scnt',
      sessionId: 'x-apple-id-session-id',
      sessionToken: 'x-apple-session-token',
      trustToken: 'x-apple-twosv-trust-token',
    };
    for (const [key, name] of Object.entries(names)) {
      const value = answer.headers[name];
      if (typeof value === 'string') state[key] = value;
    }
    return answer;
  }

  /** SRP with the package that other clients use, as a check that is independent of the simulator's own arithmetic. */
  async function passwordStep(options: { password?: string; accountName?: string; trustTokens?: unknown[] } = {}): Promise<WireAnswer> {
    const accountName = options.accountName ?? simulator.account.appleId.toLowerCase();
    const srp = await new Srp(Mode.GSA, Hash.SHA256, 2048).newClient(Buffer.from(accountName), new Uint8Array());
    const a = Buffer.from(srp.A.toString(16).padStart(512, '0'), 'hex').toString('base64');
    const init = await idmsa('POST', '/signin/init', { body: { a, accountName, protocols: ['s2k', 's2k_fo'] } });
    if (init.status !== 200) return init;
    const { salt, iteration, protocol, b, c } = init.body;
    const digest = createHash('sha256')
      .update(options.password ?? simulator.account.password)
      .digest();
    const secret = protocol === 's2k_fo' ? Buffer.from(digest.toString('hex')) : digest;
    srp.p = new Uint8Array(pbkdf2Sync(secret, Buffer.from(salt, 'base64'), iteration, 32, 'sha256'));
    const m1 = Buffer.from(
      await srp.generate(new Uint8Array(Buffer.from(salt, 'base64')), new Uint8Array(Buffer.from(b, 'base64'))),
      'hex',
    );
    const m2 = Buffer.from(await srp.generateM2());
    const body = {
      accountName,
      c,
      m1: m1.toString('base64'),
      m2: m2.toString('base64'),
      rememberMe: true,
      trustTokens: options.trustTokens ?? [],
    };
    return idmsa('POST', '/signin/complete?isRememberMeEnabled=true', { body });
  }

  const setup = (path: string, body?: unknown) =>
    send('POST', `https://setup.icloud.com/setup/ws/1/${path}`, { body, headers: { Origin: HOME, 'Content-Type': 'application/json' } });

  async function accountLogin(trustToken = state.trustToken ?? ''): Promise<WireAnswer> {
    const answer = await setup('accountLogin', {
      accountCountryCode: 'USA',
      dsWebAuthToken: state.sessionToken,
      extended_login: true,
      trustToken,
    });
    root = answer.body?.webservices?.ckdatabasews?.url ?? root;
    return answer;
  }

  const enterCode = (code: string) => idmsa('POST', '/verify/trusteddevice/securitycode', { body: { securityCode: { code } } });

  /** Everything, as a first sign-in of a home user. */
  async function signIn(): Promise<WireAnswer> {
    await passwordStep();
    await idmsa('PUT', '/verify/trusteddevice/securitycode');
    await enterCode(simulator.account.currentCode() ?? '');
    await idmsa('GET', '/2sv/trust');
    return accountLogin();
  }

  const database = (path: string, body: unknown, where: 'private' | 'shared' = 'private') =>
    send('POST', `${root}/database/1/com.apple.photos.cloud/production/${where}${path}?remapEnums=true&getCurrentSyncToken=true`, {
      body,
      headers: { 'Content-Type': 'text/plain', Origin: HOME },
    });

  return { send, idmsa, passwordStep, setup, accountLogin, enterCode, signIn, database, state, cookies, close: () => agent.destroy() };
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const PRIMARY = { zoneName: 'PrimarySync' };
export const ALL_PHOTOS = 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted';

/** Body of an index query. */
export function indexQuery(recordType: string, filters: Record<string, string | number> = {}, extra: object = {}): object {
  const filterBy = Object.entries(filters).map(([fieldName, value]) => ({
    fieldName,
    comparator: 'EQUALS',
    fieldValue: { type: typeof value === 'number' ? 'INT64' : 'STRING', value },
  }));
  return { query: { recordType, ...(filterBy.length === 0 ? {} : { filterBy }) }, zoneID: PRIMARY, resultsLimit: 200, ...extra };
}
