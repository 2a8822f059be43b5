import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, refusal, scratchFolder } from './scratch.ts';

describe('where settings come from', () => {
  it('has a default for everything', () => {
    const { settings, notices, secrets } = load();
    expect(settings).toMatchObject({
      dataDir: '/opt/icloud-photos-library',
      configDir: '/opt/icloud-photos-library/.photos-sync',
      port: 80,
      webBasePath: '',
      webAllowedHosts: [],
      maxRetries: 10,
      downloadTimeout: 2,
      schedule: '0 2 * * *',
      mfaTimeout: 600,
      logLevel: 'info',
      metadataRate: { requests: Number.POSITIVE_INFINITY, perMs: 0 },
      region: 'world',
      checksumPolicy: 'normal',
      force: false,
      silent: false,
    });
    expect(settings.downloadThreads).toBeUndefined();
    expect(settings.username).toBeUndefined();
    expect(notices).toEqual([]);
    expect(secrets).toEqual([]);
  });

  it('prefers flag to environment to file to .env to default', () => {
    const cwd = scratchFolder({ '.env': 'APPLE_ID_USER=dotenv@example.com\n', name: 'file@example.com\n' });
    const file = { APPLE_ID_USER_FILE: join(cwd, 'name') };
    const name = (options: Parameters<typeof load>[0]) => load({ cwd, ...options }).settings.username;
    expect(name({ argv: { username: 'flag@example.com' }, env: { APPLE_ID_USER: 'env@example.com' } })).toBe('flag@example.com');
    expect(name({ env: { APPLE_ID_USER: 'env@example.com' } })).toBe('env@example.com');
    expect(name({ env: file })).toBe('file@example.com');
    expect(name({})).toBe('dotenv@example.com');
  });

  it('passes over what is empty at every step', () => {
    const cwd = scratchFolder({ '.env': 'PORT=8080\nREGION=\n' });
    const { settings } = load({
      cwd,
      argv: { port: '', region: '' },
      env: { PORT: '', REGION: '', FORCE: '', DATA_DIR: '', APPLE_ID_PWD_FILE: '' },
    });
    expect(settings).toMatchObject({ port: 8080, region: 'world', force: false, dataDir: '/opt/icloud-photos-library' });
  });

  it('leaves the environment of the process alone when it reads .env', () => {
    const cwd = scratchFolder({ '.env': 'ICPS_TEST_MARK=1\nMFA_TIMEOUT=30\n' });
    expect(load({ cwd }).settings.mfaTimeout).toBe(30);
    expect(process.env.ICPS_TEST_MARK).toBeUndefined();
  });

  it('passes over a .env that cannot be read, and says so', () => {
    const cwd = scratchFolder();
    mkdirSync(join(cwd, '.env'));
    expect(load({ cwd }).notices).toEqual(['The file .env cannot be read (EISDIR); it is passed over.']);
    expect(load({ cwd: join(cwd, 'missing') }).notices).toEqual([]);
  });

  it('takes flags as the command line parser gives them', () => {
    const { settings } = load({ argv: { force: true, silent: false, port: 8080, suppressWarnings: undefined } });
    expect(settings).toMatchObject({ force: true, silent: false, port: 8080, suppressWarnings: false });
  });

  it('makes folders absolute', () => {
    const cwd = scratchFolder();
    expect(load({ cwd, env: { DATA_DIR: 'photos' } }).settings).toMatchObject({
      dataDir: join(cwd, 'photos'),
      configDir: join(cwd, 'photos/.photos-sync'),
    });
    expect(load({ cwd, env: { CONFIG_DIR: '/config' } }).settings.configDir).toBe('/config');
  });
});

