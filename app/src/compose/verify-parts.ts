import { fetchAgain } from '../engine/fetch-again.ts';
import { ASK_DEVICES, type SignInWish } from '../engine/sign-in-parts.ts';
import type { VerifyParts } from '../engine/verify.ts';
import type { OtherCopy } from '../engine/verify-file.ts';
import type { AccountContext, OpenAccount } from './open-account.ts';
import type { LibraryApp } from './open-library-app.ts';
import { mostDownloads } from './transfers.ts';

export interface VerifyContext extends AccountContext {
  readonly app: LibraryApp;
  readonly account: OpenAccount;
}

/** Only what needs nobody: stored cookies and tokens. Verify never makes a device ring. */
const QUIETLY: SignInWish = {
  ...ASK_DEVICES,
  byPerson: false,
  held: { code: 'code-needed', message: 'The login has ended, so nothing could be fetched now.' },
};

/** What verify needs, for the command and for the share after a sync. */
export function verifyParts({ app, account, settings, clock, log }: VerifyContext, otherCopy?: OtherCopy): VerifyParts {
  return {
    ...app,
    clock,
    log,
    verifyDays: settings.verifyDays,
    otherCopy,
    fetchNow: (sinceSeq, signal) =>
      fetchAgain(
        {
          ...app,
          photos: account.photos,
          clock,
          log,
          policy: settings.checksumPolicy,
          threads: mostDownloads(settings),
          signIn: (ending) => account.signIn(QUIETLY, ending),
        },
        sinceSeq,
        signal,
      ),
  };
}
