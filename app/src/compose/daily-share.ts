import { asProblem } from '../domain/problem.ts';
import { renderVerify } from '../domain/verify-report.ts';
import { type VerifyParts, verify } from '../engine/verify.ts';

/** Reads the share of the stored files that is due by now. Heard of only when something is not right. */
export function dailyShare(parts: VerifyParts): (signal: AbortSignal) => Promise<void> {
  const { log } = parts;
  return async (signal) => {
    try {
      const report = await verify(parts, { scope: 'due', repair: false, onProgress: () => undefined }, signal);
      log.debug('Stored files were read again.', { files: report.read.files, bytes: report.read.bytes, outcome: report.outcome });
      if (report.problems.length > 0) for (const line of renderVerify(report).split('\n')) log.warn(line);
    } catch (error) {
      log.warn(`The stored files could not be read again: ${asProblem(error).message}`);
    }
  };
}
