import type { SharedLibraryRole } from '../library/photo-library.ts';
import type { SrpProtocol } from './srp-server.ts';

export interface PhoneSpec {
  readonly id: number;
  /** Masked, with dial code, as Apple shows it. */
  readonly number: string;
  readonly lastTwoDigits: string;
  readonly nonFTEU?: boolean;
}

/** How the simulated account behaves; every field has a default. */
export interface AccountSpec {
  readonly appleId: string;
  readonly password: string;
  readonly protocol: SrpProtocol;
  /** PBKDF2 rounds; tests lower it. */
  readonly iterations: number;
  readonly phones: readonly PhoneSpec[];
  /** Devices show a code as soon as the password was right (before iOS 26.4); otherwise only on the push request. */
  readonly autoPush: boolean;
  /** How an accepted code is answered (authentication.md §5.3). '412-repair': a notice has to be passed by first. */
  readonly codeAnswer: '204' | '409-with-token' | '409-without-token' | '412-repair';
  /** Ids of numbers that get no code at this time: -28248 (§5.4). */
  readonly throttledPhones: readonly number[];
  /** 'passable': the password is answered 412 and `/repair/complete` lets one pass; 'stuck': it does not (§4.5). No second factor then. */
  readonly repair: 'none' | 'passable' | 'stuck';
  /** An organisation's account: -22320 (§4.5). */
  readonly federated: boolean;
  /** `/signin/complete` wants the proof of work whose challenge came with `/signin/init` (§4.7). */
  readonly proofOfWork: boolean;
  /** Where the phone numbers are (§5.1): flat JSON, wrapped JSON, only in the HTML page (new or old place). */
  readonly authState: 'json' | 'wrapped' | 'none-then-html' | 'none-then-html-old';
  /** Days a trust token and the session tokens born with it live. */
  readonly trustDays: number;
  /** Overrides the library's own role when given. */
  readonly sharedLibraryRole: SharedLibraryRole | undefined;
  /** Salt: for good. B and S: for the first attempt only; an attempt with such numbers that reaches /signin/complete is refused. */
  readonly forceLeadingZero: 'salt' | 'B' | 'S' | undefined;
  /** Refuse requests without the headers of §3.1 and §13. */
  readonly strictHeaders: boolean;
  /** Wrong proofs in a row until -20209. */
  readonly wrongPasswordLimit: number;
  /** Codes sent per hour until "too many codes sent". */
  readonly codeSendLimit: number;
  /** Wrong codes per hour until "too many codes validated". */
  readonly codeTryLimit: number;
  /** Names of hardware keys: no code exists on such an account (§5.6). */
  readonly securityKeys: readonly string[];
  /** 'pending': new terms wait for acceptance (§7.4). */
  readonly terms: 'accepted' | 'pending';
  /** Advanced Data Protection: the web sees photos only while a device consents (§9); `account.webAccess.approve()` is the user's tap. */
  readonly advancedDataProtection: boolean;
  /** "Access iCloud Data on the Web" (§7.1). */
  readonly webAccess: 'on' | 'off';
  /** When the cookies of the photo keys come: with the login, only by `requestPCS`, or never although it says success (§9). */
  readonly keys: 'with-login' | 'on-request' | 'never';
  /** No device can be asked for consent. */
  readonly devicesUnreachable: boolean;
  readonly region: 'world' | 'china';
  /** How a login at the wrong region is answered (§2). */
  readonly regionAnswer: 302 | 200;
  /** The NN of pNN-ckdatabasews; other partitions answer 421. */
  readonly partition: number;
  /** A fresh X-APPLE-WEBAUTH-TOKEN comes with every so many-th query (photos.md §1.3); 0 = never. */
  readonly freshTokenEvery: number;
  /** After a fresh token the one before the last is refused; by default all keep working. */
  readonly retireOldTokens: boolean;
  /** What the album index of a SharedSync zone says (photos.md §3.2). */
  readonly sharedAlbumIndex: 'empty' | 'invalid';
  /** What `limit` means in `webgetassets` of a shared album: so many, or up to this one; open (photos.md §15). */
  readonly sharedAlbumLimit: 'count' | 'end';
  /** recordChangeTag of writes: compared (a stale one is refused) or ignored (photos.md §11). */
  readonly changeTags: 'checked' | 'ignored';
  /** State of `CheckIndexingState`. */
  readonly indexing: 'FINISHED' | 'RUNNING' | 'NOT_FINISHED';
}

export const DEFAULT_ACCOUNT: AccountSpec = {
  appleId: 'tester@example.com',
  password: 'Correct-Horse-7-Battery',
  protocol: 's2k',
  iterations: 20_136,
  phones: [
    { id: 2, number: '+49 ••••• •••••07', lastTwoDigits: '07', nonFTEU: true },
    { id: 5, number: '+1 (•••) •••-••90', lastTwoDigits: '90', nonFTEU: false },
  ],
  autoPush: false,
  codeAnswer: '204',
  throttledPhones: [],
  repair: 'none',
  federated: false,
  proofOfWork: false,
  authState: 'json',
  trustDays: 30,
  sharedLibraryRole: undefined,
  forceLeadingZero: undefined,
  strictHeaders: true,
  wrongPasswordLimit: 5,
  codeSendLimit: 8,
  codeTryLimit: 5,
  securityKeys: [],
  terms: 'accepted',
  advancedDataProtection: false,
  webAccess: 'on',
  keys: 'with-login',
  devicesUnreachable: false,
  region: 'world',
  regionAnswer: 302,
  partition: 61,
  freshTokenEvery: 10,
  retireOldTokens: false,
  sharedAlbumIndex: 'empty',
  sharedAlbumLimit: 'count',
  changeTags: 'checked',
  indexing: 'FINISHED',
};
