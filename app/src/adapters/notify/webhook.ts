import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, JSON_BODY, send } from './send-http.ts';

export interface WebhookOptions extends ChannelParts {
  readonly url: string;
  readonly token: string | undefined;
}

/** Grows when the meaning of a field changes; new fields may come at any time. */
const SCHEMA = 1;

/** Any program that takes JSON; docs/notifications/webhook.md is the promise. */
export function createWebhook({ url, token, ...parts }: WebhookOptions): Notifier {
  return {
    name: 'webhook',
    async send({ kind, urgency, topic, title, text, link, atMs }, signal) {
      const body = {
        schema: SCHEMA,
        from: 'icloud-photos-sync',
        kind,
        urgency,
        topic,
        title,
        text,
        link,
        at: new Date(atMs).toISOString(),
      };
      await send(parts, {
        url,
        headers: { ...JSON_BODY, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
        signal,
      });
    },
  };
}
