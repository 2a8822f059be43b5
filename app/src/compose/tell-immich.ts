import { createHttpClient } from '../adapters/http/http-client.ts';
import { createImmichScan } from '../adapters/notify/immich.ts';
import type { Settings } from '../config/settings.ts';
import type { RunReport } from '../domain/run-report.ts';
import type { Log } from '../ports/log.ts';

/** After a run that changed the tree, and never while removals are held: Immich must not see half a change. */
export function createImmichTeller(
  { immichUrl, immichApiKey }: Settings,
  log: Log,
): (report: RunReport, signal: AbortSignal) => Promise<void> {
  if (immichUrl === undefined || immichApiKey === undefined) return async () => {};
  const scan = createImmichScan({
    url: immichUrl,
    apiKey: immichApiKey,
    http: createHttpClient({ log, sockets: 1, testServer: undefined }),
  });
  return async ({ counts, outcome }, signal) => {
    const changed = counts.downloaded + counts.reused + counts.moved + counts.removed > 0;
    if (!changed || counts.held > 0 || signal.aborted || outcome === 'interrupted') return;
    const trouble = await scan(signal);
    if (trouble === undefined) log.info('Immich was asked to look at the library.');
    else log.warn(`Immich could not be asked to look at the library: ${trouble}.`);
  };
}
