import { describe, expect, it } from 'vitest';
import { createApprise } from '../../../src/adapters/notify/apprise.ts';
import { createDiscord } from '../../../src/adapters/notify/discord.ts';
import { createGotify } from '../../../src/adapters/notify/gotify.ts';
import { createNtfy } from '../../../src/adapters/notify/ntfy.ts';
import { createPushover } from '../../../src/adapters/notify/pushover.ts';
import type { ChannelParts } from '../../../src/adapters/notify/send-http.ts';
import { createTelegram } from '../../../src/adapters/notify/telegram.ts';
import { createWebhook } from '../../../src/adapters/notify/webhook.ts';
import { Problem } from '../../../src/domain/problem.ts';
import type { Notifier } from '../../../src/ports/notifier.ts';
import { type Answer, CODE, GOOD, inbox, NOW } from './channel-support.ts';

const { signal } = new AbortController();
const SECRET = 'tk_0123456789';

/** Every channel that speaks HTTP, at a server of the test. */
const CHANNELS: readonly (readonly [name: string, make: (origin: string, parts: ChannelParts) => Notifier])[] = [
  ['ntfy', (origin, parts) => createNtfy({ ...parts, url: `${origin}/my-topic-${SECRET}`, token: SECRET })],
  ['apprise', (origin, parts) => createApprise({ ...parts, url: `${origin}/notify/${SECRET}`, urls: undefined, tag: 'family' })],
  ['webhook', (origin, parts) => createWebhook({ ...parts, url: `${origin}/hook/${SECRET}`, token: SECRET })],
  ['telegram', (origin, parts) => createTelegram({ ...parts, apiUrl: origin, botToken: `42:${SECRET}`, chatId: '-100123' })],
  ['discord', (origin, parts) => createDiscord({ ...parts, url: `${origin}/api/webhooks/7/${SECRET}` })],
  ['gotify', (origin, parts) => createGotify({ ...parts, url: `${origin}/gotify/`, token: SECRET })],
  ['pushover', (origin, parts) => createPushover({ ...parts, apiUrl: origin, token: SECRET, user: 'u1' })],
];
const makerOf = (name: string) => CHANNELS.find(([own]) => own === name)?.[1] as (typeof CHANNELS)[number][1];

async function deliver(name: string, answers?: readonly Answer[]) {
  const box = await inbox(answers);
  const channel = makerOf(name)(box.origin, box.parts);
  await channel.send(CODE, signal);
  await channel.send(GOOD, signal);
  const [first, second] = box.deliveries;
  if (!first || !second) throw new Error('Nothing arrived.');
  return { first, second };
}

