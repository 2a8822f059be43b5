import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import { type Endpoints, USER_AGENT } from './endpoints.ts';

/** One request to `setup.icloud.com`, as its home page sends it (authentication.md §3.3). */
export type SetupCall = (path: string, body: string | undefined, signal: AbortSignal) => Promise<HttpAnswer>;

const QUICK_RETRIES = 2;

export function createSetupCall(http: HttpClient, endpoints: Endpoints): SetupCall {
  return (path, body, signal) =>
    http.request({
      method: 'POST',
      url: `${endpoints.setup}${path}`,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'User-Agent': USER_AGENT,
        Origin: endpoints.home,
        Referer: `${endpoints.home}/`,
      },
      ...(body === undefined ? {} : { body }),
      signal,
      retries: QUICK_RETRIES,
    });
}
