import { knownLibraries } from '../adapters/disk/known-libraries.ts';
import { formatBytes, plural } from '../domain/format.ts';
import { dropFound, recoverTree } from '../engine/rebuild.ts';
import { foreseeRemovals } from '../engine/removals.ts';
import { ASK_DEVICES } from '../engine/sign-in-parts.ts';
import { type SyncParts, sync } from '../engine/sync.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Home } from '../service/home.ts';
import { withUpkeep } from '../service/upkeep.ts';
import { dailyShare } from './daily-share.ts';
import { filterNote, filtersOf } from './filters.ts';
import { libraryCommands } from './library-commands.ts';
import { openOffsite } from './offsite-home.ts';
import { type AccountContext, openAccount } from './open-account.ts';
import { digest, openLibraryApp } from './open-library-app.ts';
import { openLibraryDoor } from './open-library-door.ts';
import { createReconcilePlan } from './reconcile-plan.ts';
import { createImmichTeller } from './tell-immich.ts';
import { mostDownloads } from './transfers.ts';
import { verifyParts } from './verify-parts.ts';

export interface HomeContext extends AccountContext {
  /** Named in the lock, for whoever is refused. */
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onDefect?: ((error: unknown) => Promise<void>) | undefined;
  /** Opens the library; tests put a failing disk between. */
  readonly openApp?: typeof openLibraryApp;
}

const PLAN_LINES = 50;

/** Opens the library and the account: all a run needs, for one command or for years. */
export async function openHome(context: HomeContext): Promise<Home> {
  const { settings, appleId, clock, log } = context;
  const app = await (context.openApp ?? openLibraryApp)(
    settings,
    appleId,
    context.command,
    clock,
    knownLibraries(context.env),
    context.signal,
  );
  try {
    for (const notice of app.openingNotices) log.warn(notice);
    const extraResources = memo(app.catalog, 'extra-resources');
    const opened = await openAccount({
      ...context,
      settings: { ...settings, trustToken: settings.trustToken ?? app.oldTrustToken },
      extraResources,
      pace: app.pace,
    });
    const parts: Omit<SyncParts, 'signIn' | 'onListed' | 'onPhase' | 'onProgress' | 'onExpected' | 'planOnly' | 'full' | 'onReconciled'> = {
      ...app,
      photos: opened.photos,
      sharedAlbums: opened.sharedAlbums,
      fetchSharedAlbums: settings.sharedAlbums,
      clock,
      log,
      digest,
      layout: settings.layout,
      jpegCopies: settings.jpegCopies,
      filters: () => filtersOf(settings, clock.now()),
      policy: settings.checksumPolicy,
      threads: mostDownloads(settings),
      keepFree: settings.minFreeSpace,
      maxDeletions: settings.maxDeletions,
      allowDeletions: settings.allowDeletions,
      trashDays: settings.trashDays,
      onDefect: (error) => void context.onDefect?.(error),
    };
    const offsite = openOffsite(context, app);
    const reconcile = createReconcilePlan(settings, app.catalog, clock, log);
    const filtersNoted = memo(app.catalog, 'filters');
    const either = (signal: AbortSignal) => AbortSignal.any([signal, app.lost]);
    const quiet = {
      onPhase: () => undefined,
      onProgress: () => undefined,
      onExpected: () => undefined,
      onListed: () => undefined,
      onReconciled: () => undefined,
    };
    const list = (signal: AbortSignal) =>
      sync(
        { ...parts, ...quiet, planOnly: true, full: settings.full, signIn: (ending) => opened.signIn(ASK_DEVICES, ending) },
        context.command,
        either(signal),
      );
    const keepPreviews = (rows: readonly number[], signal: AbortSignal) => pageDoor.keepLarge(rows, signal);
    const commands = libraryCommands({ ...context, app, account: opened, offsite, list, keepPreviews });
    const pageDoor = openLibraryDoor({ settings, clock, log, app, looks: opened.looks, commands: new Set(commands.keys()) });
    const tellImmich = createImmichTeller(settings, log);
    const home = {
      catalog: app.catalog,
      lost: app.lost,
      signIn: (wish, signal) => opened.signIn(wish, either(signal)),
      sync: async (wish, hooks, signal) => {
        const report = await sync(
          {
            ...parts,
            ...hooks,
            planOnly: false,
            full: reconcile.isDue() || filtersNoted.read() !== filterNote(settings),
            onReconciled() {
              reconcile.done();
              filtersNoted.write(filterNote(settings));
            },
            signIn: (ending) => opened.signIn(wish, ending),
          },
          'sync',
          either(signal),
        );
        await tellImmich(report, either(signal));
        return report;
      },
      async plan(wish, signal) {
        await recoverTree({ ...parts, catalog: app.catalog }, either(signal));
        const catalog = app.catalog.scratchCopy();
        try {
          const report = await sync(
            { ...parts, ...quiet, catalog, planOnly: true, full: settings.full, signIn: (ending) => opened.signIn(wish, ending) },
            'plan',
            either(signal),
          );
          dropFound(catalog);
          return { report, ...renderPlan({ ...parts, catalog }) };
        } finally {
          catalog.close();
        }
      },
      door: pageDoor.door,
      commands,
      offsite: offsite.state,
      trustToken: () => opened.account.trustToken(),
      nextCodeMs() {
        const permission = opened.account.mayTry('push', true);
        return permission.may ? undefined : permission.untilMs;
      },
      trustDates: () => opened.account.trustDates(),
      forgetTrust: () => opened.account.forgetTrust(),
      close: () => app.close(),
    } satisfies Omit<Home, 'upkeep'>;
    const readShare = dailyShare(verifyParts({ ...context, app, account: opened }));
    return withUpkeep(home, async (signal) => {
      await pageDoor.fetchMissing(signal);
      await readShare(signal);
    });
  } catch (error) {
    await app.close();
    throw error;
  }
}

const memo = (catalog: Catalog, key: string) => ({
  read: () => catalog.memo(key),
  write: (value: string) => catalog.setMemo(key, value),
});

/** What a sync would fetch, oldest entry first, and what it would take away. */
function renderPlan(parts: { readonly catalog: Catalog; readonly maxDeletions: number | undefined; readonly allowDeletions: boolean }): {
  text: string;
  json: object;
} {
  const { catalog } = parts;
  const { totals, isHeld } = foreseeRemovals(parts);
  const items = catalog.todo(0, PLAN_LINES);
  const { count, bytes } = catalog.todoTotal();
  const lines = items.map(({ path, rendition }) => `  ${path} (${formatBytes(rendition.size)})`);
  const more = count > items.length ? [`  … and ${plural(count - items.length, 'more file', 'more files')}`] : [];
  const gone = `${plural(totals.items, 'item')} gone from iCloud (${plural(totals.files, 'file')}, ${formatBytes(totals.bytes)})`;
  const removed = isHeld ? `It would ask before it removes ${gone}: so many at once are held.` : `It would move ${gone} to _Trash.`;
  const fetched = [`A sync would fetch ${plural(count, 'file')} (${formatBytes(bytes)}):`, ...lines, ...more];
  const text = [...fetched, ...(totals.items > 0 ? [removed] : [])].join('\n');
  return {
    text,
    json: {
      schema: 1,
      files: count,
      bytes,
      first: items.map(({ path, rendition }) => ({ path, kind: rendition.kind, bytes: rendition.size })),
      gone: { ...totals, held: isHeld },
    },
  };
}
