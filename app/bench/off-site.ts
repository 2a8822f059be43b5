import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchEngine, copyOf, typed } from './by-hand.ts';
import { median, short } from './figures.ts';
import { freePort, type Installation, newInstallation, signIn } from './installation.ts';
import { machineBusyS } from './proc.ts';
import { startSimulatedICloud } from './simulated-icloud.ts';

/** What `off-site run` costs beyond the engine's own command typed by hand (docs/benchmarks.md). */
const DIST = resolve(import.meta.dirname, '..', 'dist');
const PASSPHRASE = 'correct horse battery staple';
const ENGINES = ['restic', 'borg'] as const satisfies readonly BenchEngine[];
const TICKS_PER_S = 100;
/** At most so much longer than the command typed by hand, for a first snapshot. */
const LIMIT = 1.05;
const say = (text: string) => process.stderr.write(`${text}\n`);

interface Cost {
  readonly wallS: number;
  /** Of the process and everything it started. */
  readonly cpuS: number;
  /** By how much the repository grew. */
  readonly addedBytes: number;
  readonly otherCores: number;
}

interface Pair {
  readonly ours: Cost;
  readonly byHand: Cost;
}

interface Line extends Pair {
  readonly engine: BenchEngine;
  readonly what: 'first snapshot' | 'again, nothing changed';
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    files: { ...text, default: '5000' },
    'mean-bytes': { ...text, default: '2000000' },
    rounds: { ...text, default: '3' },
    engine: { type: 'string', multiple: true, default: [...ENGINES] },
    dir: { ...text, default: tmpdir() },
    check: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const [files, meanBytes, rounds] = [Number(values.files), Number(values['mean-bytes']), Number(values.rounds)];
  const engines = ENGINES.filter((engine) => values.engine.includes(engine));
  const icloud = await startSimulatedICloud(DIST, { assets: files, meanBytes, mix: 'plain', latencyMs: 0, lineMbit: undefined });
  const parts = { dist: DIST, dir: values.dir, icloud, port: await freePort(), env: { METADATA: 'none' } };
  const owner = newInstallation(parts);
  const lines: Line[] = [];
  try {
    await signIn(owner, parts);
    say(`Making a library of ${files} files …`);
    finished(await owner.run(['sync']), 'sync');
    for (let round = 1; round <= rounds; round++)
      for (const engine of engines) {
        say(`${engine}: round ${round} of ${rounds}`);
        lines.push(...(await measure(engine, owner, round % 2 === 1)));
      }
  } finally {
    owner.remove();
    await icloud.stop();
  }
  const table = engines.flatMap((engine) => [row(lines, engine, 'first snapshot'), row(lines, engine, 'again, nothing changed')]);
  process.stdout.write(
    [
      `${files} files of ${meanBytes} bytes on average, ${rounds} rounds, medians`,
      '',
      '| engine | snapshot | ours s | by hand s | of by hand | ours CPU s | by hand CPU s | ours added | by hand added | other cores |',
      '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |',
      ...table.map(({ line }) => line),
      '',
    ].join('\n'),
  );
  const missed = table.filter(({ what, ratio }) => what === 'first snapshot' && ratio > LIMIT);
  if (values.check && missed.length > 0) say(`MISSED: at most ${LIMIT} of the command typed by hand.`);
  return values.check && missed.length > 0 ? 1 : 0;
}

/**
 * One repository each, made alike. Who is first takes turns, because the second one finds the library in memory; ours begins, so
 * that the copy of the state lies there for both.
 */
async function measure(engine: BenchEngine, owner: Installation, oursFirst: boolean): Promise<Line[]> {
  const folder = mkdtempSync(join(values.dir, 'photos-bench-'));
  const repository = join(folder, 'ours');
  const settings = { OFFSITE_ENGINE: engine, OFFSITE_REPOSITORY: repository, OFFSITE_PASSPHRASE: PASSPHRASE };
  try {
    finished(await owner.run(['off-site', 'init'], settings), 'off-site init');
    const hand = copyOf(repository, folder);
    const library = join(owner.root, 'library');
    const ours = () =>
      measured(repository, async () => {
        const { exitCode, stdout, stderr } = await owner.run(['off-site', 'run'], settings);
        if (exitCode !== 0) throw new Error(`off-site run ended with ${exitCode}:\n${stdout}${stderr}`);
      });
    const byHand = () => measured(hand.repository, () => run(typed(engine, library, hand.repository, PASSPHRASE, hand.home), library));
    const pair = async (): Promise<Pair> => {
      if (oursFirst) return { ours: await ours(), byHand: await byHand() };
      const first = await byHand();
      return { ours: await ours(), byHand: first };
    };
    return [
      { engine, what: 'first snapshot', ...(await pair()) },
      { engine, what: 'again, nothing changed', ...(await pair()) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(repository: string, work: () => Promise<void>): Promise<Cost> {
  // What the one before left to be written is not this one's burden.
  execFileSync('sync');
  const [bytesBefore, busyBefore, cpuBefore, startedMs] = [bytesIn(repository), machineBusyS(), childrenCpuS(), performance.now()];
  await work();
  const wallS = (performance.now() - startedMs) / 1000;
  const cpuS = childrenCpuS() - cpuBefore;
  const otherCores = Math.max(0, (machineBusyS() - busyBefore - cpuS) / wallS);
  return { wallS, cpuS, addedBytes: bytesIn(repository) - bytesBefore, otherCores };
}

function run({ program, args, env }: ReturnType<typeof typed>, cwd: string): Promise<void> {
  const child = spawn(program, [...args], { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`${program} ended with ${code}`))));
  });
}

/** User and system time of all children that have ended, and of theirs. */
function childrenCpuS(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_S;
}

function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function finished({ exitCode, stdout, stderr }: { exitCode: number | null; stdout: string; stderr: string }, what: string): void {
  // A sync whose off-site copy is not set up yet is complete, too.
  if (exitCode !== 0) throw new Error(`"${what}" ended with ${exitCode}:\n${stdout}${stderr}`);
}

function row(lines: readonly Line[], engine: BenchEngine, what: Line['what']): { line: string; what: Line['what']; ratio: number } {
  const mine = lines.filter((one) => one.engine === engine && one.what === what);
  const of = (pick: (line: Line) => number) => median(mine.map(pick));
  const ratio = of(({ ours, byHand }) => ours.wallS / byHand.wallS);
  const cells = [
    engine,
    what,
    short(of(({ ours }) => ours.wallS)),
    short(of(({ byHand }) => byHand.wallS)),
    ratio.toFixed(3),
    short(of(({ ours }) => ours.cpuS)),
    short(of(({ byHand }) => byHand.cpuS)),
    of(({ ours }) => ours.addedBytes).toLocaleString('en'),
    of(({ byHand }) => byHand.addedBytes).toLocaleString('en'),
    short(Math.max(...mine.flatMap(({ ours, byHand }) => [ours.otherCores, byHand.otherCores]))),
  ];
  return { line: `| ${cells.join(' | ')} |`, what, ratio };
}
