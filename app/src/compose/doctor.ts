import { chmod, readdir, unlink, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { examineCatalog } from '../adapters/catalog/checkup.ts';
import { examineLibrary, examineLocks, examineState } from '../adapters/disk/checkup.ts';
import { reach } from '../adapters/http/reach.ts';
import { runtimeVersions } from '../adapters/system/runtime.ts';
import { toolVersions } from '../adapters/system/tool-versions.ts';
import { publicSettings } from '../config/public-settings.ts';
import type { Settings } from '../config/settings.ts';
import { type DoctorReport, renderDoctor, scrubReport } from '../domain/doctor-report.ts';
import { type DoctorWish, examine } from '../engine/doctor.ts';
import type { Checkup } from '../ports/checkup.ts';
import { callControl } from '../service/control-client.ts';
import { sayDoctor } from '../service/library-commands/doctor.ts';
import { type CommandContext, socketOf } from './context.ts';
import { readVersion } from './version.ts';

export type DoctorContext = Pick<CommandContext, 'settings' | 'env' | 'redact' | 'clock'>;

/** `doctor` from the command line: needs neither library nor service nor network, and asks none of them to work. */
export async function runDoctor(context: CommandContext): Promise<number> {
  const { print, printError, invocation, signal } = context;
  return sayDoctor(await makeReport(context, signal), {
    out: (text) => print(text.replace(/\n$/, '')),
    err: (text) => printError(text.replace(/\n$/, '')),
    json: invocation.json,
  });
}

/** Makes the report and writes it into the state folder, if there is one that can be written. */
export async function makeReport(
  context: DoctorContext,
  signal: AbortSignal,
): Promise<{ readonly report: DoctorReport; readonly file: string | undefined }> {
  const report = await examineHere(context, { thorough: true }, signal);
  return { report, file: await keep(context.settings, `doctor-${stamp(context.clock.now())}.txt`, renderDoctor(report)) };
}

export async function examineHere(context: DoctorContext, wish: DoctorWish, signal: AbortSignal): Promise<DoctorReport> {
  return scrubReport(await examine(checkupOf(context), context.clock, wish, signal), scrubber(context));
}

/** Writes a text beside the log, for the owner's eyes only. Undefined when that cannot be done. */
export async function keep(settings: Settings, name: string, text: string): Promise<string | undefined> {
  const file = join(settings.configDir, name);
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600 });
    await chmod(file, 0o600).catch(() => undefined);
    await prune(settings.configDir, name);
    return file;
  } catch {
    return undefined;
  }
}

const MOST_KEPT = 5;

/** Names sort by their date: the newest of a kind stay. */
async function prune(folder: string, name: string): Promise<void> {
  const kind = name.slice(0, name.indexOf('-') + 1);
  const names = (await readdir(folder)).filter((one) => one.startsWith(kind) && /^[a-z]+-[\d-]+\.txt$/.test(one)).sort();
  for (const old of names.slice(0, -MOST_KEPT)) await unlink(join(folder, old)).catch(() => undefined);
}

/** `2026-11-20-141512`, UTC. */
export function stamp(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace('T', '-')
    .replaceAll(':', '');
}

/** Folders and names of this machine, besides what the log leaves out. Longest first: one may hold another. */
export function scrubber({ settings, redact }: Pick<DoctorContext, 'settings' | 'redact'>): (text: string) => string {
  const names = [
    [settings.configDir, '<state>'],
    [settings.dataDir, '<library>'],
    [homedir(), '<home>'],
    [settings.username ?? '', '<account>'],
    [(settings.username ?? '').split('@')[0] ?? '', '<account>'],
    [hostname(), '<machine>'],
  ] as const;
  const longest = names.filter(([name]) => name.length > 2).toSorted(([a], [b]) => b.length - a.length);
  return (text) => redact(longest.reduce((left, [name, by]) => left.replaceAll(name, by), text));
}

function checkupOf({ settings, env, clock }: DoctorContext): Checkup {
  const { dataDir, configDir, icloudTestServer, port } = settings;
  const top = settings.region === 'china' ? 'icloud.com.cn' : 'icloud.com';
  return {
    settings: () => publicSettings(settings),
    versions: async () => [...runtimeVersions(readVersion()), ...(await toolVersions())],
    library: (tryOut) => examineLibrary(dataDir, { tryOut }),
    state: () => examineState(configDir),
    locks: () => examineLocks(dataDir, configDir),
    catalog: async () => examineCatalog(join(configDir, 'catalog.sqlite')),
    network: (signal) =>
      Promise.all(
        [`https://idmsa.apple.com/`, `https://setup.${top}/`, `https://www.${top}/`, 'https://cvws.icloud-content.com/'].map((url) =>
          reach(url, { signal, testServer: icloudTestServer, now: () => clock.now() }),
        ),
      ),
    service: (signal) => healthOfService(socketOf(settings, env), signal),
    async webPort(signal) {
      const answer = await reach(`http://localhost:${port}${settings.webBasePath}/health`, {
        signal,
        testServer: undefined,
        timeoutMs: 3000,
      });
      return { port, answers: answer.is === 'answered' };
    },
  };
}

async function healthOfService(path: string, signal: AbortSignal): Promise<string | undefined> {
  let said = '';
  const answer = await callControl({
    path,
    request: { command: 'health', args: {} },
    onOut: (text) => {
      said += text;
    },
    onErr: () => undefined,
    onProgress: () => undefined,
    signal,
  });
  return answer.is === 'answered' ? said.trim() || 'does not answer' : undefined;
}
