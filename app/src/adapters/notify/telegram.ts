import type { Notifier } from '../../ports/notifier.ts';
import { type ChannelParts, field, JSON_BODY, send, withLink } from './send-http.ts';

export interface TelegramOptions extends ChannelParts {
  /** `https://api.telegram.org`, or an own Bot API server. */
  readonly apiUrl: string;
  readonly botToken: string;
  /** A number, or `@channel`. */
  readonly chatId: string;
}

/**
 * Bot API, `sendMessage`. The title is made bold by its place in the text, so nothing has to be escaped. The link stands in
 * the text, because Telegram refuses buttons to addresses inside a home network.
 */
export function createTelegram({ apiUrl, botToken, chatId, ...parts }: TelegramOptions): Notifier {
  const url = `${apiUrl.replace(/\/+$/, '')}/bot${botToken}/sendMessage`;
  return {
    name: 'telegram',
    async send({ title, text, link, urgency }, signal) {
      const body = {
        chat_id: chatId,
        text: `${title}\n\n${withLink(text, link)}`,
        entities: [{ type: 'bold', offset: 0, length: title.length }],
        link_preview_options: { is_disabled: true },
        disable_notification: urgency === 'low',
      };
      await send(parts, {
        url,
        headers: JSON_BODY,
        body: JSON.stringify(body),
        signal,
        why: (answer) => field(answer, 'description'),
        waitS: (answer) => field(answer, 'parameters', 'retry_after'),
      });
    },
  };
}
