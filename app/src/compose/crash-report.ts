import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderDoctor } from '../domain/doctor-report.ts';
import { maskLogLine } from '../domain/log-excerpt.ts';
import { asProblem } from '../domain/problem.ts';
import type { ControlHandler } from '../ports/service.ts';
import type { DoctorContext } from './doctor.ts';

const LOG_LINES = 100;
const PATIENCE_MS = 15_000;
/** A defect that comes back with every run shall not fill the disk, nor push the first report out within an hour. */
const MOST_REPORTS = 5;

/** Writes a report of a crash beside the log, where the owner wants one. Never throws; resolves when it is written, or cannot be. */
export type CrashReporter = (error: unknown) => Promise<void>;

export function createCrashReporter(context: DoctorContext, say: (text: string) => void): CrashReporter {
  if (!context.settings.enableCrashReporting) return async () => undefined;
  const doctor = import('./doctor.ts'); // at once: after a crash there may be no more reading
  let written = 0;
  return async (error) => {
    written += 1;
    if (written > MOST_REPORTS) return;
    try {
      const { keep, stamp } = await doctor;
      const text = await describe(context, await doctor, error);
      const file = await keep(context.settings, `crash-${stamp(context.clock.now())}.txt`, text);
      say(file ? `A report of this crash is in ${file}. It was sent to nobody.` : 'A report of this crash could not be written.');
    } catch {
      say('A report of this crash could not be made.');
    }
  };
}

/** Commands that came over the control socket end there: a defect in one of them is reported on the way. */
export function reportingDefects(handler: ControlHandler, report: CrashReporter | undefined): ControlHandler {
  return async (request, channel) => {
    try {
      return await handler(request, channel);
    } catch (error) {
      if (asProblem(error).code === 'internal') await report?.(error);
      throw error;
    }
  };
}

async function describe(context: DoctorContext, { examineHere, scrubber }: typeof import('./doctor.ts'), error: unknown): Promise<string> {
  const scrub = scrubber(context);
  const log = await readFile(join(context.settings.configDir, 'photos-sync.log'), 'utf8').catch(() => '');
  const lines = log.trimEnd().split('\n').slice(-LOG_LINES);
  const report = await examineHere(context, { thorough: false }, AbortSignal.timeout(PATIENCE_MS));
  return [
    'icloud-photos-sync crashed',
    'Names in the log are left out (…). Read this before you post it anywhere.',
    '',
    scrub(stackOf(error)),
    '',
    renderDoctor(report),
    '',
    `The last ${lines.length} lines of the log`,
    ...lines.map((line) => scrub(maskLogLine(line))),
  ].join('\n');
}

/** Where it happened, not what it was about: the text of an error may name a photo. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown: ${typeof error}`;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  const cause = error.cause === undefined ? [] : ['Caused by', stackOf(error.cause)];
  return [`${error.name}${code}: ${maskLogLine(error.message)}`, ...frames.map(ourPart), ...cause].join('\n');
}

/** A frame names files of this program from its own folder on, those of Node, and nothing else of this machine. */
function ourPart(frame: string): string {
  const [, name, place = ''] = /^\s+at (?:(.+) \()?(.+?)\)?$/.exec(frame) ?? [];
  const shown = /((?:dist\/)?(?:src|node_modules)\/[\w@./-]+(?::\d+){0,2})$/.exec(place)?.[1] ?? (place.startsWith('node:') ? place : '…');
  return `    at ${/^[\w.<>\s[\]#$]{1,80}$/.test(name ?? '') ? `${name} ` : ''}(${shown})`;
}
