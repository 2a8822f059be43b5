import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '../adapters/http/http-client.ts';
import { createHealthPing, tailOf } from '../adapters/notify/health-ping.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { createCodeDesk } from '../engine/code-desk.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Log } from '../ports/log.ts';
import type { NeedEvents } from '../ports/need-events.ts';
import type { Schedule } from '../ports/schedule.ts';
import { createAudience } from '../service/audience.ts';
import { serviceCommands } from '../service/commands.ts';
import { openControl } from '../service/control-server.ts';
import { createCronSchedule } from '../service/cron-schedule.ts';
import type { RunningService } from '../service/home.ts';
import { commandMap } from '../service/library-command.ts';
import { doctorCommand } from '../service/library-commands/doctor.ts';
import { createLogBook } from '../service/log-book.ts';
import { createNeedLog } from '../service/need-log.ts';
import { createRunMeter } from '../service/run-meter.ts';
import { createService } from '../service/service.ts';
import { createStory } from '../service/story.ts';
import { openWeb } from '../web/server.ts';
import { type CommandContext, gateOf, socketOf } from './context.ts';
import { reportingDefects } from './crash-report.ts';
import { makeReport } from './doctor.ts';
import { createMonitoring } from './monitoring.ts';
import { offsiteChores } from './offsite-chores.ts';
import { openHome } from './open-home.ts';
import { shownSettings } from './shown-settings.ts';
import { readVersion } from './version.ts';

const PING_TAIL_BYTES = 102_400;
const PAGE_TAIL_BYTES = 65_536;

/** The service: runs until it is told to stop, then ends with 0. Throws Problem for what it cannot begin with. */
export async function runDaemon(context: CommandContext): Promise<number> {
  const { settings } = context;
  const log = context.openLog();
  for (const notice of context.notices) log.warn(notice);
  const schedule = createCronSchedule({ expression: settings.schedule, timezone: settings.tz, log });
  const daemon = await startDaemon(context, log, schedule);
  try {
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    log.info('Stopping.');
    return 0;
  } finally {
    await daemon.stop(asProblem(context.signal.reason ?? new Problem('interrupted', 'Stopped.')));
    log.info('Stopped.');
  }
}

export interface Daemon {
  readonly service: RunningService;
  stop(reason: Problem): Promise<void>;
}

/** Wires the daemon: service, control socket, web port. Apart from `runDaemon` so that tests can bring their own clock and schedule. */
export async function startDaemon(context: CommandContext, ownLog: Log, schedule: Schedule, listener?: NeedEvents): Promise<Daemon> {
  const { settings, clock } = context;
  const appleId = settings.username;
  if (!appleId) throw new Problem('password-missing', 'No Apple Account is named.');
  const book = createLogBook(ownLog, context.redact, clock);
  const story = createStory(book.log, context.redact);
  const { log } = story;
  const desk = createCodeDesk();
  const credentials = async () => (settings.password ? { appleId, password: settings.password } : undefined);
  let firstOpening = true;
  const audience = createAudience(log);
  const monitoring = createMonitoring(context, book, log, () => service, audience);
  const service: RunningService = createService({
    schedule,
    chores: offsiteChores(settings, log),
    clock,
    story,
    desk,
    ping: settings.healthCheckUrl === undefined ? undefined : healthPing(context, log, settings.healthCheckUrl),
    meter: createRunMeter(clock),
    events: createNeedLog(log, listener),
    audience,
    open: async ({ onCodeAwaited, onApprovalAwaited }) => {
      const home = await openHome({
        ...context,
        appleId,
        log,
        command: 'daemon',
        credentials,
        openInbox: () => desk.open(),
        onApprovalAwaited,
        openDoors: async (phones) => {
          const leave = onCodeAwaited(phones);
          return { hint: 'Enter it with: docker exec photos-sync enter_mfa <code>, or on the web page.', close: async () => leave() };
        },
      });
      if (firstOpening && settings.refreshToken) await home.forgetTrust();
      firstOpening = false;
      await monitoring.opened();
      return {
        ...home,
        commands: commandMap([...home.commands.values(), ...monitoring.commands, doctorCommand((signal) => makeReport(context, signal))]),
        async close() {
          monitoring.closing();
          await home.close();
        },
      };
    },
  });
  const control = await openControl({
    path: socketOf(settings, context.env),
    handler: reportingDefects(serviceCommands(service, story, clock), context.onDefect),
    log,
  });
  reportReady(context.env);
  const web = await openWeb({
    port: settings.port,
    basePath: settings.webBasePath,
    desk: service.desk,
    gate: gateOf(settings),
    log,
    service,
    monitoring,
    version: readVersion(),
    library: () => openDoor(service),
    settings: shownSettings(settings),
    logTail: () => tailOf(join(settings.configDir, 'photos-sync.log'), PAGE_TAIL_BYTES).then(context.redact),
    trashDays: settings.trashDays,
    epochMs: () => clock.now(),
  });
  const stop = async (reason: Problem) => {
    await monitoring.stop(reason);
    await service.stop(reason);
    await web?.close();
    await control.close();
  };
  try {
    log.info(
      `The service runs. Schedule: ${schedule.expression}.${web ? ` Web page: http://localhost:${web.port}${settings.webBasePath}/` : ''}`,
    );
    monitoring.start();
    await service.start();
    return { service, stop };
  } catch (error) {
    await stop(asProblem(error));
    throw error;
  }
}

/** Undefined while the library is away. */
function openDoor(service: RunningService): LibraryDoor | undefined {
  try {
    return service.home().door;
  } catch {
    return undefined;
  }
}

/** Tells the supervisor of the image, over the descriptor it named, that the control socket answers (decisions/0011). */
function reportReady({ PHOTOS_SYNC_READY_FD: text }: CommandContext['env']): void {
  if (text === undefined || !/^\d+$/.test(text)) return;
  try {
    writeSync(Number(text), '\n');
    closeSync(Number(text));
  } catch {
    // Nobody listens there.
  }
}

/** A client of its own: pings go to where the owner says, never to the simulated iCloud, and carry no cookies. */
function healthPing({ settings, redact }: CommandContext, log: Log, url: string) {
  // Without debug lines: the path of the address is the check's secret.
  const http = createHttpClient({ log: { ...log, debug: () => undefined }, sockets: 2, testServer: undefined });
  return createHealthPing({
    url,
    http,
    log,
    scrub: redact,
    logTail: () => tailOf(join(settings.configDir, 'photos-sync.log'), PING_TAIL_BYTES),
  });
}
