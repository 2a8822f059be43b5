import { join } from 'node:path';
import { createMediaStore } from '../adapters/disk/media-store.ts';
import { createPreviewCache } from '../adapters/disk/preview-cache.ts';
import type { Settings } from '../config/settings.ts';
import { createThumbnails } from '../engine/thumbnails.ts';
import type { Clock } from '../ports/clock.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { LibraryApp } from './open-library-app.ts';

export interface DoorContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly app: LibraryApp;
  readonly looks: PhotosService;
  readonly commands: ReadonlySet<string>;
}

const MEGABYTE = 1_000_000;

/** What the page looks at: catalog, files and small pictures. `fetchMissing` fetches the small pictures that are not there yet, `keepLarge` the larger ones of some items; neither fails. */
export function openLibraryDoor({ settings, clock, log, app, looks, commands }: DoorContext) {
  const { browse, overview } = app.catalog;
  const none = { read: async () => undefined, kept: async () => undefined };
  const cache = createPreviewCache({
    folder: join(settings.configDir, 'thumbnails'),
    limitBytes: settings.thumbnailCache * MEGABYTE,
  });
  const thumbnails = createThumbnails({
    browse,
    cache,
    photos: looks,
    log,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    nowMs: () => clock.now(),
  });
  const door: LibraryDoor = {
    browse,
    overview,
    media: createMediaStore({ root: settings.dataDir }),
    previews: settings.thumbnails ? thumbnails : none,
    commands,
  };
  return {
    door,
    async keepLarge(rows: readonly number[], signal: AbortSignal): Promise<void> {
      if (settings.thumbnails) await Promise.all(rows.map((row) => thumbnails.read(row, 'large', signal).catch(() => undefined)));
    },
    async fetchMissing(signal: AbortSignal): Promise<void> {
      const count = settings.thumbnails ? await thumbnails.warm(signal) : 0;
      if (count > 0) log.debug('Small pictures for the page have been fetched.', { count });
    },
  };
}
