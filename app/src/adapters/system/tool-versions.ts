import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Programs that off-site copies need, and how each tells its version. */
const TOOLS = [
  { name: 'restic', args: ['version'] },
  { name: 'borg', args: ['--version'] },
  { name: 'rclone', args: ['version'] },
] as const;

const PATIENCE_MS = 10_000;

/** The number only: what else these programs print about a machine is nobody's business. */
export async function toolVersions(
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  return Promise.all(TOOLS.map(async ({ name, args }) => ({ name, value: await versionOf(name, args, env) })));
}

async function versionOf(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(name, [...args], { timeout: PATIENCE_MS, env: { PATH: env.PATH, HOME: '/nonexistent' } });
    return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'version not told';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'not installed' : 'does not run';
  }
}