describe('files for secrets', () => {
  it.each(['APPLE_ID_PWD_FILE', 'FILE__APPLE_ID_PWD'])('reads %s and drops one line break at the end', (name) => {
    const cwd = scratchFolder({ one: 'se cret \n', windows: 'secret\r\n', bare: 'secret' });
    const read = (file: string) => load({ cwd, env: { [name]: join(cwd, file) } });
    expect(read('one').settings.password).toBe('se cret ');
    expect(read('windows').settings.password).toBe('secret');
    expect(read('bare')).toMatchObject({ settings: { password: 'secret' }, secrets: ['secret'] });
  });

  it('reads a file that .env names, relative to the working directory', () => {
    const cwd = scratchFolder({ '.env': 'WEB_TOKEN_FILE=token\n', token: 'abcdefghijkl' });
    expect(load({ cwd }).settings.webToken).toBe('abcdefghijkl');
  });

  it('takes an empty file for not set', () => {
    const cwd = scratchFolder({ empty: '\n' });
    expect(load({ cwd, env: { APPLE_ID_PWD_FILE: 'empty' } }).settings.password).toBeUndefined();
  });

  it('refuses a file that is not there, by name', () => {
    expect(refusal({ env: { APPLE_ID_PWD_FILE: '/run/secrets/nowhere' } })).toBe(
      'One setting cannot be used:\n  APPLE_ID_PWD_FILE names /run/secrets/nowhere, which cannot be read (ENOENT): expected a file that this user may read.',
    );
  });

  it('refuses a name that is set directly and as a file', () => {
    expect(refusal({ env: { APPLE_ID_PWD: 'hush-hush', APPLE_ID_PWD_FILE: '/run/secrets/pwd' } })).toBe(
      'One setting cannot be used:\n  APPLE_ID_PWD and APPLE_ID_PWD_FILE are both set (from the environment): expected only one of them.',
    );
    expect(refusal({ env: { WEB_TOKEN_FILE: '/a', FILE__WEB_TOKEN: '/b' } })).toContain('WEB_TOKEN_FILE and FILE__WEB_TOKEN are both set');
  });

  it('does not mind a file in .env when the environment has the value', () => {
    const cwd = scratchFolder({ '.env': 'APPLE_ID_PWD_FILE=/nowhere\n' });
    expect(load({ cwd, env: { APPLE_ID_PWD: 'hush-hush' } }).settings.password).toBe('hush-hush');
  });
});

describe('refusals', () => {
  it('names every wrong setting at once, with its source', () => {
    const cwd = scratchFolder({ '.env': 'DOWNLOAD_TIMEOUT=0\n', pwd: 'hush-hush\nsecond line' });
    const message = refusal({
      cwd,
      argv: { logLevel: 'loud' },
      env: { PORT: 'eighty', METADATA_RATE: '0/20', APPLE_ID_PWD_FILE: join(cwd, 'pwd') },
    });
    expect(message.replaceAll(cwd, '<cwd>')).toBe(
      [
        '5 settings cannot be used:',
        '  APPLE_ID_PWD (--password) is (not shown) from the file <cwd>/pwd: expected one line of text.',
        '  DOWNLOAD_TIMEOUT (--download-timeout) is "0" from .env: expected a number of minutes above 0, or Infinity.',
        '  METADATA_RATE (--metadata-rate) is "0/20" from the environment: expected a number of requests, a slash and milliseconds, such as 1/20 (or Infinity/0).',
        '  PORT (--port) is "eighty" from the environment: expected a whole number from 1 to 65535.',
        '  LOG_LEVEL (--log-level) is "loud" from the command line: expected debug, info, warn or error.',
      ].join('\n'),
    );
  });

  it('never shows a secret', () => {
    const secrets = {
      APPLE_ID_PWD: 'first\nsecret',
      TRUST_TOKEN: 'second\rsecret',
      WEB_PASSWORD: 'third\nsecret',
      WEB_TOKEN: 'fourth secret',
    };
    const message = refusal({ env: secrets });
    expect(message.match(/\(not shown\)/g)).toHaveLength(4);
    expect(message).not.toMatch(/first|second|third|fourth|secret/);
  });

  it('shortens what is long', () => {
    expect(refusal({ env: { REGION: 'x'.repeat(5000) } }).length).toBeLessThan(200);
  });
});

describe('secrets', () => {
  it('hands every secret to the redactor, wherever it came from', () => {
    const cwd = scratchFolder({ '.env': 'WEB_PASSWORD=from-dotenv\n', token: 'from-file' });
    const { secrets } = load({ cwd, argv: { password: 'from-flag' }, env: { TRUST_TOKEN: 'from-env', WEB_TOKEN_FILE: 'token' } });
    expect([...secrets].sort()).toEqual(['from-dotenv', 'from-env', 'from-file', 'from-flag']);
  });
});
