import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send } from './send-http.ts';

export interface NtfyOptions extends ChannelParts {
  /** Address of the topic, `https://ntfy.sh/my-topic`; the server may lie below a path. */
  readonly url: string;
  readonly token: string | undefined;
}

const PRIORITY = { low: 2, normal: 3, high: 4 } as const;
/** Short codes of emoji that ntfy puts before the title; colour alone says too little on a lock screen. */
const TAG = { problem: 'warning', recovered: 'white_check_mark', notice: 'calendar', summary: 'bar_chart', test: 'wave' } as const;

/** Publishes as JSON (docs.ntfy.sh/publish/#publish-as-json): headers could not carry names with accents. */
export function createNtfy({ url, token, ...parts }: NtfyOptions): Notifier {
  const address = new URL(url);
  const path = address.pathname.replace(/\/$/, '').split('/');
  const topic = path.pop() ?? '';
  const server = `${address.origin}${path.join('/')}/`;
  const login = address.username === '' ? undefined : basic(address);
  return {
    name: 'ntfy',
    async send({ kind, urgency, title, text, link }, signal) {
      const body = {
        topic,
        title,
        message: text,
        tags: [TAG[kind]],
        priority: PRIORITY[urgency],
        ...(link === undefined ? {} : { click: link }),
      };
      const authorization = token === undefined ? login : `Bearer ${token}`;
      await send(parts, {
        url: server,
        headers: { ...JSON_BODY, ...(authorization === undefined ? {} : { Authorization: authorization }) },
        body: JSON.stringify(body),
        signal,
        why: (answer) => field(answer, 'error'),
      });
    },
  };
}

/** User and password may stand in the address, as with curl. */
function basic({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}
