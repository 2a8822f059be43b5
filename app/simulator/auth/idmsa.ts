import type { Answer, Call, Route } from '../http/answer.ts';
import type { Account } from './account.ts';
import type { IdmsaContext } from './idmsa-context.ts';
import { checkIdmsaHeaders } from './idmsa-headers.ts';
import { authState, enterDeviceCode, enterPhoneCode, pushToDevices, sendPhoneCode, trustBrowser } from './second-factor.ts';
import { completeRepair, completeSignIn, startSignIn } from './sign-in.ts';
import { Transactions } from './sign-in-transactions.ts';

type Handler = (call: Call, context: IdmsaContext) => Answer;

const BASE = '/appleauth/auth';

/** Addresses that exist but not (or no longer) for this purpose: authentication.md §4.1, §4.8, §5.2. */
const notAllowed: Handler = () => ({ status: 405, headers: { 'Content-Type': 'application/json;charset=UTF-8' } });
const retired: Handler = (_call, { transactions }) => ({
  status: 503,
  headers: { 'Content-Type': 'text/html;charset=UTF-8', scnt: transactions.open().scnt },
  body: 'Service Temporary Unavailable',
});
const notFederated: Handler = () => ({ status: 200, body: { showFederatedIdpConfirmation: false, federated: false } });
const warmUp: Handler = (_call, { transactions }) => ({
  status: 200,
  headers: { 'Content-Type': 'text/html;charset=UTF-8', scnt: transactions.open().scnt, 'X-Apple-Auth-Attributes': 'warm-up' },
  body: '<html><body></body></html>',
});

const HANDLERS: Readonly<Record<string, readonly [kind: string, handler: Handler]>> = {
  'GET /authorize/signin': ['authorize', warmUp],
  'POST /federate': ['federate', notFederated],
  'POST /signin/init': ['signin-init', startSignIn],
  'POST /signin/complete': ['signin-complete', completeSignIn],
  'POST /signin': ['signin-plain', retired],
  'GET ': ['auth-state', authState],
  'PUT /verify/trusteddevice/securitycode': ['push', pushToDevices],
  'POST /verify/trusteddevice/securitycode': ['device-code', enterDeviceCode],
  'PUT /verify/trusteddevice': ['push-old', notAllowed],
  'POST /verify/trusteddevice': ['push-old', notAllowed],
  'GET /verify/trusteddevice': ['push-old', notAllowed],
  'PUT /verify/phone': ['sms', sendPhoneCode],
  'POST /verify/phone/securitycode': ['phone-code', enterPhoneCode],
  'GET /2sv/trust': ['trust', trustBrowser],
  'POST /repair/complete': ['repair', completeRepair],
};

const missing: Handler = ({ method, path }) => ({
  status: 404,
  body: { serviceErrors: [{ code: '-1', message: `The simulator has no ${method} ${path}.`, suppressDismissal: false }] },
});

/** idmsa.apple.com: sign-in, second factor, trust. */
export function idmsaRoutes(account: Account): (method: string, path: string) => Route {
  const context: IdmsaContext = { account, transactions: new Transactions() };
  return (method, path) => {
    const known = path.startsWith(BASE) ? HANDLERS[`${method} ${path.slice(BASE.length).replace(/\/$/, '')}`] : undefined;
    const [kind, handler] = known ?? ['unknown', missing];
    const handle = (call: Call) => (account.spec.strictHeaders ? checkIdmsaHeaders(call, kind) : undefined) ?? handler(call, context);
    return { kind, handle };
  };
}
