import { Problem } from '../../domain/problem.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send, withLink } from './send-http.ts';

export interface AppriseOptions extends ChannelParts {
  /** `http://apprise:8000/notify/<key>`, or `…/notify` with `urls`. */
  readonly url: string;
  readonly urls: string | undefined;
  readonly tag: string | undefined;
}

const TYPE = { problem: 'warning', recovered: 'success', notice: 'info', summary: 'info', test: 'info' } as const;

/** Apprise API (github.com/caronc/apprise-api). It answers 204 when it knows no service to send to: nothing was said then. */
export function createApprise({ url, urls, tag, ...parts }: AppriseOptions): Notifier {
  return {
    name: 'apprise',
    async send({ kind, title, text, link }, signal) {
      const body = {
        title,
        body: withLink(text, link),
        type: TYPE[kind],
        format: 'text',
        ...(urls === undefined ? {} : { urls }),
        ...(tag === undefined ? {} : { tag }),
      };
      const answer = await send(parts, {
        url,
        headers: JSON_BODY,
        body: JSON.stringify(body),
        signal,
        why: (said) => field(said, 'error'),
      });
      if (answer.status === 204)
        throw new Problem('notification-failed', 'Apprise knows no service to send to under this address and tag.');
    },
  };
}
