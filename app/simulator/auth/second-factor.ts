import { type Answer, type Call, header, property, textProperty } from '../http/answer.ts';
import type { Account } from './account.ts';
import type { PhoneSpec } from './account-spec.ts';
import type { IdmsaContext } from './idmsa-context.ts';
import { refusal, tokenHeaders, transactionHeaders, transactionOf } from './idmsa-headers.ts';
import { securityKeyPart } from './sign-in.ts';
import type { SentCode, Transaction } from './sign-in-transactions.ts';

/** Apple's codes are good for about ten minutes; an old one is answered like a wrong one. */
const CODE_LIFE_MS = 10 * 60_000;

const serviceErrors = (code: string, title: string, message: string) => ({
  service_errors: [{ code, title, message, suppressDismissal: false }],
  hasError: true,
});

const phoneJson = ({ id, number, lastTwoDigits, nonFTEU }: PhoneSpec) => ({
  id,
  numberWithDialCode: number,
  nonFTEU: nonFTEU ?? false,
  pushMode: 'sms',
  obfuscatedNumber: number.replace(/^\+\d+ /, ''),
  lastTwoDigits,
});

const codeFlags = (account: Account) => ({
  tooManyCodesSent: account.tooManyCodesSent,
  tooManyCodesValidated: account.tooManyWrongCodes,
  securityCodeLocked: account.tooManyWrongCodes,
  securityCodeCooldown: account.tooManyCodesSent,
});

/** The object that stands at the top level, in `phoneNumberVerification`, or in the HTML page (authentication.md §5.1). */
function phoneNumbers(account: Account) {
  const phones = account.spec.phones.map(phoneJson);
  return {
    trustedPhoneNumbers: phones,
    ...(phones[0] === undefined ? {} : { trustedPhoneNumber: phones[0] }),
    securityCode: { length: 6, ...codeFlags(account) },
    authenticationType: 'hsa2',
    recoveryUrl: `https://iforgot.apple.com/phone/add?prs_account_nm=${encodeURIComponent(account.appleId)}&autoSubmitAccount=true&appId=142`,
    repairPhoneNumberUrl: 'https://gsa.apple.com/appleid/account/manage/repair/verify/phone',
    aboutTwoFactorAuthenticationUrl: 'https://support.apple.com/kb/HT204921',
    autoVerified: false,
    showAutoVerificationUI: false,
    supportsRecovery: true,
    hsa2Account: true,
    restrictedAccount: false,
    managedAccount: false,
  };
}

function statePage(account: Account): string {
  const numbers = phoneNumbers(account);
  const bridge = { apnsTopic: 'com.apple.idmsauthwidget', apnsEnvironment: 'prod', webSocketUrl: 'websocket.push.apple.com' };
  const old = account.spec.authState === 'none-then-html-old';
  const bootArgs = {
    direct: {
      authInitialRoute: old ? 'auth/verify/phone' : 'auth/bridge/step',
      hasTrustedDevices: true,
      authUserType: 'hsa2',
      authType: 'hsa2',
      twoSV: {
        authFactors: ['web_piggybacking', 'robocall', 'sms', 'generatedcode'],
        supportedPushModes: ['voice', 'sms'],
        sourceAppId: 1159,
        ...(old ? { phoneNumberVerification: numbers } : { bridgeInitiateData: { ...bridge, phoneNumberVerification: numbers } }),
      },
    },
    additional: { canRoute2sv: true },
  };
  const json = JSON.stringify(bootArgs).replaceAll('<', '\\u003C').replaceAll('&', '\\u0026');
  return `<html><body><script type="application/json" class="boot_args">\n${json}\n</script></body></html>`;
}

/** The transaction of a call that needs one, if it waits for a code. */
function waiting(call: Call, { transactions }: IdmsaContext): Transaction | undefined {
  const transaction = transactionOf(call, transactions, true);
  return transaction?.state === 'code-needed' ? transaction : undefined;
}
const notWaiting = () => refusal(401, 'scnt or X-Apple-ID-Session-Id is stale, or no code is awaited');

