import type { RequestHandler } from 'express';
import type { Service } from '../../ports/service.ts';
import { apiState } from '../api-state.ts';

/** The state for scripts and dashboards; docs/http.md lists the fields. */
export function showState(service: Service, epochMs: () => number): RequestHandler {
  return (_request, response) => {
    response.json(apiState(service.state(), epochMs()));
  };
}
