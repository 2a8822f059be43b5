import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send } from './send-http.ts';

export interface GotifyOptions extends ChannelParts {
  readonly url: string;
  /** Of an application, not of a client. */
  readonly token: string;
}

/** Gotify's clients ring from 4 on, and insist from 8 on. */
const PRIORITY = { low: 2, normal: 5, high: 8 } as const;

/** `POST /message` (gotify.net/docs/pushmsg); a tap opens the page. */
export function createGotify({ url, token, ...parts }: GotifyOptions): Notifier {
  const address = `${url.replace(/\/+$/, '')}/message`;
  return {
    name: 'gotify',
    async send({ title, text, link, urgency }, signal) {
      const extras = link === undefined ? {} : { extras: { 'client::notification': { click: { url: link } } } };
      await send(parts, {
        url: address,
        headers: { ...JSON_BODY, 'X-Gotify-Key': token },
        body: JSON.stringify({ title, message: text, priority: PRIORITY[urgency], ...extras }),
        signal,
        why: (answer) => field(answer, 'errorDescription'),
      });
    },
  };
}
