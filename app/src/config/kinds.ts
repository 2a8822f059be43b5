import { isIP } from 'node:net';
import { z } from 'zod';
import { readLayout } from '../domain/layout.ts';

/** The kinds of values that settings have. All of them take text; what they expect is said once, in the setting's facts. */

function checked<T>(read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = read(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'not understood' });
    return z.NEVER;
  });
}

/** Digits only: Number() alone would read "0x10", "1e3" and " " as numbers. */
const readWhole = (text: string): number | undefined => {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return value;
};
const readInfinity = (text: string): number | undefined => (/^infinity$/i.test(text) ? Number.POSITIVE_INFINITY : undefined);

export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  checked((text) => {
    const value = readWhole(text);
    return value !== undefined && value >= min && value <= max ? value : undefined;
  });

export const wholeNumberOrInfinity = (min: number) =>
  checked((text) => {
    const value = readInfinity(text) ?? readWhole(text);
    return value !== undefined && value >= min ? value : undefined;
  });

export const positiveOrInfinity = () =>
  checked((text) => {
    const value = readInfinity(text) ?? (/^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined);
    return value !== undefined && value > 0 ? value : undefined;
  });

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** "10M", "2.5 GB", "500k", "1GiB": bytes. The thousand is 1000; with an `i`, 1024. */
function readBytes(text: string): number | undefined {
  const [, amount, unit = '', binary] = /^(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)(i?)b?$/i.exec(text) ?? [];
  if (amount === undefined || (binary && unit === '')) return undefined;
  const factor = UNITS[unit.toLowerCase()] ?? 1;
  return Math.round(Number(amount) * (binary ? 1024 ** Math.round(Math.log10(factor) / 3) : factor));
}

/** Bytes per second; a rate in bits says so: "20Mbit/s". */
export const byteRate = () =>
  checked((value) => {
    const [, bits] = /^(.*?)\s*bit(?:\/s)?$/i.exec(value) ?? [];
    const perSecond = bits === undefined ? readBytes(value.replace(/\/s$|ps$/i, '')) : (readBytes(bits) ?? 0) / 8;
    return perSecond !== undefined && perSecond >= 1000 ? perSecond : undefined;
  });

/** An amount of a volume. */
export type SpaceKept = { readonly bytes: number } | { readonly share: number };

/** "5G" or "2%". */
export const space = () =>
  checked((value): SpaceKept | undefined => {
    const [, percent] = /^(\d{1,2}(?:\.\d{1,3})?)\s*%$/.exec(value) ?? [];
    if (percent !== undefined) return { share: Number(percent) / 100 };
    const bytes = readBytes(value);
    return bytes === undefined ? undefined : { bytes };
  });

export const text = () => checked((value) => value || undefined);

/** Apple Account names are compared without regard to case. */
export const accountName = () => checked((value) => (/^\S+$/.test(value) ? value.toLowerCase() : undefined));

/** Kept as it is, blanks included. A line break means that the wrong file was given. */
export const secretLine = () => z.string().regex(/^[^\r\n]+$/);

/** Goes into an HTTP header as it is. */
export const secretToken = () => z.string().regex(/^[\x21-\x7e]+$/);

export const oneOf = <T extends string>(...allowed: readonly T[]) => checked((value) => allowed.find((one) => one === value.toLowerCase()));

export const layout = () => checked(readLayout);

export const httpUrl = () =>
  checked((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url && /^https?:$/.test(url.protocol) ? value : undefined;
  });

/** Plain path characters only, so that the prefix means the same to every proxy and router. */
export const basePath = () =>
  checked((value) => {
    const path = value.replace(/^\/+/, '').replace(/\/{1,8}$/, '');
    if (path === '') return '';
    return /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/.test(path) ? `/${path}` : undefined;
  });

/** Five fields, six with seconds, or a nickname. The fields themselves are the scheduler's business. */
export const cronPattern = () =>
  checked((value) => (/^@[a-z]+$/i.test(value) || /^[\d*/,A-Za-z#?+-]+( +[\d*/,A-Za-z#?+-]+){4,5}$/.test(value) ? value : undefined));

export interface MetadataRate {
  /** Infinity = no limit of our own. */
  readonly requests: number;
  readonly perMs: number;
}

export const metadataRate = () =>
  checked((value): MetadataRate | undefined => {
    const [, count, ms] = /^(\d{1,15}|Infinity)\/(\d{1,15})$/.exec(value) ?? [];
    const requests = Number(count);
    const perMs = Number(ms);
    if (!(requests > 0) || Number.isNaN(perMs)) return undefined;
    // "Any number in no time" and "no end of requests in some time" both mean: no limit. One form spares everyone a division by zero.
    return requests === Number.POSITIVE_INFINITY || perMs === 0 ? { requests: Number.POSITIVE_INFINITY, perMs: 0 } : { requests, perMs };
  });

/** Names as people write them, so upper case and blanks inside count. */
export const albumNames = () =>
  checked((value): readonly string[] | undefined => {
    const names = value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    return names.length > 0 ? names : undefined;
  });

/** A day, or a time back from whenever it is asked. */
export type Since = { readonly day: string } | { readonly daysBack: number };

const DAYS = { d: 1, m: 30.4375, y: 365.25 } as const;

export const since = () =>
  checked((value): Since | undefined => {
    const back = /^(\d{1,5}) ?([dmy])$/i.exec(value);
    if (back) return { daysBack: Number(back[1]) * DAYS[(back[2] ?? 'd').toLowerCase() as keyof typeof DAYS] };
    return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? { day: value } : undefined;
  });

const list = (isFine: (item: string) => boolean) =>
  checked((value): readonly string[] | undefined => {
    const items = value
      .split(',')
      .map((item) => item.trim().toLowerCase())
      .filter((item) => item !== '');
    return items.every(isFine) ? items : undefined;
  });

/** Names without scheme, port or path; `*.example.com` stands for every name below it. */
export const hostList = () => list((item) => /^(\*\.)?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(item) || isIP(item) !== 0);

export const networkList = () =>
  list((item) => {
    const [address = '', bits, ...rest] = item.split('/');
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  });

export const timeZone = () =>
  checked((value) => {
    const name = value.replace(/^:/, ''); // the C library allows a colon in front
    try {
      new Intl.DateTimeFormat('en', { timeZone: name });
      return name;
    } catch {
      return undefined;
    }
  });
