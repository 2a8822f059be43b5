import { describe, expect, it } from 'vitest';
import { cliOptions } from '../../../src/config/options.ts';
import { settingList } from '../../../src/config/settings.ts';
import { load, refusal } from './scratch.ts';

/** Flag, short flag, environment: what users of earlier versions have in their scripts and compose files. */
const KNOWN_NAMES = [
  ['--username', '-u', 'APPLE_ID_USER', 'Me@Example.com'],
  ['--password', '-p', 'APPLE_ID_PWD', 'pas$word'],
  ['--trust-token', '-T', 'TRUST_TOKEN', 'HSARMTKNabcSRVX'],
  ['--data-dir', '-d', 'DATA_DIR', '/photos'],
  ['--port', '-P', 'PORT', '8080'],
  ['--web-base-path', '', 'WEB_BASE_PATH', '/photos'],
  ['--max-retries', '-r', 'MAX_RETRIES', 'Infinity'],
  ['--download-threads', '-t', 'DOWNLOAD_THREADS', 'Infinity'],
  ['--download-timeout', '', 'DOWNLOAD_TIMEOUT', 'Infinity'],
  ['--schedule', '-S', 'SCHEDULE', '* 2 * * *'],
  ['--enable-crash-reporting', '', 'ENABLE_CRASH_REPORTING', 'true'],
  ['--mfa-timeout', '', 'MFA_TIMEOUT', '300'],
  ['--fail-on-mfa', '', 'FAIL_ON_MFA', 'true'],
  ['--force', '', 'FORCE', 'true'],
  ['--refresh-token', '', 'REFRESH_TOKEN', 'true'],
  ['--remote-delete', '', 'REMOTE_DELETE', 'true'],
  ['--log-level', '-l', 'LOG_LEVEL', 'debug'],
  ['--silent', '-s', 'SILENT', 'true'],
  ['--log-to-cli', '', 'LOG_TO_CLI', 'true'],
  ['--suppress-warnings', '', 'SUPPRESS_WARNINGS', 'true'],
  ['--export-metrics', '', 'EXPORT_METRICS', 'true'],
  ['--enable-network-capture', '', 'ENABLE_NETWORK_CAPTURE', 'true'],
  ['--metadata-rate', '', 'METADATA_RATE', '1/20'],
  ['--region', '', 'REGION', 'china'],
  ['--legacy-login', '', 'LEGACY_LOGIN', 'true'],
  ['--health-check-url', '', 'HEALTH_CHECK_URL', 'https://hc.example.com/ping'],
] as const;

const value = (env: string, text: string) => {
  const key = settingList().find(({ facts }) => facts.env === env)?.key;
  return key === undefined ? undefined : load({ env: { [env]: text } }).settings[key];
};

describe('names that users already type', () => {
  it.each(KNOWN_NAMES)('accepts %s %s %s', (flag, short, env, text) => {
    const option = cliOptions().find((one) => one.env === env);
    expect(option?.flags.replace(/ <.*/, '')).toBe(short === '' ? flag : `${short}, ${flag}`);
    expect(value(env, text)).toBeDefined();
    expect(load({ argv: option ? { [option.key]: option.boolean ? true : text } : {} }).settings).toBeDefined();
  });

  it('starts with all of them at once', () => {
    expect(load({ env: Object.fromEntries(KNOWN_NAMES.map(([, , env, text]) => [env, text])) }).settings.port).toBe(8080);
  });
});

