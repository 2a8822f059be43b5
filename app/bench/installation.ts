import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, type Ended, runMeasured } from './measured-child.ts';
import type { SimulatedICloud } from './simulated-icloud.ts';

/** One owner's empty library and settings. */
export interface Installation {
  readonly root: string;
  readonly sessionFile: string;
  readonly catalogFile: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): void;
}

export interface InstallationParts {
  readonly dist: string;
  readonly dir: string;
  readonly icloud: SimulatedICloud;
  readonly port: number;
  /** Further settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `sessionFile`: a login of an earlier installation, to begin with. */
export function newInstallation({ dist, dir, icloud, port, env: settings }: InstallationParts, sessionFile?: string): Installation {
  const root = mkdtempSync(join(dir, 'photos-bench-'));
  const state = join(root, 'state');
  const env = {
    ICLOUD_TEST_SERVER: icloud.address,
    APPLE_ID_USER: icloud.appleId,
    APPLE_ID_PWD: icloud.password,
    DATA_DIR: join(root, 'library'),
    CONFIG_DIR: state,
    PORT: String(port),
    MFA_TIMEOUT: '20',
    ...settings,
  };
  const session = join(state, 'session.json');
  if (sessionFile !== undefined) {
    mkdirSync(state, { mode: 0o700 });
    copyFileSync(sessionFile, session);
  }
  const command = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Command => ({
    program: process.execPath,
    args: [join(dist, 'src', 'main.js'), ...args],
    env: { ...env, ...more },
    cwd: root,
  });
  return {
    root,
    sessionFile: session,
    catalogFile: join(state, 'catalog.sqlite'),
    run: (args, more) => runMeasured(command(args, more), icloud),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Signs in once, with the code from the simulated phone brought over HTTP as a person would. */
export async function signIn(installation: Installation, { icloud, port }: InstallationParts): Promise<void> {
  let isOver = false;
  const signingIn = installation.run(['token']).finally(() => {
    isOver = true;
  });
  const bringCode = async () => {
    while (!isOver) {
      const code = await icloud.code();
      const answer = code && (await fetch(`http://localhost:${port}/mfa?code=${code}`, { method: 'POST' }).catch(() => undefined));
      if (answer && answer.status === 200) return;
      await sleep(50);
    }
  };
  const [{ exitCode, stdout, stderr }] = await Promise.all([signingIn, bringCode()]);
  if (exitCode !== 0) throw new Error(`"token" ended with ${exitCode}:\n${stdout}${stderr}`);
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    }),
  );
}
