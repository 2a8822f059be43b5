import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { newHome, printed } from '../support/cli.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

/** How many requests of a kind the simulated iCloud has seen when the power goes: from the first listing to the last link. */
const MOMENTS: readonly (readonly [string, number])[] = [
  ['changes-database', 1],
  ['query', 2],
  ['query', 5],
  ['download', 1],
  ['download', 7],
  ['download', 20],
  ['download', 45],
  ['download', 80],
  ['download', 120],
  ['download', 150],
];

/** What SQLite finds wrong with the catalog: pages, indexes, references. */
function catalogFaults(library: string): unknown[] {
  const file = join(library, '.photos-sync', 'catalog.sqlite');
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file);
  try {
    const found = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
    return [...found.filter((row) => row.integrity_check !== 'ok'), ...database.prepare('PRAGMA foreign_key_check').all()];
  } finally {
    database.close();
  }
}

describe('kill -9', () => {
  it('at any moment leaves only true files under real names, and the next run completes the library', async () => {
    const home = await newHome({ library: { assets: 100, seed: 11, meanBytes: 30_000 } });
    const expected = expectedContents(home.simulator.library);
    await home.run(['token']);
    for (const [kind, count] of MOMENTS) {
      home.simulator.requests.reset();
      const cli = home.start(['sync']);
      home.simulator.faults.clear();
      home.simulator.faults.add({
        on: kind,
        skip: count - 1,
        times: 1,
        match: () => {
          if (home.simulator.requests.count(kind) >= count) cli.child.kill('SIGKILL');
          return false;
        },
        effect: 'reset',
      });
      await cli.done;
      for (const [path, hash] of hashTree(home.library)) expect(expected.has(hash), path).toBe(true);
      expect(catalogFaults(home.library)).toEqual([]);
    }
    home.simulator.faults.clear();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expected);
    expect(home.simulator.account.pushes).toBe(1);
    home.simulator.requests.reset();
    expect((await home.run(['sync'])).stdout).toContain('0 new');
    expect(home.simulator.requests.count('download')).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a run with 2 within seconds; the next one continues the half-fetched film',
    async (signal) => {
      const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
      const bytes = Buffer.alloc(6_000_000, 'film');
      home.simulator.library.addAsset({
        filename: 'film.mov',
        uti: 'com.apple.quicktime-movie',
        captureMs: Date.UTC(2024, 5, 1),
        timeZoneOffsetS: 0,
        bytes,
      });
      const stop = home.simulator.faults.add({ on: 'download', times: Number.POSITIVE_INFINITY, effect: { resetAfterBytes: 4_000_000 } });
      const cli = home.start(['sync'], { LOG_TO_CLI: 'true', LOG_LEVEL: 'debug' });
      await printed(cli, 'listed');
      cli.child.kill(signal);
      const ended = Date.now();
      const { exitCode, stderr, stdout } = await cli.done;
      expect(Date.now() - ended).toBeLessThan(10_000);
      expect(exitCode, stdout + stderr).toBe(2);
      stop();
      home.simulator.requests.reset();
      expect((await home.run(['sync'])).exitCode).toBe(0);
      expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    },
  );
});
