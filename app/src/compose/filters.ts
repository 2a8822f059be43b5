import type { Settings } from '../config/settings.ts';
import type { Filters } from '../domain/filters.ts';

/** The owner's settings as the engine takes them. A time back from now is counted from the run's start. */
export function filtersOf(settings: Settings, nowMs: number): Filters {
  const { since } = settings;
  return {
    photos: !settings.skipPhotos,
    videos: !settings.skipVideos,
    liveVideos: !settings.skipLivePhotos,
    hidden: settings.hidden,
    sharedLibrary: settings.sharedLibrary,
    sinceMs: since === undefined ? undefined : 'day' in since ? Date.parse(`${since.day}T00:00:00Z`) : nowMs - since.daysBack * 86_400_000,
    albums: settings.albums,
  };
}

/** Changes whenever an item could be wanted that was not before: then everything is listed once more. */
export function filterNote({ albums, since, skipPhotos, skipVideos, skipLivePhotos, hidden, sharedLibrary }: Settings): string {
  return JSON.stringify({ albums, since, skipPhotos, skipVideos, skipLivePhotos, hidden, sharedLibrary });
}
