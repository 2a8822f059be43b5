import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import type { RemoteRequest } from '../../ports/library-store.ts';
import { type Pace, takeFrom } from './pace.ts';
import { type NodeRequest, redirectTo } from './test-server.ts';

/**
 * Downloads go without got: it costs a millisecond and much garbage a file, and its retries are of no use here (docs/decisions/0012).
 * This half of the client is small on purpose: the download threads load it too.
 */
export interface StreamRequest extends RemoteRequest {
  readonly signal: AbortSignal;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of the answer; a short one is read to its end, which keeps the connection. */
  cancel(): void;
}

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export function newAgents(sockets: number): Agents {
  const shape = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets };
  return { http: new HttpAgent(shape), https: new HttpsAgent(shape) };
}

export function requesterFor(testServer: string | undefined, agents: () => Agents): NodeRequest {
  return testServer === undefined ? httpsRequest : redirectTo(testServer, agents);
}

/** Without retries: the caller knows how much has arrived. Throws Problem `no-network` or the signal's reason. */
export async function openStream(
  open: NodeRequest,
  agent: HttpsAgent,
  pace: Pace | undefined,
  { url, headers, idleMs, signal }: StreamRequest,
): Promise<HttpStream> {
  const address = new URL(url);
  try {
    const response = await answerTo(open(address, { headers, agent, signal }), idleMs);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      bytes: chunks(response, address.host, pace, signal),
      cancel: () => void response.resume(),
    };
  } catch (error) {
    throw networkProblem(error, address.host, signal);
  }
}

/** The head of the answer. Ends with ETIMEDOUT when the connection stays silent for that long, then or later. */
function answerTo(request: ClientRequest, idleMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    if (Number.isFinite(idleMs))
      request.setTimeout(idleMs, () => request.destroy(Object.assign(new Error('No bytes came for too long.'), { code: 'ETIMEDOUT' })));
    request.end();
  });
}

async function* chunks(response: IncomingMessage, host: string, pace: Pace | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      yield chunk as Uint8Array;
      const waitMs = pace ? takeFrom(pace, (chunk as Uint8Array).length) : 0;
      if (waitMs >= 1) await sleep(waitMs, undefined, { signal }); // what is not read fills the socket, and the sender slows down
    }
  } catch (error) {
    throw networkProblem(error, host, signal);
  }
}

/** Keeps the cause, names the host, leaves out the address: it may be signed. */
export function networkProblem(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(code))
    return new Problem(
      'no-network',
      `The certificate of ${host} is not trusted here (${code}). If a proxy re-signs traffic, name its certificate in NODE_EXTRA_CA_CERTS.`,
      { context: { host, code } },
    );
  return new Problem('no-network', `No connection to ${host} (${code}).`, { context: { host, code } });
}
