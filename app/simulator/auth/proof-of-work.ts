import { createHash, randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import type { Transaction } from './sign-in-transactions.ts';

const BITS = 10;

/** A fresh challenge with the answer to `/signin/init`, on accounts that want the proof (authentication.md §4.7). */
export function puzzleHeaders(account: Account, transaction: Transaction): Record<string, string> {
  if (!account.spec.proofOfWork) return {};
  transaction.puzzle = randomBytes(16).toString('hex');
  return { 'X-Apple-HC-Bits': String(BITS), 'X-Apple-HC-Challenge': transaction.puzzle };
}

/** `1:bits:yyyyMMddHHmmss:challenge::counter`, SHA-1 of which begins with so many zero bits. */
export function solves(stamp: string | undefined, challenge: string | undefined): boolean {
  const match = /^1:(\d+):\d{14}:([0-9a-f]+)::\d+$/.exec(stamp ?? '');
  if (stamp === undefined || match?.[1] !== String(BITS) || match[2] !== challenge) return false;
  const bits = [...createHash('sha1').update(stamp).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.startsWith('0'.repeat(BITS));
}
