import { join } from 'node:path';
import { createReportFiles } from '../adapters/disk/report-files.ts';
import { fetchItems } from '../engine/archive-fetch.ts';
import { ASK_DEVICES } from '../engine/sign-in-parts.ts';
import type { ArchiveCommandParts } from '../service/library-commands/archive.ts';
import type { ImportContext } from './import-parts.ts';
import type { OffsiteHome } from './offsite-home.ts';
import type { OpenAccount } from './open-account.ts';
import { digest } from './open-library-app.ts';
import { mostDownloads } from './transfers.ts';

export interface ArchiveContext extends ImportContext {
  readonly account: OpenAccount;
  readonly offsite: OffsiteHome;
  readonly keepPreviews: ArchiveCommandParts['keepPreviews'];
}

/** What archive needs: everything a sync has, a way to delete in iCloud, and the off-site copy to wait for. */
export function archiveParts(context: ArchiveContext): ArchiveCommandParts {
  const { app, account, settings, clock, log, offsite } = context;
  const reports = createReportFiles(join(settings.configDir, 'reports'));
  return {
    ...app,
    clock,
    log,
    digest,
    root: settings.dataDir,
    remote: account.remote,
    numbered: settings.albumOrder,
    layout: settings.layout,
    keepFree: settings.minFreeSpace,
    remoteDelete: settings.remoteDelete,
    signIn: (signal) => account.signIn(ASK_DEVICES, signal),
    list: context.list,
    keepPreviews: context.keepPreviews,
    fetchItems: (rows, signal) =>
      fetchItems(
        {
          ...app,
          photos: account.photos,
          clock,
          log,
          policy: settings.checksumPolicy,
          threads: mostDownloads(settings),
          keepFree: settings.minFreeSpace,
        },
        rows,
        signal,
      ),
    snapshot: offsite.state() === undefined ? undefined : (path, signal) => takeSnapshot(context, path, signal),
    save: (report) => reports.save(`archive-${report.id ?? 0}`, report, clock.now()),
  };
}

/** A snapshot of its own, made after the album was archived; answers why there is none. */
async function takeSnapshot(
  { offsite, settings }: Pick<ArchiveContext, 'offsite' | 'settings'>,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const holds = (pattern: string) => path === pattern || path.startsWith(`${pattern.replace(/\/+$/, '')}/`);
  if (settings.offsiteInclude !== undefined && !settings.offsiteInclude.some(holds)) return `OFFSITE_INCLUDE leaves ${path} out.`;
  if (settings.offsiteExclude.some(holds)) return `OFFSITE_EXCLUDE leaves ${path} out.`;
  const run = offsite.commands.find(({ name }) => name === 'off-site run');
  const said: string[] = [];
  const hear = (text: string) => void said.push(text.trim());
  const exitCode = await run?.run({}, { out: hear, err: hear, progress: () => undefined, signal, json: false });
  return exitCode === 0 ? undefined : (said.filter(Boolean).at(-1) ?? 'The snapshot failed.');
}
