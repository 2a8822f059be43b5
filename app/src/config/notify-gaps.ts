import type { SettingKey } from './settings.ts';

type Values = Readonly<Partial<Record<SettingKey, unknown>>>;

/** Settings of a channel that only make sense together: who sets one of them means the channel. */
const TOGETHER: readonly (readonly [
  channel: string,
  needed: Readonly<Record<string, SettingKey>>,
  optional: Readonly<Record<string, SettingKey>>,
])[] = [
  ['ntfy', { NTFY_URL: 'ntfyUrl' }, { NTFY_TOKEN: 'ntfyToken' }],
  ['Apprise', { APPRISE_URL: 'appriseUrl' }, { APPRISE_URLS: 'appriseUrls', APPRISE_TAG: 'appriseTag' }],
  ['the webhook', { WEBHOOK_URL: 'webhookUrl' }, { WEBHOOK_TOKEN: 'webhookToken' }],
  [
    'e-mail',
    { SMTP_HOST: 'smtpHost', SMTP_FROM: 'smtpFrom', SMTP_TO: 'smtpTo' },
    { SMTP_PORT: 'smtpPort', SMTP_USER: 'smtpUser', SMTP_PASSWORD: 'smtpPassword' },
  ],
  ['Telegram', { TELEGRAM_BOT_TOKEN: 'telegramBotToken', TELEGRAM_CHAT_ID: 'telegramChatId' }, {}],
  ['Gotify', { GOTIFY_URL: 'gotifyUrl', GOTIFY_TOKEN: 'gotifyToken' }, {}],
  ['Pushover', { PUSHOVER_TOKEN: 'pushoverToken', PUSHOVER_USER: 'pushoverUser' }, {}],
];

/** One line for each channel that is set up in part: it would stay silent for years. */
export function channelGaps(values: Values): readonly string[] {
  const isSet = (key: SettingKey) => values[key] !== undefined;
  const gaps = TOGETHER.flatMap(([channel, needed, optional]) => {
    const set = Object.entries({ ...needed, ...optional }).flatMap(([env, key]) => (isSet(key) ? [env] : []));
    const absent = Object.entries(needed).flatMap(([env, key]) => (isSet(key) ? [] : [env]));
    if (set.length === 0 || absent.length === 0) return [];
    return [`${list(absent)} not set, but ${list(set)} set: ${channel} cannot work without all of them.`];
  });
  return [...gaps, ...mailGaps(values), ...topicGap(values)];
}

const list = (names: readonly string[]) => `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'}`;

function mailGaps({ smtpUser, smtpPassword, smtpSecurity }: Values): readonly string[] {
  if ((smtpUser === undefined) !== (smtpPassword === undefined))
    return ['Only one of SMTP_USER and SMTP_PASSWORD is set: expected both, or neither for a server that asks for none.'];
  if (smtpPassword !== undefined && smtpSecurity === 'none')
    return ['SMTP_SECURITY is "none", but SMTP_PASSWORD is set: expected starttls or tls, so that nobody reads the password on its way.'];
  return [];
}

function topicGap({ ntfyUrl }: Values): readonly string[] {
  if (typeof ntfyUrl !== 'string' || /\/[\w-]{1,64}\/?$/.test(new URL(ntfyUrl).pathname)) return [];
  return ['NTFY_URL (not shown) names no topic: expected an address such as https://ntfy.sh/my-topic.'];
}
