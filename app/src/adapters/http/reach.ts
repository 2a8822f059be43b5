import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import type { Reached } from '../../domain/doctor-checks.ts';
import { redirectTo } from './test-server.ts';

export interface ReachOptions {
  readonly signal: AbortSignal;
  /** As in the HTTP client. */
  readonly testServer: string | undefined;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** Opens one new connection and asks for an address without any login: how far it comes, and how long each step takes. */
export async function reach(url: string, { signal, testServer, timeoutMs = 15_000, now = Date.now }: ReachOptions): Promise<Reached> {
  const { host } = new URL(url);
  const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };
  const startedMs = now();
  try {
    const answer = await got(url, {
      signal,
      agent: agents,
      followRedirect: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
      timeout: { request: timeoutMs, connect: timeoutMs, lookup: timeoutMs, secureConnect: timeoutMs },
      headers: { 'user-agent': 'icloud-photos-sync doctor' },
      ...(testServer === undefined ? {} : { request: redirectTo(testServer, () => agents) }),
    });
    const phases = answer.timings?.phases;
    return {
      is: 'answered',
      host,
      status: answer.statusCode,
      dnsMs: phases?.dns,
      tcpMs: phases?.tcp,
      tlsMs: phases?.tls,
      totalMs: phases?.total ?? now() - startedMs,
      aheadMs: aheadOf(answer.headers.date, (startedMs + now()) / 2),
    };
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof RequestError ? error.code : 'unknown';
    return { is: 'failed', host, at: stepOf(code, error), code };
  }
}

/** The header tells whole seconds: half of one is added. */
function aheadOf(date: string | undefined, localMs: number): number | undefined {
  const serverMs = Date.parse(date ?? '');
  return Number.isNaN(serverMs) ? undefined : Math.round(localMs - (serverMs + 500));
}

function stepOf(code: string, error: unknown): 'name' | 'connection' | 'encryption' | 'answer' {
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(code)) return 'name';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER|SSL|TLS|EPROTO/.test(code)) return 'encryption';
  const event = typeof error === 'object' && error !== null && 'event' in error ? error.event : undefined;
  if (event === 'lookup') return 'name';
  if (event === 'secureConnect') return 'encryption';
  if (event === 'response' || event === 'request' || code === 'ECONNRESET') return 'answer';
  return 'connection';
}