describe('kinds of values', () => {
  it.each([
    ['APPLE_ID_USER', ' Me@Example.COM ', 'me@example.com'],
    ['PORT', ' 8080 ', 8080],
    ['WEB_BASE_PATH', 'photos/sync/', '/photos/sync'],
    ['WEB_BASE_PATH', '/', ''],
    ['MAX_RETRIES', '0', 0],
    ['MAX_RETRIES', 'infinity', Number.POSITIVE_INFINITY],
    ['DOWNLOAD_THREADS', '5', 5],
    ['DOWNLOAD_TIMEOUT', '0.5', 0.5],
    ['METADATA_RATE', '1/20', { requests: 1, perMs: 20 }],
    ['METADATA_RATE', '5/0', { requests: Number.POSITIVE_INFINITY, perMs: 0 }],
    ['METADATA_RATE', 'Infinity/50', { requests: Number.POSITIVE_INFINITY, perMs: 0 }],
    ['LOG_LEVEL', 'WARN', 'warn'],
    ['SCHEDULE', '@daily', '@daily'],
    ['SCHEDULE', '*/5 0 2 * * MON-FRI', '*/5 0 2 * * MON-FRI'],
    ['WEB_ALLOWED_HOSTS', 'Photos.Example.com, *.example.org,', ['photos.example.com', '*.example.org']],
    ['WEB_TRUSTED_PROXIES', '172.18.0.0/16, ::1', ['172.18.0.0/16', '::1']],
    ['TZ', 'Europe/Berlin', 'Europe/Berlin'],
    ['TZ', ':Europe/Berlin', 'Europe/Berlin'],
    ['ICLOUD_TEST_SERVER', 'http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['APPLE_ID_PWD', ' blanks stay ', ' blanks stay '],
  ])('%s=%s', (env, text, expected) => {
    expect(value(env, text)).toEqual(expected);
  });

  it.each([
    ...['true', '1', 'yes', 'on', 'TRUE', 'on\r'].map((text) => [text, true] as const),
    ...['false', '0', 'no', 'off', 'False'].map((text) => [text, false] as const),
  ])('reads the switch position %j as %s', (text, expected) => {
    expect(value('FORCE', text)).toBe(expected);
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '0x50'],
    ['PORT', '8e1'],
    ['PORT', '-1'],
    ['PORT', 'Infinity'],
    ['MAX_RETRIES', '-1'],
    ['MAX_RETRIES', '1.5'],
    ['DOWNLOAD_THREADS', '0'],
    ['DOWNLOAD_TIMEOUT', '-2'],
    ['MFA_TIMEOUT', '0'],
    ['METADATA_RATE', '20'],
    ['METADATA_RATE', '0/20'],
    ['METADATA_RATE', '1/Infinity'],
    ['FORCE', 'maybe'],
    ['REGION', 'mars'],
    ['CHECKSUM_POLICY', 'none'],
    ['SCHEDULE', '0 2 * *'],
    ['SCHEDULE', 'every night'],
    ['WEB_BASE_PATH', '/a b'],
    ['WEB_BASE_PATH', '/:id'],
    ['WEB_ALLOWED_HOSTS', 'https://photos.example.com'],
    ['WEB_TRUSTED_PROXIES', '172.18.0.0/64'],
    ['WEB_TRUSTED_PROXIES', 'proxy'],
    ['WEB_URL', 'photos.example.com'],
    ['ICLOUD_TEST_SERVER', 'ftp://example.com'],
    ['TZ', 'Europe/Berln'],
  ])('refuses %s=%s', (env, text) => {
    expect(refusal({ env: { [env]: text } })).toContain(`${env} `);
  });
});

describe('command line', () => {
  it('derives each key from its flag, as command line parsers do', () => {
    for (const { key, flags } of cliOptions()) {
      const long = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
      expect(long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())).toBe(key);
    }
  });

  it('offers no flag for the secrets of the web port', () => {
    expect(cliOptions().filter(({ env }) => /^WEB_(PASSWORD|TOKEN)$/.test(env))).toEqual([]);
  });

  it('describes a switch, a value and a secret', () => {
    const option = (key: string) => cliOptions().find((one) => one.key === key);
    expect(option('port')).toMatchObject({ flags: '-P, --port <number>', boolean: false, secret: false, defaultText: '80' });
    expect(option('force')).toMatchObject({ flags: '--force', boolean: true, defaultText: '' });
    expect(option('password')).toMatchObject({ secret: true, defaultText: '' });
    expect(option('metadataRate')?.defaultText).toBe('Infinity/0');
    expect(option('configDir')?.defaultText).toBe('.photos-sync in DATA_DIR');
  });

  it('gives every name once', () => {
    const names = settingList().flatMap(({ facts }) => [facts.env, facts.flag, facts.short].filter((name) => name !== undefined));
    expect(new Set(names).size).toBe(names.length);
  });
});
