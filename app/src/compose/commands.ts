import { join } from 'node:path';
import { knownAppleIds } from '../adapters/catalog/open-catalog.ts';
import type { Invocation } from '../cli/program.ts';
import { renderReport, renderStatus, reportJson, statusJson } from '../cli/render.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { Settings } from '../config/settings.ts';
import { formatBytes, plural } from '../domain/format.ts';
import { Problem } from '../domain/problem.ts';
import { exitCodeOf, type RunCounts } from '../domain/run-report.ts';
import { sync } from '../engine/sync.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Log } from '../ports/log.ts';
import { openAccount } from './open-account.ts';
import { digest, openCatalogForStatus, openLibraryApp } from './open-library-app.ts';
import { realClock } from './real-clock.ts';

export interface CommandContext {
  readonly settings: Settings;
  readonly invocation: Invocation;
  /** The logger with its file in the state folder; to be called once that folder is known to be the right one. */
  readonly openLog: () => Log;
  readonly addSecret: (secret: string) => void;
  readonly terminal: Terminal;
  /** Standard output, for what was asked for. */
  readonly print: (text: string) => void;
  readonly notices: readonly string[];
  readonly signal: AbortSignal;
}

/** Runs one command; answers its exit code (docs/exit-codes.md). Throws Problem for what ended it before there was a report. */
export async function runCommand(context: CommandContext): Promise<number> {
  if (context.invocation.command === 'status') return runStatus(context);
  const appleId = await appleIdOf(context);
  const app = await openLibraryApp(context.settings, appleId, context.invocation.command, context.signal);
  try {
    const log = context.openLog();
    for (const notice of context.notices) log.warn(notice);
    const signal = AbortSignal.any([context.signal, app.lost]);
    const account = await openAccount({
      settings: context.settings,
      appleId,
      log,
      terminal: context.terminal,
      addSecret: context.addSecret,
    });
    await account.signIn(signal);
    if (context.invocation.command === 'token') return printToken(context, account.account.trustToken());
    return await runSync(context, { ...app, ...account }, log, signal);
  } finally {
    await app.close();
  }
}

async function appleIdOf({ settings, terminal, signal }: CommandContext): Promise<string> {
  if (settings.username) return settings.username;
  if (terminal.interactive) {
    const typed = (await terminal.ask('Apple Account (e-mail address): ', signal)).trim().toLowerCase();
    if (typed) return typed;
  }
  throw new Problem('password-missing', 'No Apple Account is named.');
}

function printToken({ print }: CommandContext, token: string | undefined): number {
  print(token ? `Validated trust token:\n${token}` : 'Signed in. This account needs no trust token.');
  return 0;
}

type SyncApp = Awaited<ReturnType<typeof openLibraryApp>> & Awaited<ReturnType<typeof openAccount>>;

const PROGRESS_EVERY_MS = 60_000;

async function runSync({ settings, invocation, print }: CommandContext, app: SyncApp, log: Log, signal: AbortSignal): Promise<number> {
  if (!app.albumStore) log.warn('This volume cannot hold links, so albums are kept in the catalog only. All photos are in _All-Photos.');
  let spokenAtMs = realClock.now();
  const onProgress = (counts: RunCounts) => {
    if (realClock.now() - spokenAtMs < PROGRESS_EVERY_MS) return;
    spokenAtMs = realClock.now();
    log.info(
      `So far: ${plural(counts.listed, 'item')} listed, ${plural(counts.downloaded, 'file')} fetched (${formatBytes(counts.downloadedBytes)}).`,
    );
  };
  const catalog = invocation.dryRun ? app.catalog.scratchCopy() : app.catalog;
  try {
    const parts = {
      ...app,
      catalog,
      log,
      clock: realClock,
      digest,
      policy: settings.checksumPolicy,
      threads: finite(settings.downloadThreads),
      planOnly: invocation.dryRun,
      onProgress,
    };
    const report = await sync(parts, 'sync', signal);
    if (invocation.json) print(JSON.stringify(reportJson(report), null, 2));
    else if (invocation.dryRun) print(renderPlan(catalog));
    for (const line of renderReport(report).split('\n'))
      if (!invocation.dryRun || report.outcome !== 'complete') (report.outcome === 'complete' ? log.info : log.warn)(line);
    return exitCodeOf(report.outcome);
  } finally {
    if (catalog !== app.catalog) catalog.close();
  }
}

const finite = (threads: number | undefined) => (threads !== undefined && Number.isFinite(threads) ? threads : undefined);

const PLAN_LINES = 50;

/** What a sync would fetch, oldest entry first. */
function renderPlan(catalog: Catalog): string {
  const items = catalog.todo(0, PLAN_LINES);
  const { count, bytes } = catalog.todoTotal();
  const lines = items.map(({ path, rendition }) => `  ${path} (${formatBytes(rendition.size)})`);
  const more = count > items.length ? [`  … and ${plural(count - items.length, 'more file', 'more files')}`] : [];
  return [`A sync would fetch ${plural(count, 'file')} (${formatBytes(bytes)}):`, ...lines, ...more].join('\n');
}

async function runStatus({ settings, invocation, print }: CommandContext): Promise<number> {
  const appleId = settings.username ?? knownAppleIds(join(settings.configDir, 'catalog.sqlite'))[0];
  const catalog = appleId === undefined ? undefined : await openCatalogForStatus(settings, appleId);
  if (!catalog) {
    throw new Problem('volume-missing', `There is no backup at ${settings.dataDir} yet. Run \`icloud-photos-sync sync\` first.`);
  }
  try {
    const coverage = catalog.coverage();
    const lastRun = catalog.lastRun();
    print(invocation.json ? JSON.stringify(statusJson(coverage, lastRun), null, 2) : renderStatus(coverage, lastRun));
    if (lastRun?.outcome === 'needs-person') return exitCodeOf('needs-person');
    return exitCodeOf(coverage.complete && coverage.intact ? 'complete' : 'incomplete');
  } finally {
    catalog.close();
  }
}
