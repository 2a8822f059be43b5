import { createHash } from 'node:crypto';

/**
 * What of the traffic may be written down: its structure. Names of fields and numbers of things stay, every value that could
 * belong to a person goes. Rules name what may stay, never what has to go: a field that is new tomorrow is left out.
 */

/** Values that are words of the protocol. */
const WORDS: ReadonlySet<string> = new Set([
  'recordType',
  'fieldName',
  'comparator',
  'type',
  'zoneName',
  'zoneType',
  'serverErrorCode',
  'reason',
  'errorCode',
  'operationType',
  'systemFieldName',
  'direction',
  'hsaVersion',
  'authType',
  'domainToUse',
  'status',
  'state',
  'protocols',
  'protocol',
  'pcsServiceIdentityCookie',
  'mode',
  'pushMode',
]);
const WORD = /^[A-Za-z][A-Za-z0-9_.:-]{0,79}$/;
/** Fields of CloudKit whose text is a word of the protocol too: they are lists of such. */
const WORD_LISTS: ReadonlySet<string> = new Set(['desiredKeys', 'desiredRecordTypes', 'protocols', 'accept']);
/** Values of queries that are words of the protocol, asked for by us. */
const QUERY_WORDS: ReadonlySet<string> = new Set(['indexCountID', 'direction', 'imageType', 'similarTo']);
/** Numbers of bytes, counts, positions: whatever is greater elsewhere may be a date, a place or an account. */
const NUMBERS: ReadonlySet<string> = new Set(['size', 'resultsLimit', 'startRank', 'itemCount', 'retryAfter', 'resJPEGFullWidth']);
const SMALL = 1_000;
const A_KIND = 200;
const FIELD_NAME = /^[A-Za-z$_][\w.:-]{0,79}$/;
const RECORD_NAMES: ReadonlySet<string> = new Set(['recordName', 'ownerRecordName', 'masterRecordName']);
const DEEPEST = 24;

/** Gives the same short name to the same value within one capture, so that the structure can be followed, and never again. */
export type Alias = (value: string) => string;

export function createAlias(salt: string): Alias {
  return (value) => `<id ${createHash('sha256').update(salt).update(value).digest('hex').slice(0, 8)}>`;
}

/** A body as JSON without any person in it; another kind of body is only measured. */
export function redactBody(text: string, alias: Alias): string {
  if (text === '') return '';
  try {
    return JSON.stringify(redacted(JSON.parse(text), '', '', alias, 0));
  } catch {
    return `<${text.length} characters, not JSON>`;
  }
}

function redacted(value: unknown, key: string, above: string, alias: Alias, depth: number): unknown {
  if (depth > DEEPEST) return '<deeper>';
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return keepsNumber(value, key, above) ? value : 0;
  if (typeof value === 'string') return redactedText(value, key, above, alias);
  if (Array.isArray(value)) return value.map((one) => redacted(one, key, above, alias, depth + 1));
  if (typeof value !== 'object') return '<?>';
  return Object.fromEntries(
    Object.entries(value).map(([name, one], index) => {
      const shown = FIELD_NAME.test(name) ? name : `<key ${index}>`;
      return [shown, redacted(one, name, key === 'value' || key === '' ? above : key, alias, depth + 1)];
    }),
  );
}

/** Flags, counts and sizes. The value of a field may be a coordinate or a date: there only what can be a flag or a kind stays. */
function keepsNumber(value: number, key: string, above: string): boolean {
  if (!Number.isSafeInteger(value)) return false;
  if (NUMBERS.has(key) || (key === 'value' && NUMBERS.has(above))) return true;
  if (/lat|lon|lng|alt/i.test(key === 'value' ? above : key)) return false;
  return Math.abs(value) < (key === 'value' ? A_KIND : SMALL);
}

function redactedText(value: string, key: string, above: string, alias: Alias): string {
  if (value === '') return '';
  if (RECORD_NAMES.has(key)) return PROTOCOL_RECORD.test(value) ? value : alias(value);
  if (key === 'zoneName') return /^PrimarySync$/.test(value) ? value : alias(value);
  if ((WORDS.has(key) || WORD_LISTS.has(key) || (key === 'value' && QUERY_WORDS.has(above))) && WORD.test(value)) return value;
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return `<address at ${new URL(value).hostname}>`;
  return `<text ${value.length}>`;
}

/** Names that Apple gives, the same for everybody. */
const PROTOCOL_RECORD = /^(_defaultOwner|_defaultZone|----[\w-]{1,40}----|CheckIndexingState|CPL[A-Za-z]{1,40})$/;

const HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'retry-after',
  'server',
  'strict-transport-security',
  'transfer-encoding',
  'vary',
  'x-apple-edge-response-time',
]);

/** Names of headers all stay; of their values, those that are the same for everybody. */
export function redactHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): { name: string; value: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = typeof value === 'string' ? [value] : value;
    return values.map((one) => ({ name, value: HEADERS.has(name.toLowerCase()) ? one : `<text ${one.length}>` }));
  });
}

const QUERY: ReadonlySet<string> = new Set([
  'remapEnums',
  'getCurrentSyncToken',
  'ckjsBuildVersion',
  'ckjsVersion',
  'clientBuildNumber',
  'clientMasteringNumber',
  'isRememberMeEnabled',
  'widgetKey',
]);

/** Host and path as they are, parts of the path that look like a name of somebody's left out; values of the query mostly removed. */
export function redactUrl(address: string): { readonly url: string; readonly query: { name: string; value: string }[] } {
  const { protocol, host, pathname, searchParams } = new URL(address);
  const path = pathname
    .split('/')
    .map((part) => (/^[a-z][a-z.A-Z_-]{0,40}$|^\d{0,2}$/.test(part) ? part : `<text ${part.length}>`))
    .join('/');
  const query = [...searchParams].map(([name, value]) => ({
    name: FIELD_NAME.test(name) ? name : '<name>',
    value: QUERY.has(name) && /^[\w.-]{1,40}$/.test(value) ? value : `<text ${value.length}>`,
  }));
  const search = query.length === 0 ? '' : `?${query.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
  return { url: `${protocol}//${host}${path}${search}`, query };
}
