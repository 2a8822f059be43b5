import { createInfluxFile, type InfluxFile } from '../adapters/metrics/influx-file.ts';
import { askForCodes } from '../cli/terminal.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { renderReport, reportJson } from '../domain/render.ts';
import { exitCodeOf, type RunCounts, type RunReport, reachedItsEnd } from '../domain/run-report.ts';
import type { Phase } from '../domain/service-state.ts';
import { forecastTrust } from '../domain/trust-forecast.ts';
import { createCodeDesk } from '../engine/code-desk.ts';
import { ASK_DEVICES, type CodeDoors, type SignInWish } from '../engine/sign-in-parts.ts';
import type { Credentials } from '../ports/apple-account.ts';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { Log } from '../ports/log.ts';
import { codeCommands } from '../service/commands.ts';
import { openControl } from '../service/control-server.ts';
import type { Home } from '../service/home.ts';
import type { LibraryCommand } from '../service/library-command.ts';
import { createRunMeter } from '../service/run-meter.ts';
import { type CommandContext, gateOf, socketOf } from './context.ts';
import { openHome } from './open-home.ts';

/** A command without a daemon: it does the work itself, under the lock. */
export async function runOneShot(context: CommandContext): Promise<number> {
  const { settings, invocation, terminal, clock, signal } = context;
  const appleId = await appleIdOf(context);
  const desk = createCodeDesk();
  /** `sync` without a terminal may stand in a loop of restarts: only `token` or a terminal is a person for sure. */
  const wish: SignInWish = { ...ASK_DEVICES, byPerson: invocation.command === 'token' || terminal.interactive };
  const log = context.openLog();
  for (const notice of context.notices) log.warn(notice);
  const home = await openHome({
    settings,
    appleId,
    log,
    clock,
    signal,
    env: context.env,
    command: invocation.command,
    addSecret: context.addSecret,
    credentials: credentialsFrom(context, appleId),
    openInbox: () => desk.open(),
    openDoors: () => openDoors(context, desk, log),
    onApprovalAwaited: () => () => undefined,
  });
  try {
    if (settings.refreshToken) await home.forgetTrust();
    if (invocation.command === 'token') return await runToken(context, home);
    const command = home.commands.get(invocation.command);
    if (command) return await runLibraryCommand(context, command);
    return invocation.args.dryRun === true ? await runPlan(context, home, log) : await runSync(context, home, log);
  } finally {
    await home.close();
  }

  async function runToken({ print }: CommandContext, { signIn, trustToken }: Home): Promise<number> {
    await signIn(wish, signal);
    const token = trustToken();
    print(token ? `Validated trust token:\n${token}` : 'Signed in. This account needs no trust token.');
    return 0;
  }

  async function runSync({ print }: CommandContext, { sync }: Home, story: Log): Promise<number> {
    const meter = createRunMeter(clock);
    let expected: number | undefined;
    let listing = true;
    const onListed = () => {
      listing = false;
    };
    const onExpected = (items: number) => {
      expected = (expected ?? 0) + items;
    };
    const onProgress = (counts: RunCounts) => {
      const progress = meter(counts, listing ? expected : counts.listed, listing, () => home.catalog.todoTotal());
      if (progress) context.display.show(progress);
    };
    const metrics = settings.exportMetrics ? metricsFile(context, home, story) : undefined;
    metrics?.open();
    const onPhase = (phase: Phase) => metrics?.events.entered(phase, 'person');
    const report = await sync(wish, { wish: 'waiting-too', onPhase, onExpected, onListed, onProgress }, signal);
    metrics?.events.ended(report, 'person');
    metrics?.close();
    context.display.done();
    if (invocation.json) print(JSON.stringify(reportJson(report), null, 2));
    for (const line of renderReport(report).split('\n')) (report.outcome === 'complete' ? story.info : story.warn)(line);
    const copied = reachedItsEnd(report) ? await copyOffsite(home, report, story, signal) : 0;
    return report.outcome === 'complete' ? copied : exitCodeOf(report.outcome);
  }

  async function runPlan({ print }: CommandContext, { plan }: Home, story: Log): Promise<number> {
    const { text, json, report } = await plan(wish, signal);
    if (report.outcome === 'complete') print(invocation.json ? JSON.stringify(json, null, 2) : text);
    else for (const line of renderReport(report).split('\n')) story.warn(line);
    return exitCodeOf(report.outcome);
  }

  /** The password from the settings, else from the terminal; kept for this process only. */
  function credentialsFrom({ addSecret }: CommandContext, account: string): () => Promise<Credentials | undefined> {
    let { password } = settings;
    return async () => {
      if (password === undefined && terminal.interactive) password = await terminal.askHidden(`Password of ${account}: `, signal);
      if (!password) return undefined;
      addSecret(password);
      return { appleId: account, password };
    };
  }
}

