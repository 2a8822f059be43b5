import { createHttpClient } from '../adapters/http/http-client.ts';
import { createApprise } from '../adapters/notify/apprise.ts';
import { createDiscord } from '../adapters/notify/discord.ts';
import { createEmail } from '../adapters/notify/email.ts';
import { createGotify } from '../adapters/notify/gotify.ts';
import { createNtfy } from '../adapters/notify/ntfy.ts';
import { createPushover } from '../adapters/notify/pushover.ts';
import type { ChannelParts } from '../adapters/notify/send-http.ts';
import { createTelegram } from '../adapters/notify/telegram.ts';
import { createWebhook } from '../adapters/notify/webhook.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Notifier } from '../ports/notifier.ts';

const PUSHOVER_URL = 'https://api.pushover.net';

/** A client without debug lines, whose paths would be secrets, and without the test server: messages go where the owner says. */
export function channelParts(log: Log, clock: Clock): ChannelParts {
  const http = createHttpClient({ log: { ...log, debug: () => undefined }, sockets: 2, testServer: undefined });
  return { http, now: () => clock.now() };
}

/** Every channel that the settings name. They have been checked: what belongs together is there (config/notify-gaps.ts). */
export function channelsOf(settings: Settings, parts: ChannelParts): readonly Notifier[] {
  const { ntfyUrl, ntfyToken, appriseUrl, appriseUrls, appriseTag, webhookUrl, webhookToken, discordWebhookUrl } = settings;
  const { telegramBotToken, telegramChatId, telegramApiUrl, gotifyUrl, gotifyToken, pushoverToken, pushoverUser } = settings;
  return [
    ntfyUrl !== undefined && createNtfy({ ...parts, url: ntfyUrl, token: ntfyToken }),
    appriseUrl !== undefined && createApprise({ ...parts, url: appriseUrl, urls: appriseUrls, tag: appriseTag }),
    webhookUrl !== undefined && createWebhook({ ...parts, url: webhookUrl, token: webhookToken }),
    email(settings),
    telegramBotToken !== undefined &&
      telegramChatId !== undefined &&
      createTelegram({ ...parts, apiUrl: telegramApiUrl, botToken: telegramBotToken, chatId: telegramChatId }),
    discordWebhookUrl !== undefined && createDiscord({ ...parts, url: discordWebhookUrl }),
    gotifyUrl !== undefined && gotifyToken !== undefined && createGotify({ ...parts, url: gotifyUrl, token: gotifyToken }),
    pushoverToken !== undefined &&
      pushoverUser !== undefined &&
      createPushover({ ...parts, apiUrl: PUSHOVER_URL, token: pushoverToken, user: pushoverUser }),
  ].filter((channel) => channel !== false);
}

function email({ smtpHost, smtpPort, smtpSecurity, smtpUser, smtpPassword, smtpFrom, smtpTo }: Settings): Notifier | false {
  if (smtpHost === undefined || smtpFrom === undefined || smtpTo === undefined) return false;
  const login = smtpUser !== undefined && smtpPassword !== undefined ? { user: smtpUser, password: smtpPassword } : undefined;
  return createEmail({ host: smtpHost, port: smtpPort, security: smtpSecurity, login, from: smtpFrom, to: smtpTo });
}

/** Where messages link to: the page, with a slash at its end, so that it is a place and no file. */
export function pageUrlOf({ webUrl }: Settings): string | undefined {
  return webUrl === undefined ? undefined : webUrl.replace(/\/*$/, '/');
}