describe('a message goes out as the service documents it', () => {
  it('ntfy: JSON to the root of the server, with the token', async () => {
    const { first, second } = await deliver('ntfy');
    expect(first).toMatchObject({ method: 'POST', path: '/' });
    expect(first.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${SECRET}` });
    expect(first.json).toEqual({
      topic: `my-topic-${SECRET}`,
      title: CODE.title,
      message: CODE.text,
      tags: ['warning'],
      priority: 4,
      click: 'http://nas.local:8080/',
    });
    expect(second.json).toMatchObject({ priority: 2, tags: ['white_check_mark'] });
    expect(second.json).not.toHaveProperty('click');
  });

  it('ntfy below a path, with user and password in the address', async () => {
    const { origin, parts, deliveries } = await inbox();
    const url = `${origin.replace('http://', 'http://phil:p%40ss@')}/ntfy/topic/`;
    await createNtfy({ ...parts, url, token: undefined }).send(CODE, signal);
    expect(deliveries[0]).toMatchObject({ path: '/ntfy/', json: { topic: 'topic' } });
    expect(deliveries[0]?.headers.authorization).toBe(`Basic ${Buffer.from('phil:p@ss').toString('base64')}`);
  });

  it('Apprise API: title, body, type and tag to the address of the key', async () => {
    const { first, second } = await deliver('apprise');
    expect(first).toMatchObject({ method: 'POST', path: `/notify/${SECRET}` });
    expect(first.headers['content-type']).toBe('application/json');
    expect(first.json).toEqual({
      title: CODE.title,
      body: `${CODE.text}\n\nhttp://nas.local:8080/`,
      type: 'warning',
      format: 'text',
      tag: 'family',
    });
    expect(second.json).toMatchObject({ type: 'success', body: GOOD.text });
  });

  it('Apprise API without a list of its own: the addresses go along', async () => {
    const { origin, parts, deliveries } = await inbox();
    await createApprise({ ...parts, url: `${origin}/notify`, urls: 'mailto://a:b@example.com', tag: undefined }).send(GOOD, signal);
    expect(deliveries[0]).toMatchObject({ path: '/notify', json: { urls: 'mailto://a:b@example.com' } });
    expect(deliveries[0]?.json).not.toHaveProperty('tag');
  });

  it('webhook: the JSON of docs/notifications/webhook.md', async () => {
    const { first } = await deliver('webhook');
    expect(first).toMatchObject({ method: 'POST', path: `/hook/${SECRET}` });
    expect(first.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${SECRET}` });
    expect(first.json).toEqual({
      schema: 1,
      from: 'icloud-photos-sync',
      kind: 'problem',
      urgency: 'high',
      topic: 'need',
      title: CODE.title,
      text: CODE.text,
      link: CODE.link,
      at: '2026-11-20T01:04:00.000Z',
    });
  });

  it('Telegram: sendMessage with a bold title, nothing to escape, and silence for good news', async () => {
    const { first, second } = await deliver('telegram');
    expect(first).toMatchObject({ method: 'POST', path: `/bot42:${SECRET}/sendMessage` });
    expect(first.json).toEqual({
      chat_id: '-100123',
      text: `${CODE.title}\n\n${CODE.text}\n\nhttp://nas.local:8080/`,
      entities: [{ type: 'bold', offset: 0, length: CODE.title.length }],
      link_preview_options: { is_disabled: true },
      disable_notification: false,
    });
    expect(second.json).toMatchObject({ disable_notification: true, text: `${GOOD.title}\n\n${GOOD.text}` });
  });

  it('Discord: one embed, which mentions nobody', async () => {
    const { first } = await deliver('discord');
    expect(first).toMatchObject({ method: 'POST', path: `/api/webhooks/7/${SECRET}?wait=true` });
    expect(first.json).toEqual({
      username: 'Photos Sync',
      embeds: [
        {
          title: CODE.title,
          description: `${CODE.text}\n\nhttp://nas.local:8080/`,
          color: 0xc9780d,
          timestamp: '2026-11-20T01:04:00.000Z',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('Gotify: the token in its header, the link behind a tap', async () => {
    const { first, second } = await deliver('gotify');
    expect(first).toMatchObject({ method: 'POST', path: '/gotify/message' });
    expect(first.headers['x-gotify-key']).toBe(SECRET);
    expect(first.json).toEqual({
      title: CODE.title,
      message: CODE.text,
      priority: 8,
      extras: { 'client::notification': { click: { url: 'http://nas.local:8080/' } } },
    });
    expect(second.json).toEqual({ title: GOOD.title, message: GOOD.text, priority: 2 });
  });

  it('Pushover: token and user in the body, quiet for good news', async () => {
    const { first, second } = await deliver('pushover', [{ status: 200, body: { status: 1, request: 'x' } }]);
    expect(first).toMatchObject({ method: 'POST', path: '/1/messages.json' });
    expect(first.json).toEqual({
      token: SECRET,
      user: 'u1',
      title: CODE.title,
      message: CODE.text,
      priority: 1,
      timestamp: NOW / 1000,
      url: 'http://nas.local:8080/',
      url_title: 'Open the page',
    });
    expect(second.json).toMatchObject({ priority: -1 });
  });
});

describe.each(CHANNELS)('%s, when it is refused', (_name, make) => {
  it.each([
    [{ status: 500 }, 'It answered 500.'],
    [{ status: 301, headers: { Location: 'https://elsewhere.example.com/' } }, 'It answered 301: the address has moved.'],
  ])('says %o', async (answer, message) => {
    const { origin, parts, deliveries, lines } = await inbox([answer]);
    const problem = await make(origin, parts)
      .send(CODE, signal)
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code: 'notification-failed', message });
    // Once: trying again is the outbox's business, and no redirection takes the message elsewhere.
    expect(deliveries).toHaveLength(1);
    expect(lines.join('\n')).not.toContain(SECRET);
  });

  it('waits as long as it is told to', async () => {
    const { origin, parts } = await inbox([{ status: 429, headers: { 'Retry-After': '90' } }]);
    await expect(make(origin, parts).send(CODE, signal)).rejects.toMatchObject({ retryAtMs: NOW + 90_000 });
  });

  it('says nothing of its address when nobody is there', async () => {
    const { parts } = await inbox();
    const problem: unknown = await make('http://127.0.0.1:1', parts)
      .send(CODE, signal)
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'notification-failed', message: 'No connection to 127.0.0.1:1 (ECONNREFUSED).' });
  });
});

describe('a refusal is explained in the words of the service', () => {
  it.each([
    ['ntfy', { status: 403, body: { code: 40301, error: 'forbidden' } }, 'It answered 403: forbidden.'],
    [
      'apprise',
      { status: 424, body: { error: 'One or more notification could not be sent.' } },
      'It answered 424: One or more notification could not be sent.',
    ],
    ['apprise', { status: 204 }, 'Apprise knows no service to send to under this address and tag.'],
    [
      'telegram',
      { status: 400, body: { ok: false, description: 'Bad Request: chat not found' } },
      'It answered 400: Bad Request: chat not found.',
    ],
    ['discord', { status: 404, body: { message: 'Unknown Webhook', code: 10015 } }, 'It answered 404: Unknown Webhook.'],
    [
      'gotify',
      { status: 401, body: { errorDescription: 'you need to provide a valid access token' } },
      'It answered 401: you need to provide a valid access token.',
    ],
    [
      'pushover',
      { status: 400, body: { errors: ['user identifier is not valid'], status: 0 } },
      'It answered 400: user identifier is not valid.',
    ],
    ['pushover', { status: 200, body: { status: 0 } }, 'Pushover did not take the message.'],
  ])('%s', async (name, answer, message) => {
    const { origin, parts } = await inbox([answer]);
    await expect(makerOf(name)(origin, parts).send(CODE, signal)).rejects.toMatchObject({ code: 'notification-failed', message });
  });

  it.each([
    ['telegram', { status: 429, body: { parameters: { retry_after: 31 } } }, 31_000],
    ['discord', { status: 429, body: { retry_after: 0.5 } }, 500],
  ])('%s says in its answer how long to wait', async (name, answer, waitMs) => {
    const { origin, parts } = await inbox([answer]);
    await expect(makerOf(name)(origin, parts).send(CODE, signal)).rejects.toMatchObject({ retryAtMs: NOW + waitMs });
  });
});
