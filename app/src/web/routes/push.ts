import type { RequestHandler } from 'express';
import { asProblem } from '../../domain/problem.ts';
import type { Log } from '../../ports/log.ts';
import type { PushDesk } from '../../ports/push-desk.ts';
import { Subscription, Unsubscription } from '../openapi/schemas.ts';

type Desk = () => PushDesk | undefined;

const NOT_YET = 'Not ready: the library folder is not there';

/** The key that a browser subscribes with. */
export function pushKey(desk: Desk): RequestHandler {
  return (_request, response) => {
    const publicKey = desk()?.publicKey;
    if (publicKey === undefined) response.status(503).json({ message: NOT_YET });
    else response.json({ publicKey });
  };
}

/** Takes what `PushSubscription.toJSON()` of a browser gives. */
export function subscribe(desk: Desk, log: Log): RequestHandler {
  return async (request, response) => {
    const open = desk();
    if (!open) return void response.status(503).json({ message: NOT_YET });
    const given = Subscription.safeParse(jsonOf(request.body));
    if (!given.success) return void response.status(400).json({ message: 'This is no push subscription of a browser' });
    try {
      await open.subscribe(given.data);
    } catch (error) {
      if (asProblem(error).code !== 'settings-invalid') throw error;
      return void response.status(400).json({ message: 'This is no push subscription of a browser' });
    }
    log.info('A browser has subscribed to notifications.');
    response.json({ message: 'Subscribed' });
  };
}

export function unsubscribe(desk: Desk, log: Log): RequestHandler {
  return async (request, response) => {
    const given = Unsubscription.safeParse(jsonOf(request.body));
    if (!given.success) return void response.status(400).json({ message: 'Name the endpoint of the subscription' });
    if (!(await desk()?.unsubscribe(given.data.endpoint))) return void response.status(404).json({ message: 'No such subscription' });
    log.info('A browser has unsubscribed from notifications.');
    response.json({ message: 'Unsubscribed' });
  };
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
