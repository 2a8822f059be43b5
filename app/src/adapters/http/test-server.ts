import type { ClientRequest, Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export type NodeRequest = (url: URL, options: RequestOptions, callback?: (response: IncomingMessage) => void) => ClientRequest;

/**
 * Connects every request to one address while everything above it, cookies, allow-lists and headers included, still sees
 * Apple's real host names. So a client that works against the simulated iCloud uses the very code that works against Apple.
 */
export function redirectTo(testServer: string, agents: () => { http: HttpAgent; https: HttpsAgent }): NodeRequest {
  const server = new URL(testServer);
  const secure = server.protocol === 'https:';
  return (url, options, callback) => {
    const redirected = {
      ...options,
      protocol: server.protocol,
      hostname: server.hostname,
      host: server.hostname,
      port: server.port,
      path: `${url.pathname}${url.search}`,
      headers: { ...options.headers, host: url.host },
      agent: secure ? agents().https : agents().http,
      ...(secure ? { servername: url.hostname } : {}),
    };
    return secure ? httpsRequest(redirected, callback) : httpRequest(redirected, callback);
  };
}
