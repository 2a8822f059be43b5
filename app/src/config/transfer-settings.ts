import { byteRate, metadataRate, positiveOrInfinity, space, wholeNumberOrInfinity } from './kinds.ts';
import { setting } from './setting.ts';

const group = 'transfer';

export const transferSettings = {
  downloadThreads: setting(wholeNumberOrInfinity(1).optional(), {
    env: 'DOWNLOAD_THREADS',
    flag: '--download-threads',
    short: '-t',
    placeholder: 'number',
    expects: 'a whole number, 1 or more, or Infinity',
    help: 'Most downloads at the same time. Unset: found out while downloading.',
    group,
    defaultText: 'adaptive, 4 to 32',
  }),
  downloadTimeout: setting(positiveOrInfinity().default(2), {
    env: 'DOWNLOAD_TIMEOUT',
    flag: '--download-timeout',
    placeholder: 'minutes',
    expects: 'a number of minutes above 0, or Infinity',
    help: 'A download is given up after this many minutes without a single byte. A slow download is never cut off.',
    group,
  }),
  bandwidthLimit: setting(byteRate().optional(), {
    env: 'BANDWIDTH_LIMIT',
    flag: '--bandwidth-limit',
    placeholder: 'rate',
    expects: 'bytes per second such as 10M, 2.5MB/s or 500k (1k at least), or bits such as 50Mbit/s',
    help: 'Most bytes per second for all downloads together. `10M` is 10 megabytes.',
    group,
    defaultText: 'no limit',
  }),
  minFreeSpace: setting(space().optional(), {
    env: 'MIN_FREE_SPACE',
    flag: '--min-free-space',
    placeholder: 'amount',
    expects: 'an amount such as 5G or 500MB, or a share of the volume such as 2%',
    help: 'Downloads stop before less than this is free on the volume of the library. 0 uses it to the end.',
    group,
    defaultText: '1 GB or 1 %, whichever is more, and never more than a tenth of the volume',
  }),
  maxRetries: setting(wholeNumberOrInfinity(0).default(10), {
    env: 'MAX_RETRIES',
    flag: '--max-retries',
    short: '-r',
    placeholder: 'number',
    expects: 'a whole number, 0 or more, or Infinity',
    help: 'How often a request that iCloud did not answer well is tried again. The next run carries on with the rest.',
    group,
  }),
  metadataRate: setting(metadataRate().default({ requests: Number.POSITIVE_INFINITY, perMs: 0 }), {
    env: 'METADATA_RATE',
    flag: '--metadata-rate',
    placeholder: 'n/ms',
    expects: 'a number of requests, a slash and milliseconds, such as 1/20 (or Infinity/0)',
    help: 'At most n metadata requests in so many milliseconds. Never more than four at the same time.',
    group,
    defaultText: '`Infinity/0`',
  }),
};
