import type { Account } from './account.ts';
import type { Transactions } from './sign-in-transactions.ts';

/** What a handler of idmsa.apple.com works with. */
export interface IdmsaContext {
  readonly account: Account;
  readonly transactions: Transactions;
}
