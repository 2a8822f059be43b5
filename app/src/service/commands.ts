import { z } from 'zod';
import { offsiteJson, renderOffsite } from '../domain/offsite.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { renderReport, renderServiceLine, renderStatus, reportJson, statusJson } from '../domain/render.ts';
import { exitCodeOf } from '../domain/run-report.ts';
import { healthOf, isHealthy } from '../domain/service-state.ts';
import { ASK_DEVICES } from '../engine/sign-in-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { ControlChannel, ControlHandler, ControlRequest } from '../ports/service.ts';
import { EXIT } from './control-protocol.ts';
import type { RunningService } from './home.ts';
import type { Story } from './story.ts';

const CodeArgs = z.object({ code: z.string().regex(/^\d{6}$/) });
const ResendArgs = z.object({ method: z.enum(['device', 'sms', 'voice']), phoneId: z.number().int().positive().optional() });
const Flags = z.object({ json: z.boolean().default(false), dryRun: z.boolean().default(false), refreshToken: z.boolean().default(false) });
const PROGRESS_MS = 500;

/** `code` and `resend`: also served by a one-shot command while it waits for a code. */
export function codeCommands(desk: CodeDesk): ControlHandler {
  return async (request, channel) => {
    if (request.command === 'code') return enterCode(desk, request, channel);
    if (request.command === 'resend') return resendCode(desk, request, channel);
    throw new Problem('library-locked', 'Another command is waiting for a sign-in code here.');
  };
}

const WITHOUT_A_LIBRARY: ReadonlySet<string> = new Set(['health', 'code', 'resend']);

/** Every command that reaches the daemon. Each streams what happens and answers its exit code. */
export function serviceCommands(service: RunningService, story: Story, clock: Clock): ControlHandler {
  const codes = codeCommands(service.desk);
  return async (request, channel) => {
    // Right after the start the library is still being opened: that is no missing volume.
    if (!WITHOUT_A_LIBRARY.has(request.command)) await service.begun();
    switch (request.command) {
      case 'sync':
        return Flags.parse(request.args).dryRun
          ? runPlan(service, Flags.parse(request.args).json, channel)
          : runSync(service, story, clock, request, channel);
      case 'status':
        return showStatus(service, clock, request, channel);
      case 'token':
        return showToken(service, story, request, channel);
      case 'health': {
        // For the image's health check: one word, and it answers while the volume is missing too.
        const health = healthOf(service.state(), clock.now());
        channel.out(`${health}\n`);
        return isHealthy(health) ? 0 : 1;
      }
      case 'pause':
        await service.pause();
        return say(channel, 'Paused. Scheduled runs are skipped until `icloud-photos-sync resume`.');
      case 'resume':
        await service.resume();
        return say(channel, 'Resumed.');
      case 'code':
      case 'resend':
        return codes(request, channel);
      default:
        return runLibraryCommand(service, story, request, channel);
    }
  };
}

function say(channel: ControlChannel, text: string): number {
  channel.out(`${text}\n`);
  return 0;
}

async function enterCode(desk: CodeDesk, { args }: ControlRequest, channel: ControlChannel): Promise<number> {
  const parsed = CodeArgs.safeParse(args);
  if (!parsed.success) throw new Problem('settings-invalid', 'Unexpected MFA code format! Expecting 6 digits');
  const verdict = await desk.submit(parsed.data.code);
  if (verdict === 'accepted') return say(channel, `Read MFA code: ${parsed.data.code}. Apple accepted it.`);
  channel.err(
    verdict === 'refused'
      ? 'Apple did not accept this code. Check it and enter it again, or ask for a new one: resend_mfa device\n'
      : 'No code is awaited at the moment. To ask for one: resend_mfa device\n',
  );
  return 1;
}

async function resendCode(desk: CodeDesk, { args }: ControlRequest, channel: ControlChannel): Promise<number> {
  const parsed = ResendArgs.safeParse(args);
  if (!parsed.success)
    throw new Problem('settings-invalid', 'Resend method does not match expected format: device, sms or voice, and the number of a phone');
  const { method, phoneId } = parsed.data;
  if (desk.resend(method === 'device' ? { method } : { method, phoneId }))
    return say(channel, `Requesting MFA resend with method ${method}`);
  channel.err('No code is awaited at the moment, so none was asked for.\n');
  return 1;
}

