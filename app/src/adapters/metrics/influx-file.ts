import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage } from '../../domain/coverage.ts';
import type { Phase } from '../../domain/service-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RunEvents } from '../../ports/run-events.ts';
import {
  endStatuses,
  type Fields,
  lineOf,
  type OldStatus,
  type Outlook,
  outlookFields,
  reportFields,
  statusFields,
} from './influx-lines.ts';

export interface InfluxFile {
  readonly events: RunEvents;
  /** The library has been opened: only then may anything be written below it. */
  open(): void;
  close(): void;
}

export interface InfluxFileOptions {
  /** DATA_DIR: the older tool kept its file there, and collectors look for it there. */
  readonly dataDir: string;
  /** What is known of the days to come; nothing where no service plans them. */
  readonly outlook: () => Outlook;
  readonly coverage: () => Coverage | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const NAME = '.icloud-photos-sync.metrics';
/** Years of nights; a collector that follows the file copes with its being emptied. */
const MOST_BYTES = 10_000_000;

/**
 * What runs do, line by line, in a file that Telegraf follows (`EXPORT_METRICS`). It is kept open as long as the library is:
 * by name it could be written to an empty mount point. A disk that does not take a line costs that line only.
 */
export function createInfluxFile({ dataDir, outlook, coverage, clock, log }: InfluxFileOptions): InfluxFile {
  let file: number | undefined;
  let isFirst = true;
  let bytes = 0;
  const words = createStatusWords();

  function write(fields: Fields): void {
    if (file === undefined || Object.keys(fields).length === 0) return;
    const line = lineOf(fields, clock.now());
    try {
      if (bytes + line.length > MOST_BYTES) {
        ftruncateSync(file, 0);
        bytes = 0;
      }
      bytes += writeSync(file, line);
    } catch (error) {
      log.debug('A line of metrics could not be written.', { reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const say = (status: OldStatus) => write(statusFields(status, clock.now()));

  return {
    open() {
      try {
        // Emptied at each start, as the older tool did; not when a volume comes back.
        file = openSync(join(dataDir, NAME), isFirst ? 'w' : 'a', 0o640);
        isFirst = false;
        bytes = 0;
        write(outlookFields(outlook()));
        if (outlook().nextRunMs !== undefined) say('SCHEDULED');
      } catch (error) {
        log.warn('The metrics file cannot be written. Syncing goes on.', {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
    events: {
      entered(phase) {
        for (const status of words(phase)) say(status);
      },
      ended(report, trigger) {
        write(reportFields(report, coverage()?.storedFiles));
        for (const status of endStatuses(report.outcome, trigger)) say(status);
        write(outlookFields(outlook()));
      },
    },
  };
}

/** Phases in the words of the older tool, which depend on what was asked for before. */
function createStatusWords(): (phase: Phase) => readonly OldStatus[] {
  let asked: 'code' | 'approval' | undefined;
  let before: Phase | undefined;
  const unanswered = (): readonly OldStatus[] => (asked === 'code' ? ['MFA_NOT_PROVIDED'] : asked === 'approval' ? ['PCS_NOT_READY'] : []);
  const wordsFor = (phase: Phase): readonly OldStatus[] => {
    switch (phase) {
      case 'signing-in':
        return asked === undefined ? ['AUTHENTICATION_STARTED'] : [];
      case 'waiting-for-code':
        return before === 'signing-in' && asked === undefined ? ['MFA_REQUIRED'] : unanswered();
      case 'waiting-for-approval':
        return ['PCS_REQUIRED'];
      case 'syncing':
        if (before === 'waiting-for-approval') return ['ACCOUNT_READY'];
        return [...(asked === 'code' ? (['MFA_RECEIVED'] as const) : []), 'ACCOUNT_READY', 'SYNC_START', 'FETCH_N_LOAD_STARTED'];
      case 'idle':
        return unanswered();
      default:
        return [];
    }
  };
  return (phase) => {
    if (phase === before) return [];
    const words = wordsFor(phase);
    if (words.includes('MFA_REQUIRED')) asked = 'code';
    else if (phase === 'waiting-for-approval') asked = 'approval';
    else if (phase !== 'signing-in') asked = undefined;
    before = phase;
    return words;
  };
}
