import { mostOpenFiles } from '../adapters/disk/open-files.ts';
import { createTransferThreads, type TransferThreads } from '../adapters/disk/transfer-threads.ts';
import { createPace, type Pace } from '../adapters/http/pace.ts';
import type { Settings } from '../config/settings.ts';

/** For requests beside the downloads. */
const SPARE_SOCKETS = 8;
const MOST_AT_ONCE = 512;
const USUAL_AT_ONCE = 32;
/** Open at any time whatever is downloaded: catalog, log, sockets of the service, what child programs need. */
const FILES_FOR_THE_REST = 96;
/** A download holds its socket, its file, and for a moment the folder; a socket of an earlier one may still be kept. */
const FILES_EACH = 4;
/** With less for each of them, many downloads at once only make each other late. */
const LEAST_BYTES_PER_S_EACH = 64_000;

/** Most downloads at once, as far as line, limits of the system and settings allow; undefined = the adaptive usual. */
export function mostDownloads({ downloadThreads, bandwidthLimit }: Settings, openFiles = mostOpenFiles()): number {
  const wished = Math.min(downloadThreads ?? USUAL_AT_ONCE, MOST_AT_ONCE);
  const byFiles = openFiles === undefined ? wished : Math.floor((openFiles - FILES_FOR_THE_REST) / FILES_EACH);
  const byLine = bandwidthLimit === undefined ? wished : Math.floor(bandwidthLimit / LEAST_BYTES_PER_S_EACH);
  return Math.max(1, Math.min(wished, byFiles, byLine));
}

export const socketsFor = (settings: Settings): number => mostDownloads(settings) + SPARE_SOCKETS;

export interface Transfers {
  readonly threads: TransferThreads;
  /** Undefined: no limit. */
  readonly pace: Pace | undefined;
}

export function openTransfers(settings: Settings, incomingDir: string, timeStepMs: number): Transfers {
  const pace = settings.bandwidthLimit === undefined ? undefined : createPace(settings.bandwidthLimit);
  const testServer = settings.icloudTestServer;
  const threads = createTransferThreads({
    root: settings.dataDir,
    incomingDir,
    timeStepMs,
    fsync: true,
    pace,
    testServer,
  });
  return { threads, pace };
}
