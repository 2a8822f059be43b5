import { knownLibraries } from '../adapters/disk/known-libraries.ts';
import { formatBytes, plural } from '../domain/format.ts';
import { type SyncParts, sync } from '../engine/sync.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Home } from '../service/home.ts';
import { libraryCommands } from './library-commands.ts';
import { type AccountContext, openAccount } from './open-account.ts';
import { digest, openLibraryApp } from './open-library-app.ts';

export interface HomeContext extends AccountContext {
  /** Named in the lock, for whoever is refused. */
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const PLAN_LINES = 50;

/** Opens the library and the account: all a run needs, for one command or for years. */
export async function openHome(context: HomeContext): Promise<Home> {
  const { settings, appleId, clock, log } = context;
  const app = await openLibraryApp(settings, appleId, context.command, clock, knownLibraries(context.env), context.signal);
  try {
    const opened = await openAccount(context);
    if (!app.albumStore) log.warn('This volume cannot hold links, so albums are kept in the catalog only. All photos are in _All-Photos.');
    const parts: Omit<SyncParts, 'signIn' | 'onListed' | 'onPhase' | 'onProgress' | 'onExpected' | 'planOnly'> = {
      ...app,
      photos: opened.photos,
      clock,
      log,
      digest,
      policy: settings.checksumPolicy,
      threads: finite(settings.downloadThreads),
    };
    const either = (signal: AbortSignal) => AbortSignal.any([signal, app.lost]);
    return {
      catalog: app.catalog,
      lost: app.lost,
      signIn: (wish, signal) => opened.signIn(wish, either(signal)),
      sync: (wish, hooks, signal) =>
        sync({ ...parts, ...hooks, planOnly: false, signIn: (ending) => opened.signIn(wish, ending) }, 'sync', either(signal)),
      async plan(wish, signal) {
        const catalog = app.catalog.scratchCopy();
        try {
          const quiet = { onPhase: () => undefined, onProgress: () => undefined, onExpected: () => undefined, onListed: () => undefined };
          const report = await sync(
            { ...parts, ...quiet, catalog, planOnly: true, signIn: (ending) => opened.signIn(wish, ending) },
            'plan',
            either(signal),
          );
          return { report, ...renderPlan(catalog) };
        } finally {
          catalog.close();
        }
      },
      commands: libraryCommands({ ...context, app, account: opened }),
      trustToken: () => opened.account.trustToken(),
      trustDates: () => opened.account.trustDates(),
      forgetTrust: () => opened.account.forgetTrust(),
      close: () => app.close(),
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

const finite = (threads: number | undefined) => (threads !== undefined && Number.isFinite(threads) ? threads : undefined);

/** What a sync would fetch, oldest entry first. */
function renderPlan(catalog: Catalog): { text: string; json: object } {
  const items = catalog.todo(0, PLAN_LINES);
  const { count, bytes } = catalog.todoTotal();
  const lines = items.map(({ path, rendition }) => `  ${path} (${formatBytes(rendition.size)})`);
  const more = count > items.length ? [`  … and ${plural(count - items.length, 'more file', 'more files')}`] : [];
  const text = [`A sync would fetch ${plural(count, 'file')} (${formatBytes(bytes)}):`, ...lines, ...more].join('\n');
  return {
    text,
    json: {
      schema: 1,
      files: count,
      bytes,
      first: items.map(({ path, rendition }) => ({ path, kind: rendition.kind, bytes: rendition.size })),
    },
  };
}
