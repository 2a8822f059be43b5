import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send, withLink } from './send-http.ts';

export interface DiscordOptions extends ChannelParts {
  /** As Discord shows it under Integrations; whoever knows it can write to the channel. */
  readonly url: string;
}

/** Colours of the page: amber for what needs somebody, the accent for what is good. */
const COLOUR = { problem: 0xc9780d, recovered: 0x0e6a51, notice: 0x626d6a, summary: 0x626d6a, test: 0x626d6a } as const;

/** Webhook with one embed. `wait` makes Discord answer whether the message was really posted; nobody is ever mentioned. */
export function createDiscord({ url, ...parts }: DiscordOptions): Notifier {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  return {
    name: 'discord',
    async send({ kind, title, text, link, atMs }, signal) {
      const embed = { title, description: withLink(text, link), color: COLOUR[kind], timestamp: new Date(atMs).toISOString() };
      await send(parts, {
        url: address.href,
        headers: JSON_BODY,
        body: JSON.stringify({ username: 'Photos Sync', embeds: [embed], allowed_mentions: { parse: [] } }),
        signal,
        why: (answer) => field(answer, 'message'),
        waitS: (answer) => field(answer, 'retry_after'),
      });
    },
  };
}
