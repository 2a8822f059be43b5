import { randomUUID } from 'node:crypto';
import type { Account } from '../auth/account.ts';
import type { WebLogin } from '../auth/login-book.ts';
import { freshLoginCookie } from '../auth/login-cookies.ts';
import { webAccessRefusal } from '../auth/web-access-calls.ts';
import type { Route } from '../http/answer.ts';
import { type Answer, type Call, cookiesOf } from '../http/answer.ts';
import type { Database, Library } from '../library/photo-library.ts';
import { databaseChanges, listZones, zoneChanges } from './changes.ts';
import { countBatch } from './counts.ts';
import type { DatabaseContext } from './database-context.ts';
import type { DownloadLinks } from './download-links.ts';
import { CloudKitProblem, problemAnswer } from './errors.ts';
import type { Lies } from './lies.ts';
import { lookupRecords } from './lookup.ts';
import { modifyRecords } from './modify.ts';
import { queryRecords } from './query.ts';
import { WriteLoad } from './write-load.ts';

type Operation = (context: DatabaseContext, body: unknown) => object;
const OPERATIONS: Readonly<Record<string, readonly [kind: string, operation: Operation]>> = {
  '/zones/list': ['zones-list', listZones],
  '/changes/database': ['changes-database', databaseChanges],
  '/records/query': ['query', queryRecords],
  '/internal/records/query/batch': ['count', countBatch],
  '/records/lookup': ['lookup', lookupRecords],
  '/changes/zone': ['changes-zone', zoneChanges],
  '/records/modify': ['modify', modifyRecords],
};
const PATH = /^\/database\/1\/com\.apple\.photos\.cloud\/production\/(private|shared)(\/.*)$/;

const COMMON_HEADERS = {
  'Content-Type': 'application/json; charset=UTF-8',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Origin': 'https://www.icloud.com',
  'Access-Control-Expose-Headers': 'X-Apple-Request-UUID,X-Responding-Instance,Via',
  Server: 'AppleHttpServer/3faf4ee9434b',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains;',
  'X-Apple-CloudKit-Version': '1.0',
  'X-Responding-Instance': 'ckdatabasews:16103301:mr22p00ic-simulator:8201',
  'x-apple-user-partition': '54',
};

/** The login behind the cookies, or the refusal of authentication.md §8. */
export function checkSession(account: Account, call: Call): WebLogin | Answer {
  const refuse = (status: number, serverErrorCode: string, reason: string): Answer => ({
    status,
    body: { uuid: randomUUID(), serverErrorCode, reason },
  });
  const cookies = cookiesOf(call);
  const partition = /^p(\d+)-/.exec(call.host)?.[1];
  if (partition !== undefined && Number(partition) !== account.spec.partition)
    return refuse(421, 'MISDIRECTED_REQUEST', 'account lives on another partition');
  for (const name of ['X-APPLE-WEBAUTH-USER', 'X-APPLE-WEBAUTH-TOKEN'])
    if (!cookies.has(name)) return refuse(421, 'AUTHENTICATION_REQUIRED', `Missing ${name} cookie`);
  const login = account.logins.loginOf(cookies.get('X-APPLE-WEBAUTH-TOKEN'));
  if (login === undefined) return refuse(401, 'AUTHENTICATION_FAILED', 'Authentication failed');
  return webAccessRefusal(call, account) ?? login;
}

/** pNN-ckdatabasews.icloud.com: the photo database. */
export function databaseRoutes(
  account: Account,
  library: Library,
  links: DownloadLinks,
  lies: Lies,
): (method: string, path: string) => Route {
  let queries = 0;
  const writeLoad = new WriteLoad();
  const renewal = (kind: string, login: WebLogin): Record<string, string[]> => {
    const every = account.spec.freshTokenEvery;
    if (kind !== 'query' || every === 0) return {};
    queries += 1;
    return queries % every === 0 ? { 'Set-Cookie': [freshLoginCookie(account, login)] } : {};
  };
  return (method, path) => {
    const [, database = 'private', rest = ''] = PATH.exec(path) ?? [];
    const [kind, operation] = OPERATIONS[rest] ?? ['unknown', undefined];
    const handle = (call: Call): Answer => {
      const headers = { ...COMMON_HEADERS, 'X-Apple-Request-UUID': randomUUID() };
      if (operation === undefined || method !== 'POST') return { status: 404, headers, body: { error: `simulator: no ${method} ${path}` } };
      const login = checkSession(account, call);
      if ('status' in login) return { ...login, headers };
      try {
        const context = { account, library, links, now: account.now, database: database as Database, call, lies: lies.told, writeLoad };
        return { status: 200, headers: { ...headers, ...renewal(kind, login) }, body: operation(context, call.body) };
      } catch (error) {
        if (!(error instanceof CloudKitProblem)) throw error;
        return { headers, ...problemAnswer(error) };
      }
    };
    return { kind, handle };
  };
}
