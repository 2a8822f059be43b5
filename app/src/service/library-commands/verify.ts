import { z } from 'zod';
import { exitCodeOf } from '../../domain/run-report.ts';
import { renderVerify, renderVerifyProgress, verifyJson } from '../../domain/verify-report.ts';
import { type VerifyParts, verify } from '../../engine/verify.ts';
import type { LibraryCommand } from '../library-command.ts';

const Args = z.object({ all: z.boolean().default(false), repair: z.boolean().default(false) });

/** Short enough for somebody who watches, long enough for a log that is kept. */
const SAY_MS = 10_000;

/** `verify`: reads stored files again, and says what was wrong and what was done about it. */
export function verifyCommand(parts: VerifyParts): LibraryCommand {
  return {
    name: 'verify',
    runs: 'alone',
    async run(args, io) {
      const { all, repair } = Args.parse(args);
      const startedMs = parts.clock.now();
      let saidMs = startedMs;
      const report = await verify(
        parts,
        {
          scope: all ? 'all' : 'share',
          repair,
          onProgress(read, planned) {
            const nowMs = parts.clock.now();
            if (nowMs - saidMs < SAY_MS) return;
            saidMs = nowMs;
            io.err(`${renderVerifyProgress(read, planned, nowMs - startedMs)}\n`);
          },
        },
        io.signal,
      );
      io.out(`${io.json ? JSON.stringify(verifyJson(report), null, 2) : renderVerify(report)}\n`);
      return exitCodeOf(report.outcome);
    },
  };
}
