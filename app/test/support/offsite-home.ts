import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CliResult, type Home, type HomeOptions, newHome } from './cli.ts';
import { newFolder } from './offsite.ts';
import { quickenKey } from './restic-key.ts';

const PASSPHRASE = 'correct horse battery staple';

export interface HomeWithCopy extends Home {
  readonly root: string;
  /** Folder of the first target's repository. */
  readonly repository: string;
  /** `off-site init`, and a key that opens quickly from then on. */
  initCopy(): Promise<void>;
  /** What a fire leaves: the repository and the settings. */
  burnDown(): void;
}

/** An installation with an off-site copy in a folder of this machine. */
export async function newHomeWithCopy(
  env: Record<string, string> = {},
  library: HomeOptions['library'] = { assets: 40, seed: 11, meanBytes: 3000 },
): Promise<HomeWithCopy> {
  const home = await newHome({ library });
  const root = dirname(home.library);
  const repository = join(newFolder(), 'repository');
  const passphrase = join(newFolder(), 'passphrase');
  writeFileSync(passphrase, `${PASSPHRASE}\n`, { mode: 0o600 });
  Object.assign(home.env, { OFFSITE_REPOSITORY: repository, OFFSITE_PASSPHRASE_FILE: passphrase, ...env });
  const initCopy = async () => {
    good(await home.run(['off-site', 'init']));
    if (home.env.OFFSITE_ENGINE === undefined) quickenKey(repository, PASSPHRASE);
  };
  const burnDown = () => {
    for (const name of ['library', 'state', 'config']) rmSync(join(root, name), { recursive: true, force: true });
  };
  return Object.assign(home, { root, repository, initCopy, burnDown });
}

/** The command ended with 0; otherwise the test fails with what it said. */
export function good(result: CliResult): CliResult {
  if (result.exitCode !== 0) throw new Error(`Exit code ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
  return result;
}
