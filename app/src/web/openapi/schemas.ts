import { z } from 'zod';
import { HEALTHS, PHASES } from '../../domain/service-state.ts';

/** What the API takes and answers. The OpenAPI document is made from these, and tests hold real answers against them. */

export const Said = z.object({ message: z.string() }).meta({ id: 'Said', description: 'What happened, in a sentence.' });

export const Health = z
  .object({ status: z.enum(HEALTHS) })
  .meta({ id: 'Health', description: '`starting`, `ok` and `waiting` (for a person) are healthy.' });

const Ms = z.number().describe('Milliseconds since 1970.');
const Phone = z.object({ id: z.number().int(), maskedNumber: z.string() });
const RunOutcome = z.enum(['complete', 'incomplete', 'failed', 'interrupted', 'needs-person']);
const Trigger = z.enum(['schedule', 'missed', 'first-start', 'person', 'sign-in']);

const Run = z.looseObject({
  trigger: Trigger,
  startedAtMs: Ms,
  endedAtMs: Ms,
  outcome: RunOutcome,
  message: z.string().optional().describe('The first problem, in words.'),
  code: z.string().optional(),
});

const Need = z.looseObject({ code: z.string(), message: z.string(), advice: z.string(), sinceMs: Ms });

const Progress = z.looseObject({
  counts: z.record(z.string(), z.number()),
  expectedItems: z.number().optional(),
  missingFiles: z.number(),
  missingBytes: z.number(),
  bytesPerSecond: z.number(),
  remainingMs: z.number().optional(),
});

const Service = z
  .looseObject({
    schema: z.literal(1),
    health: Health.shape.status,
    phase: z.enum(PHASES),
    sinceMs: Ms,
    paused: z.boolean(),
    codeAwaited: z.boolean(),
    phones: z.array(Phone),
    trigger: Trigger.optional(),
    progress: Progress.optional(),
    nextRunMs: Ms.optional(),
    periodMs: z.number(),
    startedAtMs: Ms,
    lastAttemptMs: Ms.optional(),
    lastSuccessMs: Ms.optional(),
    lastRun: Run.optional(),
    need: Need.optional(),
    trustDaysLeft: z.number().optional(),
    times: z.record(z.string(), z.iso.datetime()),
  })
  .describe('Everything else. New fields may come at any time; a change of meaning makes the schema 2.');

export const State = z
  .looseObject({
    state: z.enum(['ready', 'running', 'blocked']).describe('`blocked`: a sign-in code is awaited or needed.'),
    timestamp: Ms,
    nextSync: Ms.optional(),
    prevTrigger: z.enum(['sync', 'auth']).optional(),
    prevError: z.object({ message: z.string(), code: z.string() }).optional(),
    progress: z.number().min(0).max(100).optional(),
    progressMsg: z.string().optional(),
    trustedPhoneNumbers: z.array(Phone).optional(),
    service: Service,
  })
  .meta({ id: 'State', description: 'The keys of the older icloud-photos-sync, and the whole state under `service`.' });

export const Entries = z
  .array(z.object({ level: z.enum(['debug', 'info', 'warn', 'error']), time: Ms, source: z.string(), message: z.string() }))
  .meta({ id: 'LogEntries' });

export const PushKey = z.object({ publicKey: z.string() }).meta({ id: 'PushKey' });

/** Only addresses with TLS: push services have no others. */
const Endpoint = z.url({ protocol: /^https$/ }).max(2000);
export const Subscription = z
  .object({ endpoint: Endpoint, keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }) })
  .meta({ id: 'PushSubscription', description: 'As `PushSubscription.toJSON()` gives it.' });
export const Unsubscription = z.object({ endpoint: z.string().min(1) }).meta({ id: 'PushUnsubscription' });

const Argument = z.union([z.string().max(2000), z.number(), z.boolean(), z.array(z.union([z.string().max(2000), z.number()])).max(1000)]);
export const Order = z
  .object({ command: z.string().max(60), args: z.record(z.string().max(60), Argument).optional() })
  .meta({ id: 'Command', description: 'As typed on the command line: `verify`, `hold keep`, with its arguments by name.' });

export const Outcome = z
  .looseObject({
    exitCode: z.number().int().describe('docs/exit-codes.md'),
    out: z.string(),
    err: z.string(),
    result: z.unknown().describe('What the command prints with `--json`.'),
    problem: z.string().optional().describe('What ended it early.'),
    advice: z.string().optional(),
  })
  .meta({ id: 'CommandResult' });

export const Job = z.object({ job: z.string() }).meta({ id: 'Job', description: 'Not over yet: ask for it under `/api/jobs/{job}`.' });

export const Timeline = z
  .object({
    version: z.number().describe('Changes with the library; windows are asked for with it.'),
    count: z.number().int(),
    months: z.array(z.tuple([z.string(), z.number().int()])).describe('`2024-05` and how many items, newest first.'),
    ratios: z.string().describe('One byte for each item, base64: width by height.'),
  })
  .meta({ id: 'Timeline' });

const Tile = z.looseObject({ id: z.number().int(), name: z.string(), takenMs: Ms, flags: z.number().int(), key: z.string() });
export const ItemWindow = z
  .object({ from: z.number().int(), items: z.array(Tile.nullable()).describe('`null`: gone meanwhile.') })
  .meta({ id: 'ItemWindow' });

export const Item = z
  .looseObject({ id: z.number().int(), name: z.string(), files: z.array(z.looseObject({ kind: z.string(), path: z.string() })) })
  .meta({ id: 'Item', description: 'Everything that is known of it, with the proof of each of its files.' });
