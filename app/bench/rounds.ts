import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listOffered, type OfferedFiles } from './addresses.ts';
import { fetchWithCurl } from './download-limit.ts';
import { freePort, type Installation, type InstallationParts, newInstallation, signIn } from './installation.ts';
import { type Ended, runMeasured, type Usage } from './measured-child.ts';
import { type Combination, type Options, SCENARIOS, type Scenario } from './options.ts';
import { difference, type RequestCounts, type SimulatedICloud, startSimulatedICloud } from './simulated-icloud.ts';

/** One scenario, once. */
export interface Measurement extends Usage {
  /** Files fetched or written; 0 when nothing had changed. */
  readonly files: number;
  readonly requests: RequestCounts;
}

/** What one after the other was measured under the same conditions; ratios are only made within one round. */
export type Round = Partial<Readonly<Record<Scenario, Measurement>>>;

const FILLER = fileURLToPath(new URL('./fill-catalog.ts', import.meta.url));
/** They need a library that is complete. */
const AFTER_FIRST: ReadonlySet<Scenario> = new Set(['again', 'hundred', 'reconcile', 'filled']);
const WRITER = fileURLToPath(new URL('./write-files.ts', import.meta.url));

/** Measures one combination: the simulator runs and the account is signed in before the first clock starts. What is `spent` is to be removed. */
export async function measureCombination(
  options: Options,
  combination: Combination,
  spent: Installation[],
  onRound: (round: number) => void,
): Promise<Round[]> {
  const icloud = await startSimulatedICloud(options.dist, combination);
  const parts: InstallationParts = {
    dist: options.dist,
    dir: options.dir,
    icloud,
    port: await freePort(),
    env: { METADATA: options.metadata },
  };
  const owner = newInstallation(parts);
  spent.push(owner);
  try {
    await signIn(owner, parts);
    const offered = await listOffered(icloud, owner.sessionFile);
    const rounds: Round[] = [];
    for (let number = 1; number <= options.rounds; number++) {
      onRound(number);
      const fresh = newInstallation(parts, owner.sessionFile);
      try {
        spent.push(fresh);
        rounds.push(await measureRound(options, icloud, fresh, offered, number));
      } catch (error) {
        throw new Error(`Round ${number} failed in ${fresh.root}.`, { cause: error });
      }
    }
    return rounds;
  } finally {
    await icloud.stop();
  }
}

async function measureRound(
  { scenarios: wanted, filledAssets }: Options,
  icloud: SimulatedICloud,
  installation: Installation,
  offered: OfferedFiles,
  number: number,
): Promise<Round> {
  const counted = async (work: () => Promise<{ readonly usage: Usage; readonly files: number }>): Promise<Measurement> => {
    const before = await icloud.requests();
    const { usage, files } = await work();
    return { ...usage, files, requests: difference(before, await icloud.requests()) };
  };
  const sync = (...more: string[]) => counted(async () => syncOnce(await installation.run(['sync', '--json', ...more])));
  const measures: Readonly<Record<Scenario, () => Promise<Measurement>>> = {
    start: () => counted(async () => ({ usage: (await installation.run(['--version'])).usage, files: 0 })),
    first: () => sync(),
    again: () => sync(),
    hundred: async () => {
      await icloud.change(number);
      return sync();
    },
    reconcile: () => sync('--full'),
    filled: async () => {
      await fillCatalog(installation, icloud, filledAssets);
      return sync();
    },
    limit: () =>
      counted(async () => ({ usage: (await fetchWithCurl(icloud, offered, installation.root)).usage, files: offered.files.length })),
    'write-limit': () => counted(() => writeOnce(icloud, offered, installation.root)),
  };
  const round: { [Name in Scenario]?: Measurement } = {};
  const needed = new Set<Scenario>(wanted.some((name) => AFTER_FIRST.has(name)) ? ['first', ...wanted] : wanted);
  for (const scenario of SCENARIOS) if (needed.has(scenario)) round[scenario] = await measures[scenario]();
  return round;
}

async function fillCatalog({ catalogFile, root }: Installation, icloud: SimulatedICloud, assets: number): Promise<void> {
  const { exitCode, stderr } = await runMeasured(
    { program: process.execPath, args: [FILLER, catalogFile, `${assets}`], cwd: root },
    icloud,
  );
  if (exitCode !== 0) throw new Error(`The catalog could not be filled (${exitCode}):\n${stderr}`);
}

/** With the mix of everything some items can never be fetched, which is an outcome of its own and no failure here. */
const DONE = new Set(['complete', 'incomplete']);

function syncOnce({ usage, exitCode, stdout, stderr }: Ended): { readonly usage: Usage; readonly files: number } {
  const report = readReport(stdout);
  if (report === undefined || !DONE.has(report.outcome)) throw new Error(`"sync" ended with ${exitCode}:\n${stdout}${stderr}`);
  return { usage, files: report.counts.downloaded + report.counts.reused };
}

function readReport(json: string): { readonly outcome: string; readonly counts: { downloaded: number; reused: number } } | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Without the start of Node: it is the disk that is asked. */
async function writeOnce(icloud: SimulatedICloud, { files }: OfferedFiles, root: string) {
  const input = JSON.stringify(files.map(({ size }) => size));
  const args = [WRITER, join(root, 'written')];
  const { usage, exitCode, stdout, stderr } = await runMeasured({ program: process.execPath, args, cwd: root, input }, icloud);
  if (exitCode !== 0) throw new Error(`Writing files ended with ${exitCode}:\n${stderr}`);
  return { usage: { ...usage, wallS: Number(stdout) }, files: files.length };
}
