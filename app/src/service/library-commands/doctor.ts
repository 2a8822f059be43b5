import type { DoctorReport } from '../../domain/doctor-report.ts';
import { renderDoctor } from '../../domain/doctor-report.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';

/** `doctor`, for a door of the running service; the command line does without one. */
export function doctorCommand(
  make: (signal: AbortSignal) => Promise<{ readonly report: DoctorReport; readonly file: string | undefined }>,
): LibraryCommand {
  return {
    name: 'doctor',
    runs: 'beside',
    run: async (_args, io) => sayDoctor(await make(io.signal), io),
  };
}

/** Prints a report; answers the exit code: 0, or 1 when something is bad. */
export function sayDoctor(
  { report, file }: { readonly report: DoctorReport; readonly file: string | undefined },
  io: Pick<CommandIo, 'out' | 'err' | 'json'>,
): number {
  io.out(`${io.json ? JSON.stringify(report, null, 2) : renderDoctor(report)}\n`);
  if (file !== undefined) io.err(`Written to ${file}. Read it before you post it anywhere.\n`);
  return report.checks.some(({ verdict }) => verdict === 'bad') ? 1 : 0;
}