/** `GET /appleauth/auth`: JSON or HTML by `Accept`. */
export function authState(call: Call, context: IdmsaContext): Answer {
  const { account, transactions } = context;
  const transaction = waiting(call, context);
  if (transaction === undefined) return notWaiting();
  const headers = transactionHeaders(transaction, transactions);
  if (!(header(call, 'accept') ?? '').includes('application/json'))
    return { status: 200, headers: { ...headers, 'Content-Type': 'text/html;charset=UTF-8' }, body: statePage(account) };
  const numbers = phoneNumbers(account);
  const bare = { authenticationType: 'hsa2', hsa2Account: true, restrictedAccount: false, managedAccount: false };
  const { authState: form } = account.spec;
  const body = form === 'json' ? numbers : form === 'wrapped' ? { ...bare, phoneNumberVerification: numbers } : bare;
  return { status: 200, headers, body: { ...body, ...securityKeyPart(account) } };
}

function tooManySent(account: Account, headers: Record<string, string | string[]>): Answer {
  const message = 'Too many verification codes have been sent. Enter the last code you received or try again later.';
  return {
    status: 423,
    headers,
    body: { ...phoneNumbers(account), ...serviceErrors('-22981', 'Too many verification codes sent', message) },
  };
}

/** `PUT /verify/trusteddevice/securitycode`: the push of 2026 (authentication.md §5.2). */
export function pushToDevices(call: Call, context: IdmsaContext): Answer {
  const { account, transactions } = context;
  const transaction = waiting(call, context);
  if (transaction === undefined) return notWaiting();
  const headers = transactionHeaders(transaction, transactions);
  if (account.tooManyCodesSent) return tooManySent(account, headers);
  // An account whose devices showed a code already gets no second prompt.
  if (!account.spec.autoPush || transaction.deviceCode === undefined)
    transaction.deviceCode = { code: account.showDeviceCode(), atMs: account.now() };
  return {
    status: 202,
    headers,
    body: {
      trustedDeviceCount: 1,
      otherTrustedDeviceClass: 'iPhone',
      securityCode: { length: 6, ...codeFlags(account) },
      phoneNumberVerification: phoneNumbers(account),
    },
  };
}

const phoneId = (call: Call) => property(property(call.body, 'phoneNumber'), 'id');

/** `PUT /verify/phone`: SMS or call. An id that is not in the list is 412 (authentication.md §5.4). */
export function sendPhoneCode(call: Call, context: IdmsaContext): Answer {
  const { account, transactions } = context;
  const transaction = waiting(call, context);
  if (transaction === undefined) return refusal(412, 'no code is awaited');
  const headers = transactionHeaders(transaction, transactions);
  const phone = account.spec.phones.find(({ id }) => id === phoneId(call));
  if (phone === undefined || !['sms', 'voice'].includes(textProperty(call.body, 'mode') ?? ''))
    return { status: 412, headers, body: phoneNumbers(account) };
  if (account.tooManyCodesSent) return tooManySent(account, headers);
  if (account.spec.throttledPhones.includes(phone.id)) {
    const message = "Verification codes can't be sent to this phone number at this time. Please try again later.";
    return { status: 412, headers, body: { ...phoneNumbers(account), ...serviceErrors('-28248', 'Verification codes not sent', message) } };
  }
  transaction.phoneCodes.set(phone.id, { code: account.sendSms(phone.id), atMs: account.now() });
  return { status: 200, headers, body: phoneNumbers(account) };
}

