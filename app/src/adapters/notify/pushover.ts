import { Problem } from '../../domain/problem.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send } from './send-http.ts';

export interface PushoverOptions extends ChannelParts {
  /** `https://api.pushover.net`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly user: string;
}

const PRIORITY = { low: -1, normal: 0, high: 1 } as const;
/** pushover.net/api#limits, in characters. */
const MOST = { title: 250, message: 1024, url: 512 } as const;

/** `POST /1/messages.json`. Success is `status: 1` in the answer, whatever the HTTP status. */
export function createPushover({ apiUrl, token, user, ...parts }: PushoverOptions): Notifier {
  return {
    name: 'pushover',
    async send({ title, text, link, urgency, atMs }, signal) {
      const body = {
        token,
        user,
        title: title.slice(0, MOST.title),
        message: text.slice(0, MOST.message),
        priority: PRIORITY[urgency],
        timestamp: Math.floor(atMs / 1000),
        ...(link === undefined || link.length > MOST.url ? {} : { url: link, url_title: 'Open the page' }),
      };
      const answer = await send(parts, {
        url: `${apiUrl}/1/messages.json`,
        headers: JSON_BODY,
        body: JSON.stringify(body),
        signal,
        why: (said) => field(said, 'errors', '0'),
      });
      if (!/"status"\s*:\s*1\b/.test(answer.text)) throw new Problem('notification-failed', 'Pushover did not take the message.');
    },
  };
}
