import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import type { Installation } from './installation.ts';
import { checkLimits } from './limits.ts';
import { combinationsOf, HELP, type Options, readOptions, UsageError } from './options.ts';
import { measureCombination } from './rounds.ts';
import { growthOf, type Summary, summarise } from './summary.ts';
import { renderTable } from './table.ts';

/** Measures the built program against the simulated iCloud, next to what curl and the disk can do (docs/benchmarks.md). */
const DIST = resolve(import.meta.dirname, '..', 'dist');
const print = (text: string) => process.stdout.write(`${text}\n`);
/** Progress; the table alone goes to standard output. */
const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, DIST);
  if (options === undefined) {
    print(HELP);
    return 0;
  }
  for (const program of ['src', 'simulator'].map((part) => join(options.dist, part, 'main.js')))
    if (!existsSync(program)) throw new UsageError(`There is no ${program}: run "npm run build" first.`);
  const machine = {
    date: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
  };
  print(
    `${machine.date.slice(0, 10)}, ${machine.cores} cores (${machine.processor}), ${Math.round(machine.memoryMb / 1024)} GB, Linux ${machine.kernel}, Node ${machine.node}, ${options.rounds} rounds, files of ${options.meanBytes} bytes\n`,
  );
  const { summaries, raw } = await measureAll(options);
  const growth = growthOf(summaries);
  print(renderTable(summaries, growth));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine, summaries, growth, raw }, null, 2)}\n`);
  if (!options.check) return 0;
  const verdicts = checkLimits(summaries, growth);
  print('');
  for (const { passed, text } of verdicts) print(`- ${passed ? 'ok' : 'MISSED'}: ${text}`);
  if (verdicts.length === 0) print('- no limit is stated for what was measured');
  return verdicts.length > 0 && verdicts.every(({ passed }) => passed) ? 0 : 1;
}

async function measureAll(options: Options) {
  const summaries: Summary[] = [];
  const raw: object[] = [];
  // Removed at the very end: for half a minute ext4 avoids the numbers of files that have just gone, which makes new files slow.
  const spent: Installation[] = [];
  try {
    for (const combination of combinationsOf(options)) {
      const { mix, assets, latencyMs } = combination;
      const rounds = await measureCombination(options, combination, spent, (number) =>
        say(`${mix}, ${assets} items, ${latencyMs} ms: round ${number} of ${options.rounds}`),
      );
      raw.push({ combination, rounds });
      summaries.push(...options.scenarios.flatMap((scenario) => summarise(combination, rounds, scenario) ?? []));
    }
  } finally {
    for (const one of spent) one.remove();
  }
  return { summaries, raw };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  say(isUsage ? `${error.message}\n\n${HELP}` : inspect(error));
  process.exitCode = isUsage ? 3 : 1;
}
