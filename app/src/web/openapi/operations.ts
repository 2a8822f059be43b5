import type { z } from 'zod';
import {
  Entries,
  Health,
  Item,
  ItemWindow,
  Job,
  Order,
  Outcome,
  PushKey,
  Said,
  State,
  Subscription,
  Timeline,
  Unsubscription,
} from './schemas.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly description: string;
  readonly required?: boolean;
  readonly schema: object;
}

/** One address as programs see it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** The first is the one to use; the others are those of the older tool. */
  readonly paths: readonly string[];
  readonly summary: string;
  /** Without a login from the machine itself (docs/http.md). */
  readonly open?: true;
  readonly parameters?: readonly Parameter[];
  readonly body?: z.ZodType;
  /** By status; a media type in place of a schema is a text. */
  readonly answers: Readonly<Record<number, z.ZodType | `text/${string}` | 'application/json'>>;
}

const CODE: Parameter = {
  name: 'code',
  in: 'query',
  description: 'The six digits that Apple shows.',
  required: true,
  schema: { type: 'string', pattern: '^\\d{6}$' },
};
const METHOD: Parameter = {
  name: 'method',
  in: 'query',
  description: 'How the new code comes.',
  required: true,
  schema: { enum: ['device', 'sms', 'voice'] },
};
const PHONE: Parameter = {
  name: 'phoneNumberId',
  in: 'query',
  description: 'Id of a number in `trustedPhoneNumbers`, for `sms` and `voice`; the first one unless given.',
  schema: { type: 'integer', minimum: 0 },
};
const LEVEL: Parameter = {
  name: 'loglevel',
  in: 'query',
  description: 'From this level on; without it the list is empty.',
  schema: { enum: ['debug', 'info', 'warn', 'error'] },
};

const FILTERS: readonly Parameter[] = [
  { name: 'filter', in: 'query', description: 'A kind of item, as on the page; all of them unless given.', schema: { type: 'string' } },
  { name: 'album', in: 'query', description: 'Only this album.', schema: { type: 'integer' } },
  { name: 'q', in: 'query', description: 'Words to search for.', schema: { type: 'string', maxLength: 200 } },
  { name: 'near', in: 'query', description: 'Only what was taken there: south,west,north,east in degrees.', schema: { type: 'string' } },
];
const whole = (name: string, description: string, place: Parameter['in'] = 'query'): Parameter => ({
  name,
  in: place,
  description,
  required: true,
  schema: { type: 'integer', minimum: 0 },
});

/** Everything that is meant for programs. A test compares this list with the routes. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    paths: ['/api/mfa', '/mfa'],
    summary: "Hand in a sign-in code. Answers at once by format; Apple's verdict shows in the state.",
    open: true,
    parameters: [CODE],
    answers: { 200: Said, 400: Said, 412: Said, 429: Said },
  },
  {
    method: 'post',
    paths: ['/api/resend_mfa', '/resend_mfa'],
    summary: 'Ask Apple for another code.',
    open: true,
    parameters: [METHOD, PHONE],
    answers: { 200: Said, 400: Said, 412: Said, 429: Said },
  },
  { method: 'get', paths: ['/healthz'], summary: 'One word, for health checks.', open: true, answers: { 200: Health, 503: Health } },
  { method: 'get', paths: ['/api/state'], summary: 'What the service is doing.', answers: { 200: State } },
  {
    method: 'get',
    paths: ['/api/log'],
    summary: 'What was logged since the last run began.',
    parameters: [LEVEL],
    answers: { 200: Entries },
  },
  { method: 'post', paths: ['/api/sync'], summary: 'Start a sync, without waiting for it.', answers: { 200: Said, 412: Said } },
  {
    method: 'post',
    paths: ['/api/reauthenticate'],
    summary: 'Sign in anew; Apple sends a code if one is needed.',
    answers: { 200: Said, 412: Said, 429: Said },
  },
  { method: 'post', paths: ['/api/pause'], summary: 'Skip scheduled syncs until resumed.', answers: { 200: Said } },
  { method: 'post', paths: ['/api/resume'], summary: 'Sync on schedule again.', answers: { 200: Said } },
  {
    method: 'post',
    paths: ['/api/command'],
    summary: 'Run a command on the library and wait some seconds for its end.',
    body: Order,
    answers: { 200: Outcome, 202: Job, 400: Said, 404: Said },
  },
  {
    method: 'get',
    paths: ['/api/jobs/{job}'],
    summary: 'Wait for a command that was not over yet.',
    parameters: [{ name: 'job', in: 'path', description: 'From the first answer.', required: true, schema: { type: 'string' } }],
    answers: { 200: Outcome, 202: Job, 404: Said },
  },
  { method: 'get', paths: ['/api/timeline'], summary: 'All items by month.', parameters: FILTERS, answers: { 200: Timeline, 503: Said } },
  {
    method: 'get',
    paths: ['/api/items'],
    summary: 'A window of the timeline.',
    parameters: [
      ...FILTERS,
      whole('v', 'Version of the timeline.'),
      whole('from', 'First item.'),
      whole('count', 'How many, 400 at most.'),
    ],
    answers: { 200: ItemWindow, 400: Said, 409: Said, 503: Said },
  },
  {
    method: 'get',
    paths: ['/api/items/{row}'],
    summary: 'One item.',
    parameters: [whole('row', 'Its id.', 'path')],
    answers: { 200: Item, 404: Said, 503: Said },
  },
  {
    method: 'get',
    paths: ['/api/push/key', '/api/vapid-public-key'],
    summary: 'The key that a browser subscribes with (VAPID).',
    answers: { 200: PushKey, 503: Said },
  },
  {
    method: 'post',
    paths: ['/api/push/subscribe', '/api/subscribe'],
    summary: 'A browser wants to hear from the service.',
    body: Subscription,
    answers: { 200: Said, 400: Said, 503: Said },
  },
  {
    method: 'delete',
    paths: ['/api/push/subscribe'],
    summary: 'It does so no longer.',
    body: Unsubscription,
    answers: { 200: Said, 400: Said, 404: Said },
  },
  { method: 'get', paths: ['/metrics'], summary: 'Metrics for Prometheus.', answers: { 200: 'text/plain' } },
  { method: 'get', paths: ['/api/openapi.json'], summary: 'This document.', answers: { 200: 'application/json' } },
];
