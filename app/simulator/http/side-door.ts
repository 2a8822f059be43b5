import type { Account } from '../auth/account.ts';
import type { Route } from './listener.ts';
import type { RequestLog } from './request-log.ts';

/** For people and scripts: what the user's devices would show. Not part of Apple's protocol, not counted as Apple's requests. */
export function sideDoorRoutes(account: Account, log: RequestLog): (method: string, path: string) => Route {
  const done = { done: true };
  const actions: Readonly<Record<string, () => object>> = {
    'GET /simulator/code': () => ({ code: account.currentCode() ?? null }),
    'GET /simulator/requests': () => log.all(),
    'POST /simulator/expire-session': () => {
      account.expireSession();
      return done;
    },
    'POST /simulator/revoke-trust': () => {
      account.revokeTrust();
      return done;
    },
  };
  return (method, path) => ({
    kind: 'side-door',
    handle: () => {
      const action = actions[`${method} ${path}`];
      return action === undefined
        ? { status: 404, body: { error: `no ${method} ${path}`, known: Object.keys(actions) } }
        : { status: 200, body: action() };
    },
  });
}
