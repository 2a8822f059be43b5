import { Problem } from '../../domain/problem.ts';
import { type EngineTarget, type EngineTools, environment } from './engine-target.ts';
import { describeKeys, offeredHostKeys } from './host-keys.ts';
import { type Location, locationOf } from './location.ts';
import { writeSshFiles } from './ssh-files.ts';

/**
 * A look at the other side before an engine starts: engines wait a quarter of an hour for a server that does not speak, and
 * their words for the reason are often missing. Throws `offsite-unreachable`, `offsite-host-key`, `offsite-refused`.
 */
export async function reach(target: EngineTarget, tools: EngineTools, signal: AbortSignal): Promise<void> {
  const location = locationOf(target.repository);
  if (location.kind === 'ssh') await reachBySsh(location, target, tools, signal);
  if (location.kind === 'http') await reachByHttp(location.url, tools, signal);
}

async function reachBySsh(
  location: Location & { kind: 'ssh' },
  target: EngineTarget,
  tools: EngineTools,
  signal: AbortSignal,
): Promise<void> {
  const { config } = await writeSshFiles(target, tools.connectTimeoutS);
  const { user, host, port } = location;
  const { err, exitCode } = await tools.runChild(
    {
      program: 'ssh',
      // With nothing to read an sftp server, and a forced `borg serve` too, ends at once.
      args: ['-F', config, '-p', String(port), ...(user === undefined ? [] : ['-l', user]), '-s', '--', host, 'sftp'],
      env: environment(target, tools, {}),
      mostMs: (tools.connectTimeoutS + 15) * 1000,
    },
    signal,
  );
  const problem = classifySsh(err.join('\n'), `${host} port ${port}`, exitCode);
  if (problem?.code !== 'offsite-host-key') {
    if (problem) throw problem;
    return;
  }
  const keys = await offeredHostKeys(target, tools, signal).catch(() => []);
  throw keys.length === 0 ? problem : new Problem(problem.code, `${problem.message} It shows ${describeKeys(keys)}.`);
}

/** What ssh says when it fails; undefined when the connection itself was good. */
export function classifySsh(said: string, where: string, exitCode: number | undefined): Problem | undefined {
  if (/remote host identification has changed/i.test(said))
    return new Problem('offsite-host-key', `The ssh key of ${where} is not the one that was accepted. Somebody may be in between.`);
  if (/host key verification failed|no .* host key is known/i.test(said))
    return new Problem('offsite-host-key', `The ssh key of ${where} is not known here.`);
  if (/permission denied|too many authentication failures|invalid format|unprotected private key/i.test(said))
    return new Problem('offsite-refused', `${where} does not let this machine in (ssh key or user).`);
  if (
    /connection (refused|reset|closed|timed out)|timed? ?out|could not resolve|no route to host|network is unreachable|banner exchange/i.test(
      said,
    )
  )
    return new Problem('offsite-unreachable', `${where} cannot be reached: ${lastLine(said)}`);
  // 255 is ssh's own failure; everything else is the answer of the other side.
  if (exitCode === 255 || exitCode === undefined)
    return new Problem('offsite-unreachable', `${where} cannot be reached: ${lastLine(said)}`);
  return undefined;
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() || 'ssh gave no reason.';

const GONE = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET|UND_ERR_CONNECT_TIMEOUT/;

/** Any answer will do, be it 401: credentials and certificates are the engine's business. */
async function reachByHttp(address: string, tools: EngineTools, signal: AbortSignal): Promise<void> {
  const url = new URL(address);
  const { host } = url;
  try {
    await fetch(new URL('/', `${url.protocol}//${host}`), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(tools.connectTimeoutS * 1000)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? '';
    const silent = error instanceof Error && error.name === 'TimeoutError';
    if (silent || GONE.test(cause))
      throw new Problem('offsite-unreachable', `${host} cannot be reached: ${silent ? 'it does not answer' : cause}.`, { cause: error });
  }
}