/** `EXPORT_METRICS` for a sync without a service: nothing is scheduled, the rest is the same. */
function metricsFile({ settings, clock }: CommandContext, { catalog, trustDates }: Home, log: Log): InfluxFile {
  const outlook = () => ({ nextRunMs: undefined, trustDaysLeft: forecastTrust(trustDates().trustedAtMs, clock.now())?.daysLeft });
  return createInfluxFile({ dataDir: settings.dataDir, clock, log, outlook, coverage: () => catalog.coverage() });
}

async function runLibraryCommand(
  { invocation, print, printError, display, signal }: CommandContext,
  command: LibraryCommand,
): Promise<number> {
  try {
    return await command.run(invocation.args, {
      out: (text) => print(text.replace(/\n$/, '')),
      err: (text) => printError(text.replace(/\n$/, '')),
      progress: display.show,
      signal,
      json: invocation.json,
    });
  } finally {
    display.done();
  }
}

/** A snapshot follows a good sync here as it does in the service; what is said goes to the log. */
async function copyOffsite(home: Home, report: RunReport, log: Log, signal: AbortSignal): Promise<number> {
  const command = home.offsite() && home.commands.get('off-site run');
  if (!command) return 0;
  const held = report.problems.some(({ code }) => code === 'removals-held');
  const lines = (text: string, say: (line: string) => void) =>
    text
      .trimEnd()
      .split('\n')
      .forEach((line) => void say(line));
  return command.run(
    { after: report.outcome, held },
    { out: (text) => lines(text, log.info), err: (text) => lines(text, log.warn), progress: () => undefined, signal, json: false },
  );
}

async function appleIdOf({ settings, terminal, signal }: CommandContext): Promise<string> {
  if (settings.username) return settings.username;
  if (terminal.interactive) {
    const typed = (await terminal.ask('Apple Account (e-mail address): ', signal)).trim().toLowerCase();
    if (typed) return typed;
  }
  throw new Problem('password-missing', 'No Apple Account is named.');
}

/** A one-shot command listens only while a code is awaited: on its port, on the control socket, on the terminal. */
async function openDoors(context: CommandContext, desk: CodeDesk, log: Log): Promise<CodeDoors> {
  const { settings, terminal } = context;
  const { openWeb } = await import('../web/server.ts'); // most runs never need a code
  const web = await openWeb({ port: settings.port, basePath: settings.webBasePath, desk, gate: gateOf(settings), log });
  const control = await openControl({ path: socketOf(settings, context.env), handler: codeCommands(desk), log }).catch((error: unknown) => {
    log.warn(`enter_mfa cannot reach this command: ${asProblem(error).message}`);
    return undefined;
  });
  const asking = new AbortController();
  const prompt = terminal.interactive ? askForCodes(terminal, desk, asking.signal) : Promise.resolve();
  return {
    hint: `Enter it with: enter_mfa <code>${web ? `, or curl -X POST "http://localhost:${web.port}/mfa?code=<code>"` : ''}`,
    async close() {
      asking.abort();
      await prompt;
      await control?.close();
      await web?.close();
    },
  };
}
