import { httpUrl, oneOf, secretLine, secretToken, text, wholeNumber } from './kinds.ts';
import { type SettingFacts, setting } from './setting.ts';

const group = 'notifications';
const URL_FORM = 'an address that starts with http:// or https://';
const TOKEN_FORM = 'one line of printable ASCII characters without blanks';

/** None has a flag: whoever lists the processes of a machine would read them, and they belong to the service anyway. */
type Facts = Omit<SettingFacts, 'group' | 'flag'>;
/** Whoever knows such an address can write to the owner. */
const privateUrl = (facts: Omit<Facts, 'expects' | 'secret'>) =>
  setting(httpUrl().optional(), { ...facts, expects: URL_FORM, group, secret: true });
const token = (facts: Omit<Facts, 'expects' | 'secret'>) =>
  setting(secretToken().optional(), { ...facts, expects: TOKEN_FORM, group, secret: true });
const line = (facts: Facts) => setting(text().optional(), { ...facts, group });

export const notifySettings = {
  ntfyUrl: privateUrl({ env: 'NTFY_URL', help: 'ntfy: address of the topic, such as `https://ntfy.sh/my-topic`.' }),
  ntfyToken: token({ env: 'NTFY_TOKEN', help: 'ntfy: access token, where the topic asks for one.' }),
  appriseUrl: privateUrl({
    env: 'APPRISE_URL',
    help: 'Apprise API: `http://apprise:8000/notify/<key>`, or `…/notify` together with `APPRISE_URLS`.',
  }),
  appriseUrls: setting(secretLine().optional(), {
    env: 'APPRISE_URLS',
    expects: 'one or more Apprise addresses, separated by commas',
    help: 'Apprise API: where to send to, when the server keeps no list itself.',
    group,
    secret: true,
  }),
  appriseTag: line({ env: 'APPRISE_TAG', expects: 'a tag', help: 'Apprise API: only to the services with this tag.' }),
  webhookUrl: privateUrl({ env: 'WEBHOOK_URL', help: 'Any program: every message is sent there as JSON by POST.' }),
  webhookToken: token({ env: 'WEBHOOK_TOKEN', help: 'Sent to the webhook as `Authorization: Bearer …`.' }),
  smtpHost: line({ env: 'SMTP_HOST', expects: 'a host name', help: 'E-mail: the mail server.' }),
  smtpPort: setting(wholeNumber(1, 65_535).optional(), {
    env: 'SMTP_PORT',
    expects: 'a whole number from 1 to 65535',
    help: 'E-mail: its port.',
    group,
    defaultText: '587; 465 with `tls`; 25 with `none`',
  }),
  smtpSecurity: setting(oneOf('starttls', 'tls', 'none').default('starttls'), {
    env: 'SMTP_SECURITY',
    expects: 'starttls, tls or none',
    help: 'E-mail: how the connection is encrypted. `none` never sends a password.',
    group,
  }),
  smtpUser: line({ env: 'SMTP_USER', expects: 'a user name', help: 'E-mail: user name at the mail server.', fromFile: true }),
  smtpPassword: setting(secretLine().optional(), {
    env: 'SMTP_PASSWORD',
    expects: 'one line of text',
    help: 'E-mail: its password.',
    group,
    secret: true,
  }),
  smtpFrom: line({ env: 'SMTP_FROM', expects: 'an e-mail address', help: 'E-mail: the sender.' }),
  smtpTo: line({ env: 'SMTP_TO', expects: 'e-mail addresses, separated by commas', help: 'E-mail: who gets the messages.' }),
  telegramBotToken: token({ env: 'TELEGRAM_BOT_TOKEN', help: 'Telegram: the token that BotFather gave you.' }),
  telegramChatId: line({ env: 'TELEGRAM_CHAT_ID', expects: 'the number of a chat, or @channel', help: 'Telegram: the chat to write to.' }),
  telegramApiUrl: setting(httpUrl().default('https://api.telegram.org'), {
    env: 'TELEGRAM_API_URL',
    expects: URL_FORM,
    help: 'Telegram: another Bot API server, for those who run one.',
    group,
  }),
  discordWebhookUrl: privateUrl({ env: 'DISCORD_WEBHOOK_URL', help: 'Discord: address of a webhook of a channel.' }),
  gotifyUrl: setting(httpUrl().optional(), { env: 'GOTIFY_URL', expects: URL_FORM, help: 'Gotify: address of the server.', group }),
  gotifyToken: token({ env: 'GOTIFY_TOKEN', help: 'Gotify: token of an application.' }),
  pushoverToken: token({ env: 'PUSHOVER_TOKEN', help: 'Pushover: token of your application.' }),
  pushoverUser: token({ env: 'PUSHOVER_USER', help: 'Pushover: your user key, or that of a group.' }),
  pushContact: line({
    env: 'PUSH_CONTACT',
    expects: 'an e-mail address or a web address',
    help: 'Web push: told to the push services, so that they can reach you if something is wrong. `WEB_URL` is used if this is absent.',
  }),
  notifySummary: setting(oneOf('weekly', 'never').default('never'), {
    env: 'NOTIFY_SUMMARY',
    expects: 'weekly or never',
    help: '`weekly`: a summary on Mondays at eight.',
    group,
  }),
  notifyCodeDays: setting(wholeNumber(0, 30).default(3), {
    env: 'NOTIFY_CODE_DAYS',
    expects: 'a whole number of days, 0 to 30',
    help: 'So many days before Apple is expected to ask for a code you hear of it, once. 0: never.',
    group,
  }),
};
