import { metadataRate, positiveOrInfinity, wholeNumberOrInfinity } from './kinds.ts';
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
