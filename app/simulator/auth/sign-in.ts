import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Answer, type Call, header, listProperty, textProperty } from '../http/answer.ts';
import type { Account } from './account.ts';
import type { IdmsaContext } from './idmsa-context.ts';
import { refusal, tokenHeaders, transactionHeaders, transactionOf } from './idmsa-headers.ts';
import { puzzleHeaders, solves } from './proof-of-work.ts';
import { ATTEMPT_LIFE_MS, type SrpAttempt } from './sign-in-transactions.ts';
import {
  isValidPublic,
  padded,
  passwordKey,
  passwordVerifier,
  privateValueForShortB,
  privateValueForShortS,
  proofsOf,
  serverPublic,
  serverSecret,
  startsWithZeroByte,
  toNumber,
} from './srp-server.ts';

const AASP = () => `aasp=${randomBytes(32).toString('hex').toUpperCase()}; Domain=idmsa.apple.com; Path=/; Secure; HttpOnly`;
const WRONG_PASSWORD = 'Enter the email or phone number and password for your Apple Account.';
const LOCKED = 'This Apple Account has been locked for security reasons. Visit iForgot to reset your account (https://iforgot.apple.com).';
const FEDERATED = 'Your account is managed by an organization. Sign in with its identity provider.';
const serviceError = (code: string, message: string) => ({ serviceErrors: [{ code, message, suppressDismissal: false }] });

const verifierOf = ({ spec, salt }: Account): bigint =>
  passwordVerifier(passwordKey(spec.password, salt, spec.iterations, spec.protocol), salt);

/** The first attempt of an account with forced numbers gets them; the next `init` gets ordinary ones. */
function choosePrivateValue(account: Account, verifier: bigint, clientPublic: bigint): bigint {
  const force = account.forcedNumbersShown ? undefined : account.spec.forceLeadingZero;
  if (force === 'B' || force === 'S') account.forcedNumbersShown = true;
  if (force === 'B') return privateValueForShortB(verifier, toNumber(randomBytes(8)) + 2n);
  if (force === 'S') return privateValueForShortS(verifier, clientPublic, toNumber(randomBytes(3)) + 65_536n);
  for (;;) {
    // An accidental leading zero would make a test fail once in a hundred runs.
    const value = toNumber(randomBytes(32));
    const own = serverPublic(verifier, value);
    if (!startsWithZeroByte(own) && !startsWithZeroByte(serverSecret(clientPublic, verifier, own, value))) return value;
  }
}

/** `POST /signin/init`, authentication.md §4.2. An unknown account gets numbers too: only the proof shows it. */
export function startSignIn(call: Call, { account, transactions }: IdmsaContext): Answer {
  const { spec } = account;
  const accountName = textProperty(call.body, 'accountName');
  const clientPublic = toNumber(Buffer.from(textProperty(call.body, 'a') ?? '', 'base64'));
  if (accountName === undefined || !isValidPublic(clientPublic)) return refusal(400, 'accountName or a is missing');
  if (!listProperty(call.body, 'protocols').includes(spec.protocol)) return refusal(400, `protocols does not offer ${spec.protocol}`);
  const verifier = verifierOf(account);
  const privateValue = choosePrivateValue(account, verifier, clientPublic);
  const ownPublic = serverPublic(verifier, privateValue);
  const short = startsWithZeroByte(ownPublic) || startsWithZeroByte(serverSecret(clientPublic, verifier, ownPublic, privateValue));
  const c = transactions.addAttempt({
    accountName: accountName.toLowerCase(),
    clientPublic,
    serverPublic: ownPublic,
    privateValue,
    mustNotBeUsed: spec.forceLeadingZero !== undefined && (short || startsWithZeroByte(clientPublic)),
    expiresMs: account.now() + ATTEMPT_LIFE_MS,
    used: false,
  });
  const transaction = transactions.find(header(call, 'scnt')) ?? transactions.open();
  transaction.state = 'started';
  return {
    status: 200,
    // The JSON comes labelled as HTML (recorded), and without a session id.
    headers: {
      ...transactionHeaders(transaction, transactions, false),
      'Content-Type': 'text/html;charset=UTF-8',
      'Set-Cookie': [AASP()],
      ...puzzleHeaders(account, transaction),
    },
    body: JSON.stringify({
      iteration: spec.iterations,
      salt: account.salt.toString('base64'),
      protocol: spec.protocol,
      version: 1,
      b: padded(ownPublic).toString('base64'),
      c,
    }),
  };
}