async function runSync(
  service: RunningService,
  story: Story,
  clock: Clock,
  { args }: ControlRequest,
  channel: ControlChannel,
): Promise<number> {
  const { json } = Flags.parse(args);
  const unfollow = story.follow(json ? { out: channel.err, err: channel.err } : channel);
  const entry = service.sync('person');
  if (entry.joined) channel.err('A sync is running already; following it. Ctrl-C stops following, not the sync.\n');
  const gone = new Promise<never>((_, reject) =>
    channel.signal.addEventListener('abort', () => reject(channel.signal.reason), { once: true }),
  );
  const watching = new AbortController();
  void watch(service, clock, channel, watching.signal);
  try {
    const report = await Promise.race([entry.done, gone]);
    if (json) channel.out(`${JSON.stringify(reportJson(report), null, 2)}\n`);
    return exitCodeOf(report.outcome);
  } catch (error) {
    // Whoever started the run ends it by going away; who only followed does not (decisions.md 19).
    if (channel.signal.aborted && !entry.joined) entry.cancel(new Problem('interrupted', 'The command that started this run was stopped.'));
    throw error;
  } finally {
    watching.abort();
    unfollow();
  }
}

/** Verify, trash, archive and the like: the caller hears what is logged meanwhile, and its going away ends what it started. */
async function runLibraryCommand(
  service: RunningService,
  story: Story,
  { command, args }: ControlRequest,
  channel: ControlChannel,
): Promise<number> {
  const { json } = Flags.parse(args);
  const entry = service.enterCommand(command, args, { ...channel, out: channel.out, err: channel.err, progress: channel.progress, json });
  if (!entry) {
    channel.err(`The running service does not know \`${command}\`. Restart it, so that it is of the same version as this command.\n`);
    return EXIT.usage;
  }
  const unfollow = story.follow(json ? { out: channel.err, err: channel.err } : channel);
  if (entry.joined) channel.err('The same command is running already; following it.\n');
  channel.signal.addEventListener('abort', () => !entry.joined && entry.cancel(new Problem('interrupted', 'The command was stopped.')), {
    once: true,
  });
  try {
    return await entry.done;
  } finally {
    unfollow();
  }
}

async function watch(service: RunningService, clock: Clock, channel: ControlChannel, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(PROGRESS_MS, signal);
      const { progress } = service.state();
      if (progress) channel.progress(progress);
    }
  } catch {
    // The run is over.
  }
}

async function runPlan(service: RunningService, asJson: boolean, channel: ControlChannel): Promise<number> {
  const { text, json, report } = await service.plan().done;
  if (report.outcome === 'complete') return say(channel, asJson ? JSON.stringify(json, null, 2) : text);
  channel.err(`${renderReport(report)}\n`);
  return exitCodeOf(report.outcome);
}

async function showStatus(service: RunningService, clock: Clock, { args }: ControlRequest, channel: ControlChannel): Promise<number> {
  const { catalog } = service.home();
  const coverage = await catalog.overview.coverage();
  const [lastRun, state] = [catalog.lastRun(), service.state()];
  const health = healthOf(state, clock.now());
  if (Flags.parse(args).json)
    channel.out(
      `${JSON.stringify({ ...statusJson(coverage, lastRun, catalog.holdings()), offsite: state.offsite ? offsiteJson(state.offsite) : null, service: { ...state, health } }, null, 2)}\n`,
    );
  else
    channel.out(
      [
        renderStatus(coverage, lastRun, catalog.holdings()),
        ...(state.offsite ? [renderOffsite(state.offsite)] : []),
        `${renderServiceLine(state)}\n`,
      ].join('\n\n'),
    );
  if (state.need) return exitCodeOf('needs-person');
  return exitCodeOf(coverage.complete && coverage.intact ? 'complete' : 'incomplete');
}

async function showToken(service: RunningService, story: Story, { args }: ControlRequest, channel: ControlChannel): Promise<number> {
  const unfollow = story.follow(channel);
  const entry = service.signIn(ASK_DEVICES, Flags.parse(args).refreshToken);
  channel.signal.addEventListener('abort', () => !entry.joined && entry.cancel(new Problem('interrupted', 'The command was stopped.')), {
    once: true,
  });
  try {
    const token = await entry.done;
    return say(channel, token ? `Validated trust token:\n${token}` : 'Signed in. This account needs no trust token.');
  } catch (error) {
    throw asProblem(error);
  } finally {
    unfollow();
  }
}
