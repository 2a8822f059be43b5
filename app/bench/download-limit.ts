import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OfferedFiles } from './addresses.ts';
import { type Ended, runMeasured } from './measured-child.ts';
import type { SimulatedICloud } from './simulated-icloud.ts';

/** As many transfers at once as curl's own default. */
const AT_ONCE = 50;

/** The same addresses fetched by curl and thrown away: nobody gets the bytes out of this server much faster. */
export async function fetchWithCurl(icloud: SimulatedICloud, { files, cookies }: OfferedFiles, root: string): Promise<Ended> {
  const config = join(root, 'curl.conf');
  const host = new URL(files[0]?.url ?? '').host;
  const lines = files.flatMap(({ url }) => [`url = ${quoted(toSimulator(url, icloud.address))}`, 'output = "/dev/null"']);
  writeFileSync(config, [`header = ${quoted(`Host: ${host}`)}`, `header = ${quoted(`Cookie: ${cookies}`)}`, ...lines, ''].join('\n'), {
    mode: 0o600,
  });
  const quiet = ['--disable', '--globoff', '--silent', '--show-error', '--no-progress-meter', '--noproxy', '*'];
  const args = [
    ...quiet,
    '--parallel',
    '--parallel-max',
    `${AT_ONCE}`,
    '--write-out',
    '%{http_code} %{size_download}\\n',
    '--config',
    config,
  ];
  const ended = await runMeasured({ program: 'curl', args, cwd: root }, icloud);
  checkArrived(
    ended,
    files.length,
    files.reduce((sum, { size }) => sum + size, 0),
  );
  return ended;
}

/** As curl reads its config file; cookies hold quotes of their own. */
const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function toSimulator(url: string, address: string): string {
  // The path ends in a placeholder for the name that a browser should give the file.
  const { pathname, search } = new URL(url);
  return `${address}${pathname}${search}`;
}

/** A limit that fetched error pages would be a fast one. */
function checkArrived({ exitCode, stdout, stderr }: Ended, count: number, bytes: number): void {
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const good = answers.filter(([status]) => status === '200');
  const arrived = good.reduce((sum, [, size]) => sum + Number(size), 0);
  if (exitCode !== 0 || good.length !== count || arrived !== bytes)
    throw new Error(`curl ended with ${exitCode}, ${good.length} of ${count} files, ${arrived} of ${bytes} bytes. ${stderr.slice(0, 500)}`);
}
