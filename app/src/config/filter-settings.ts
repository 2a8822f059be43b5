import { albumNames, since } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'filters';

export const filterSettings = {
  albums: setting(albumNames().default([]), {
    env: 'ALBUMS',
    flag: '--albums',
    placeholder: 'names',
    expects: 'names of albums or folders, separated by commas',
    help: 'Fetch only what is in these albums: `Familie, Reisen/Nordsee 2024`. A folder stands for all albums in it. Empty = everything.',
    group,
    defaultText: 'everything',
  }),
  since: setting(since().optional(), {
    env: 'SINCE',
    flag: '--since',
    placeholder: 'date',
    expects: 'a date such as 2020-01-31, or a time back from now such as 90d, 12m or 5y',
    help: 'Fetch only what was taken since then.',
    group,
  }),
  skipVideos: toggle({ env: 'SKIP_VIDEOS', flag: '--skip-videos', help: 'Do not fetch films. Live photos keep theirs.', group }),
  skipPhotos: toggle({ env: 'SKIP_PHOTOS', flag: '--skip-photos', help: 'Do not fetch photos, only films.', group }),
  skipLivePhotos: toggle({
    env: 'SKIP_LIVE_PHOTOS',
    flag: '--skip-live-photos',
    help: 'Do not fetch the film half of live photos. The photo is fetched.',
    group,
  }),
  hidden: toggle({ env: 'HIDDEN', help: 'Fetch hidden items, into `_Hidden`.', group }, true),
  sharedAlbums: toggle({
    env: 'SHARED_ALBUMS',
    flag: '--shared-albums',
    help: 'Fetch albums shared with others, of the older kind, into `_Shared-Albums`. They hold copies that are smaller than the originals.',
    group,
  }),
  sharedLibrary: toggle({ env: 'SHARED_LIBRARY', help: 'Fetch the iCloud Shared Photo Library, into `_Shared-Photos`.', group }, true),
};
