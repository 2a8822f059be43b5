#!/usr/bin/env node
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { trustSystemCertificates } from './adapters/http/certificates.ts';
import { createLogger, jsonLine, type Logger } from './adapters/log/logger.ts';
import { createRedactor } from './adapters/log/redact.ts';
import { parseCommandLine } from './cli/program.ts';
import { createProgressDisplay, type ProgressDisplay } from './cli/progress-bar.ts';
import { createTerminal } from './cli/terminal.ts';
import { runCommand } from './compose/commands.ts';
import { type CrashReporter, createCrashReporter } from './compose/crash-report.ts';
import { realClock } from './compose/real-clock.ts';
import { readVersion } from './compose/version.ts';
import { loadSettings } from './config/load.ts';
import { asProblem, Problem, type Remedy } from './domain/problem.ts';
import { renderFailure } from './domain/render.ts';

/** Exit codes of commands that ended before there was a report (docs/exit-codes.md). */
const EXIT_CODES: Record<Remedy, number> = { retry: 1, fix: 1, 'skip-item': 4, person: 5, usage: 3 };

async function main(): Promise<number> {
  // Small heap steps: a home server has better use for 100 MB than uncollected garbage. Doubling it before it is swept, instead of
  // growing by a third, saves a first sync a tenth of its processor time for 30 MB (docs/benchmarks.md).
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--heap-growing-percent=100');

  const out = (text: string) => void process.stdout.write(text);
  const err = (text: string) => void process.stderr.write(text);
  const parsed = parseCommandLine(process.argv.slice(2), readVersion(), { out, err });
  if (parsed.is === 'done') return parsed.exitCode;
  // Whoever reads along may stop reading (`| head`): that is no reason to end a backup.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const redactor = createRedactor([]);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort(new Problem('interrupted', `Stopped by ${signal}.`)));
  let logger: Logger | undefined;
  let reportCrash: CrashReporter = async () => undefined;
  whenCrashed(async (error) => {
    const text = redactor.redact(`This program has crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (logger) logger.log.error(text);
    else err(`${beforeTheLog(text)}\n`);
    await reportCrash(error);
    await logger?.close();
  });
  let display: ProgressDisplay | undefined;
  try {
    const { settings, notices, secrets } = loadSettings({ argv: parsed.invocation.flags, env: process.env, cwd: process.cwd() });
    for (const secret of secrets) redactor.add(secret);
    if (settings.tz) process.env.TZ = settings.tz;
    trustSystemCertificates();
    const console = settings.silent ? 'silent' : settings.logToCli ? 'all' : 'story';
    display = createProgressDisplay(process.stdout, {
      silent: settings.silent || parsed.invocation.json,
      plainLine: (text) => logger?.log.info(text),
    });
    // With --json standard output is the JSON alone; the story goes to standard error.
    const storyOut = parsed.invocation.json ? process.stderr : process.stdout.isTTY ? aboveTheBar(display) : process.stdout;
    const doctorContext = { settings, env: process.env, redact: redactor.redact, clock: realClock };
    reportCrash = createCrashReporter(doctorContext, (text) => (logger ? logger.log.warn(text) : err(`${text}\n`)));
    return await runCommand({
      settings,
      onDefect: reportCrash,
      notices,
      invocation: parsed.invocation,
      env: process.env,
      clock: realClock,
      addSecret: redactor.add,
      redact: redactor.redact,
      printError: (text) => err(`${text}\n`),
      display,
      terminal: createTerminal(process.stdin, process.stdout),
      print: (text) => out(`${text}\n`),
      signal: stop.signal,
      openLog: () => {
        const file = { path: join(settings.configDir, 'photos-sync.log') };
        logger = createLogger({
          level: settings.logLevel,
          console,
          format: settings.logFormat,
          warnings: !settings.suppressWarnings,
          file,
          redactor,
          out: storyOut,
          err: process.stdout.isTTY && process.stderr.isTTY && !parsed.invocation.json ? storyOut : process.stderr,
        });
        return logger.log;
      },
    });
  } catch (error) {
    const problem = asProblem(stop.signal.aborted ? stop.signal.reason : error);
    const text = renderFailure(problem);
    if (problem.code === 'internal') await reportCrash(error);
    if (logger) {
      logger.log.error(text);
      logger.log.debug('Details.', { code: problem.code, stack: problem.stack ?? '' });
    } else err(`${beforeTheLog(redactor.redact(text))}\n`);
    return problem.code === 'interrupted' ? 2 : EXIT_CODES[problem.remedy];
  } finally {
    display?.done();
    await logger?.close();
  }
}

/** Node's own way would print everything there is to know, secrets included. */
function whenCrashed(tell: (error: unknown) => Promise<void>): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.once(event, (error: unknown) => void tell(error).finally(() => process.exit(1)));
}

/** Settings that cannot be used are no settings yet: the format is taken from the environment alone. */
function beforeTheLog(text: string): string {
  return process.env.LOG_FORMAT === 'json' ? jsonLine({ time: new Date().toISOString(), level: 'error', message: text }) : `Error: ${text}`;
}

/** On a terminal the story scrolls above the progress bar instead of tearing it. */
function aboveTheBar(display: ProgressDisplay): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      display.line(String(chunk).replace(/\n$/, ''));
      done();
    },
  });
}

process.exitCode = await main();
