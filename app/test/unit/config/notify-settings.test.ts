import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingList } from '../../../src/config/settings.ts';
import { load as loadWith, scratchFolder } from './scratch.ts';

const load = (env: Record<string, string>) => loadWith({ env });

describe('a channel that is set up in part', () => {
  it.each([
    [{ NTFY_TOKEN: 'tk_1' }, 'NTFY_URL is not set, but NTFY_TOKEN is set: ntfy cannot work without all of them.'],
    [{ TELEGRAM_CHAT_ID: '42' }, 'TELEGRAM_BOT_TOKEN is not set, but TELEGRAM_CHAT_ID is set: Telegram cannot work without all of them.'],
    [{ SMTP_HOST: 'mail.example.com' }, 'SMTP_FROM and SMTP_TO are not set, but SMTP_HOST is set: e-mail cannot work without all of them.'],
    [{ GOTIFY_URL: 'https://gotify.lan' }, 'GOTIFY_TOKEN is not set, but GOTIFY_URL is set: Gotify cannot work without all of them.'],
    [{ PUSHOVER_USER: 'u' }, 'PUSHOVER_TOKEN is not set, but PUSHOVER_USER is set: Pushover cannot work without all of them.'],
    [{ APPRISE_TAG: 'family' }, 'APPRISE_URL is not set, but APPRISE_TAG is set: Apprise cannot work without all of them.'],
    [{ WEBHOOK_TOKEN: 'x' }, 'WEBHOOK_URL is not set, but WEBHOOK_TOKEN is set: the webhook cannot work without all of them.'],
    [{ NTFY_URL: 'https://ntfy.sh' }, 'NTFY_URL (not shown) names no topic'],
    [{ ...MAIL(), SMTP_USER: 'me' }, 'Only one of SMTP_USER and SMTP_PASSWORD is set'],
    [{ ...MAIL(), SMTP_USER: 'me', SMTP_PASSWORD: 'secret', SMTP_SECURITY: 'none' }, 'SMTP_SECURITY is "none", but SMTP_PASSWORD is set'],
  ])('%o is refused at start, by name', (env, message) => {
    expect(() => load(env)).toThrow(message);
  });

  it('never shows a secret when it complains', () => {
    expect(() => load({ DISCORD_WEBHOOK_URL: 'ftp://secret', NTFY_TOKEN: 'two words' })).toThrow(
      /NTFY_TOKEN is \(not shown\).*\n.*DISCORD_WEBHOOK_URL is \(not shown\)/,
    );
    expect(() => load({ DISCORD_WEBHOOK_URL: 'ftp://secret' })).not.toThrow(/ftp:/);
  });
});

function MAIL() {
  return { SMTP_HOST: 'mail.example.com', SMTP_FROM: 'nas@example.com', SMTP_TO: 'me@example.com' };
}

describe('the secrets of channels', () => {
  it('can all be given as files, and are known to the redactor', () => {
    const folder = scratchFolder();
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    };
    const { settings, secrets } = load({
      NTFY_URL_FILE: file('ntfy', 'https://ntfy.sh/secret-topic'),
      NTFY_TOKEN_FILE: file('token', 'tk_secret'),
      FILE__DISCORD_WEBHOOK_URL: file('discord', 'https://discord.com/api/webhooks/1/secret'),
      ...MAIL(),
      SMTP_USER: 'me',
      SMTP_PASSWORD_FILE: file('mail', 'mail secret'),
    });
    expect(settings).toMatchObject({ ntfyUrl: 'https://ntfy.sh/secret-topic', smtpPassword: 'mail secret' });
    expect([...secrets].sort()).toEqual([
      'https://discord.com/api/webhooks/1/secret',
      'https://ntfy.sh/secret-topic',
      'mail secret',
      'tk_secret',
    ]);
  });

  it('have no flag, so that no list of processes shows them', () => {
    const channels = settingList().filter(({ facts }) => facts.group === 'notifications');
    expect(channels.length).toBeGreaterThan(20);
    for (const { facts } of channels) expect([facts.env, facts.flag]).toEqual([facts.env, undefined]);
    for (const { facts } of channels)
      if (/TOKEN|PASSWORD|_USER$/.test(facts.env) && facts.env !== 'SMTP_USER')
        expect([facts.env, facts.secret]).toEqual([facts.env, true]);
  });
});

it('the usual settings of every channel are understood', () => {
  const { settings } = load({
    ...MAIL(),
    SMTP_PORT: '2525',
    TELEGRAM_BOT_TOKEN: '42:abc',
    TELEGRAM_CHAT_ID: '-100123',
    NOTIFY_SUMMARY: 'Weekly',
  });
  expect(settings).toMatchObject({
    smtpPort: 2525,
    smtpSecurity: 'starttls',
    telegramApiUrl: 'https://api.telegram.org',
    notifySummary: 'weekly',
    notifyCodeDays: 3,
  });
});
