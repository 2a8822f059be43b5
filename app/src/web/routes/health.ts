import type { RequestHandler } from 'express';
import { healthOf, isHealthy } from '../../domain/service-state.ts';
import type { Service } from '../../ports/service.ts';

/**
 * One word, for container health checks and uptime monitors; it says no more to anybody. Without a service (one-shot
 * commands) it only says that the process answers.
 */
export function health(service: Service | undefined, epochMs: () => number): RequestHandler {
  return (_request, response) => {
    const status = service === undefined ? 'ok' : healthOf(service.state(), epochMs());
    response.status(isHealthy(status) ? 200 : 503).json({ status });
  };
}
