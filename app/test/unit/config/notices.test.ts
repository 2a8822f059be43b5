import { describe, expect, it } from 'vitest';
import { settingList } from '../../../src/config/settings.ts';
import { load } from './scratch.ts';

const notices = (env: Record<string, string>) => load({ env }).notices;

describe('settings without effect', () => {
  it('says once for each that it has none, and what happens instead', () => {
    expect(notices({ FAIL_ON_MFA: 'true' })).toEqual([
      'FAIL_ON_MFA has no effect. A sign-in waits for a code until MFA_TIMEOUT is over; a small MFA_TIMEOUT does what this did.',
    ]);
  });

  it('stays quiet while they have their default', () => {
    expect(notices({ SCHEDULE: '0 2 * * *', FAIL_ON_MFA: 'no', EXPORT_METRICS: '' })).toEqual([]);
  });

  it('explains every one of them', () => {
    for (const { facts } of settingList()) expect(facts.status === undefined, facts.env).toBe(facts.explanation === undefined);
  });
});

describe('a second look', () => {
  it('says that nothing comes from Apple when the test server is set', () => {
    expect(notices({ ICLOUD_TEST_SERVER: 'http://127.0.0.1:9000' })).toEqual([
      'ICLOUD_TEST_SERVER is set: nothing comes from Apple, everything from the simulated iCloud at http://127.0.0.1:9000.',
    ]);
  });

  it('warns of a short web password without showing it', () => {
    expect(notices({ WEB_PASSWORD: 'qwert' })).toEqual(['WEB_PASSWORD has fewer than 8 characters and is easy to guess.']);
  });
});

describe('misspelt names', () => {
  it.each([
    ['APPLE_ID_USERS', 'APPLE_ID_USERS is not a setting. Did you mean APPLE_ID_USER?'],
    ['APPLE_ID_PASSWORD', 'APPLE_ID_PASSWORD is not a setting. The account is set with APPLE_ID_USER and APPLE_ID_PWD.'],
    ['APPLE_ID_PWD_FLIE', 'APPLE_ID_PWD_FLIE is not a setting. Did you mean APPLE_ID_PWD_FILE?'],
    ['DOWNLOAD_THREAD', 'DOWNLOAD_THREAD is not a setting. Did you mean DOWNLOAD_THREADS?'],
    ['METADATA_RATES', 'METADATA_RATES is not a setting. Did you mean METADATA_RATE?'],
    ['WEB_PASWORD', 'WEB_PASWORD is not a setting. Did you mean WEB_PASSWORD?'],
    ['data_dir', 'data_dir is not a setting. Did you mean DATA_DIR?'],
    ['DATA_DIR_FILE', 'DATA_DIR_FILE is not read: only secrets and APPLE_ID_USER can be given as files. Set DATA_DIR.'],
  ])('points out %s', (name, notice) => {
    expect(notices({ [name]: 'x' })).toEqual([notice]);
  });

  it.each([
    'PATH',
    'HOME',
    'HOSTNAME',
    'LANG',
    'PORTS',
    'TZDATA',
    'NODE_ENV',
    'LOG_LEVELS',
    'npm_config_cache',
    'LC_ALL',
    'PUID',
    'S6_VERBOSITY',
    'PORT_FILE',
  ])('leaves %s alone', (name) => {
    expect(notices({ [name]: 'x' })).toEqual([]);
  });
});