function proves(call: Call, account: Account, attempt: SrpAttempt): boolean {
  if (attempt.mustNotBeUsed || attempt.accountName !== account.appleId.toLowerCase()) return false;
  const verifier = verifierOf(account);
  const secret = serverSecret(attempt.clientPublic, verifier, attempt.serverPublic, attempt.privateValue);
  const exchange = { ...attempt, salt: account.salt, secret };
  const sent = (name: string) => Buffer.from(textProperty(call.body, name) ?? '', 'base64');
  const equal = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
  return (['minimal', 'fixed256'] as const).some((encoding) => {
    const { m1, m2 } = proofsOf(exchange, encoding);
    return equal(sent('m1'), m1) && equal(sent('m2'), m2);
  });
}

/** A notice or an upgrade page is passed by: `POST /repair/complete` (authentication.md §4.5). */
export function completeRepair(call: Call, { account, transactions }: IdmsaContext): Answer {
  const transaction = transactionOf(call, transactions, true);
  if (transaction?.state !== 'repair-needed') return refusal(401, 'nothing waits to be repaired in this sign-in');
  const headers = transactionHeaders(transaction, transactions);
  if (account.spec.repair === 'stuck') return { status: 412, headers, body: { authType: 'sa' } };
  const code = transaction.verifiedByCode === true;
  transaction.state = code ? 'verified' : 'signed-in';
  const token = tokenHeaders(account, account.logins.issueSessionToken('verified'));
  return { status: 200, headers: { ...headers, ...token, Location: '/auth', 'X-Apple-TwoSV-Trust-Eligible': 'true' } };
}

/** `POST /signin/complete`, authentication.md §4.5. */
export function completeSignIn(call: Call, { account, transactions }: IdmsaContext): Answer {
  const transaction = transactionOf(call, transactions, false);
  if (transaction === undefined) return refusal(401, 'scnt is missing or stale');
  const attempt = transactions.attempt(textProperty(call.body, 'c'));
  if (attempt === undefined || attempt.used || attempt.expiresMs <= account.now()) return refusal(400, 'c is unknown, used or too old');
  const trustTokens = listProperty(call.body, 'trustTokens');
  if (trustTokens.some((token) => typeof token !== 'string' || token === ''))
    return refusal(400, 'trustTokens holds null or an empty text');
  attempt.used = true;
  account.signIns += 1;
  const headers = () => transactionHeaders(transaction, transactions);
  if (account.spec.proofOfWork && !solves(header(call, 'x-apple-hc'), transaction.puzzle)) {
    account.missingProofsOfWork += 1;
    return { status: 403, headers: headers() };
  }
  if (account.spec.federated) return { status: 403, headers: headers(), body: serviceError('-22320', FEDERATED) };
  if (account.locked) return { status: 403, headers: headers(), body: serviceError('-20209', LOCKED) };
  if (!proves(call, account, attempt)) {
    account.wrongProofs += 1;
    account.wrongInARow += 1;
    account.locked = account.wrongInARow >= account.spec.wrongPasswordLimit;
    return { status: 401, headers: headers(), body: serviceError('-20101', WRONG_PASSWORD) };
  }
  account.wrongInARow = 0;
  if (account.spec.repair !== 'none') {
    transaction.state = 'repair-needed';
    const token = tokenHeaders(account, account.logins.issueSessionToken('password'));
    const pending = {
      Location: '/auth',
      'X-Apple-TwoSV-Trust-Eligible': 'true',
      'X-Apple-Repair-Session-Token': randomBytes(24).toString('base64'),
    };
    return { status: 412, headers: { ...headers(), ...token, ...pending }, body: { authType: 'sa' } };
  }
  const trusted = trustTokens.find((token) => account.logins.trusts(token));
  const level = trusted === undefined ? 'password' : 'trusted';
  const token = tokenHeaders(account, account.logins.issueSessionToken(level, typeof trusted === 'string' ? trusted : undefined));
  if (trusted !== undefined) {
    transaction.state = 'signed-in';
    return { status: 200, headers: { ...headers(), ...token }, body: { authType: 'hsa2' } };
  }
  transaction.state = 'code-needed';
  transaction.phoneCodes.clear();
  if (account.spec.autoPush) transaction.deviceCode = { code: account.showDeviceCode(), atMs: account.now() };
  else delete transaction.deviceCode;
  const pending = {
    Location: '/auth',
    'X-Apple-TwoSV-Trust-Eligible': 'true',
    'X-Apple-HC-Bits': '10',
    'X-Apple-HC-Challenge': '4d74fb15eb23f465f1f6fcbf534e5877',
  };
  return { status: 409, headers: { ...headers(), ...token, ...pending }, body: { authType: 'hsa2', ...securityKeyPart(account) } };
}

/** Accounts with hardware keys (authentication.md §5.6). */
export function securityKeyPart({ spec }: Account): object {
  if (spec.securityKeys.length === 0) return {};
  const keyHandles = spec.securityKeys.map((name) => Buffer.from(name).toString('base64url'));
  return { fsaChallenge: { challenge: randomBytes(24).toString('base64url'), keyHandles, rpId: 'apple.com' }, keyNames: spec.securityKeys };
}