/** Judges a code. A code of a device is not valid for a phone, nor the reverse. */
function enterCode(
  call: Call,
  context: IdmsaContext,
  expected: (transaction: Transaction) => SentCode | undefined,
  plainStatus: 200 | 204,
): Answer {
  const { account, transactions } = context;
  const transaction = waiting(call, context);
  if (transaction === undefined) return notWaiting();
  const code = textProperty(property(call.body, 'securityCode'), 'code');
  const headers = transactionHeaders(transaction, transactions);
  if (account.tooManyWrongCodes) {
    const message = 'Too many incorrect verification codes have been entered. Try again later.';
    return { status: 423, headers, body: { ...phoneNumbers(account), ...serviceErrors('-21669', 'Too many attempts', message) } };
  }
  const sent = expected(transaction);
  if (code === undefined || sent?.code !== code || account.now() - sent.atMs > CODE_LIFE_MS) {
    account.noteWrongCode();
    const body = serviceErrors('-21669', 'Incorrect Verification Code', 'Incorrect verification code.');
    return { status: 400, headers: { ...headers, 'X-Apple-I-Ercd': '-21669' }, body };
  }
  transaction.state = account.spec.codeAnswer === '412-repair' ? 'repair-needed' : 'verified';
  transaction.verifiedByCode = true;
  account.codeUsed();
  return acceptedCode(account, code, headers, plainStatus);
}

function acceptedCode(account: Account, code: string, headers: Record<string, string | string[]>, plainStatus: 200 | 204): Answer {
  const token = () => ({
    ...tokenHeaders(account, account.logins.issueSessionToken('verified')),
    'X-Apple-OAuth-Grant-Code': `grant-${account.signIns}`,
  });
  const securityCode = { code, ...codeFlags(account), valid: true };
  if (account.spec.codeAnswer === '204') {
    const body = plainStatus === 200 ? { body: { ...phoneNumbers(account), securityCode } } : {};
    return { status: plainStatus, headers: { ...headers, ...token() }, ...body };
  }
  if (account.spec.codeAnswer === '412-repair') return { status: 412, headers, body: { ...phoneNumbers(account), securityCode } };
  const extra = account.spec.codeAnswer === '409-with-token' ? { ...token(), 'X-Apple-Edp': 'true' } : {};
  const device = { trustedDeviceCount: 1, otherTrustedDeviceClass: 'iPhone', phoneNumberVerification: phoneNumbers(account) };
  const body = { ...(plainStatus === 204 ? device : phoneNumbers(account)), securityCode, authenticationType: 'hsa2', hsa2Account: true };
  return { status: 409, headers: { ...headers, ...extra }, body };
}

export function enterDeviceCode(call: Call, context: IdmsaContext): Answer {
  return enterCode(call, context, ({ deviceCode }) => deviceCode, 204);
}

export function enterPhoneCode(call: Call, context: IdmsaContext): Answer {
  const id = phoneId(call);
  return enterCode(call, context, ({ phoneCodes }) => (typeof id === 'number' ? phoneCodes.get(id) : undefined), 200);
}

/** `GET /2sv/trust`: the browser is trusted from now on (authentication.md §6). Works again on a live login. */
export function trustBrowser(call: Call, { account, transactions }: IdmsaContext): Answer {
  const transaction = transactionOf(call, transactions, true);
  if (transaction === undefined) return refusal(400, 'scnt or X-Apple-ID-Session-Id is missing or stale');
  if (transaction.state !== 'verified' && transaction.state !== 'signed-in') return refusal(403, 'no code was accepted in this sign-in');
  const trustToken = account.logins.issueTrustToken();
  const sessionToken = account.logins.issueSessionToken('trusted', trustToken);
  transaction.state = 'signed-in';
  return {
    status: 204,
    headers: {
      ...transactionHeaders(transaction, transactions),
      ...tokenHeaders(account, sessionToken),
      'Content-Type': 'text/html;charset=UTF-8',
      'X-Apple-TwoSV-Trust-Token': trustToken,
      'X-Apple-OAuth-Grant-Code': `grant-${account.signIns}`,
    },
  };
}
