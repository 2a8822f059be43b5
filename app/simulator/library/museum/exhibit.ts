import { hash } from 'node:crypto';
import type { AssetSpec } from '../make-asset.ts';

/** One item of the museum: what it is there for, in words, and how it is made. */
export interface Exhibit {
  /** Its name among the exhibits; record names follow from it, so that new exhibits change no others. */
  readonly id: string;
  readonly what: string;
  readonly spec: AssetSpec;
  readonly shared?: true;
  /** Another exhibit whose master it shares. */
  readonly duplicateOf?: string;
  /** After it was added: edited again, or its edit taken back. */
  readonly later?: 'edited-again' | 'reverted';
  /** Albums by their id. */
  readonly albums?: readonly string[];
}

/** A record name for a word, the same for ever: form of an upper-case UUID. */
export function nameFor(id: string): string {
  const text = hash('sha1', `museum ${id}`).toUpperCase();
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-A${text.slice(17, 20)}-${text.slice(20, 32)}`;
}

/** Noon of the day on which most exhibits were taken, in the place where they were taken. */
export const DAY = Date.UTC(2024, 4, 17, 10);
export const SECOND = 1000;
export const HEIC = 'public.heic';
export const MOV = 'com.apple.quicktime-movie';
