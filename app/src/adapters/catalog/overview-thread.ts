import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { OverviewAnswer, OverviewQuestion, OverviewThreadSettings } from './overview.ts';
import { overviewQueries } from './overview-queries.ts';

/** Answers long questions about a catalog over a connection of its own that can only read. */
const settings = workerData as OverviewThreadSettings;
const database = new DatabaseSync(settings.file, { readOnly: true });
database.exec('PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
const queries = overviewQueries(database, settings);

function answer({ id, name, args }: OverviewQuestion): OverviewAnswer {
  try {
    // One moment for all statements of a question, whatever is written meanwhile.
    database.exec('BEGIN');
    const ask: (...given: number[]) => unknown = queries[name];
    return { id, value: ask(...args) };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    if (database.isTransaction) database.exec('COMMIT');
  }
}

parentPort?.on('message', (question: OverviewQuestion) => parentPort?.postMessage(answer(question)));
