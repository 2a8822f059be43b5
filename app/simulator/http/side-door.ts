import type { Account } from '../auth/account.ts';
import type { Route } from './answer.ts';
import type { RequestLog } from './request-log.ts';

/** The kind of its requests: never counted, never struck by faults. */
export const SIDE_DOOR = 'side-door';

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
    'POST /simulator/approve-web-access': () => {
      account.webAccess.approve();
      return done;
    },
    'POST /simulator/revoke-trust': () => {
      account.revokeTrust();
      return done;
    },
  };
  return (method, path) => ({
    kind: SIDE_DOOR,
    handle: () => {
      const action = actions[`${method} ${path}`];
      return action === undefined
        ? { status: 404, body: { error: `no ${method} ${path}`, known: Object.keys(actions) } }
        : { status: 200, body: action() };
    },
  });
}
