import type { RequestHandler } from 'express';
import type { Log } from '../../ports/log.ts';
import type { Service } from '../../ports/service.ts';
import { whyNotNow } from '../why-not-now.ts';

/** Answers when the wish is taken on, not when the run ends. */
export function requestSync(service: Service, log: Log): RequestHandler {
  return (_request, response) => {
    if (!service.requestSync()) {
      response.status(412).json({ message: whyNotNow(service.state()) });
      return;
    }
    log.info('A sync was asked for over HTTP.');
    response.json({ message: 'Sync requested' });
  };
}

export function requestSignIn(service: Service, log: Log): RequestHandler {
  return (_request, response) => {
    if (!service.requestSignIn()) {
      response.status(412).json({ message: whyNotNow(service.state()) });
      return;
    }
    log.info('A new sign-in was asked for over HTTP.');
    response.json({ message: 'Reauthentication requested' });
  };
}

export function pause(service: Service, log: Log): RequestHandler {
  return async (_request, response) => {
    await service.pause();
    log.debug('Scheduled syncs were paused over HTTP.');
    response.json({ message: 'Paused' });
  };
}

export function resume(service: Service, log: Log): RequestHandler {
  return async (_request, response) => {
    await service.resume();
    log.debug('Scheduled syncs were resumed over HTTP.');
    response.json({ message: 'Resumed' });
  };
}
