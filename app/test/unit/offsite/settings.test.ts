import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { targetsOf } from '../../../src/config/offsite-target-settings.ts';

const load = (env: Record<string, string>) => loadSettings({ env, cwd: '/nowhere' });

describe('off-site settings', () => {
  it('name no target unless a repository is set', () => {
    expect(targetsOf(load({}).settings)).toEqual([]);
    expect(targetsOf(load({ OFFSITE_PASSPHRASE: 'x' }).settings)).toEqual([]);
  });

  it('name several targets, each with its own words', () => {
    const { settings } = load({
      OFFSITE_REPOSITORY: '/mnt/disk',
      OFFSITE_3_REPOSITORY: 'ssh://me@nas/photos',
      OFFSITE_3_ENGINE: 'borg',
      OFFSITE_3_NAME: 'nas',
      OFFSITE_3_APPEND_ONLY: 'yes',
    });
    expect(targetsOf(settings)).toMatchObject([
      { number: 1, name: '1', engine: 'restic', repository: '/mnt/disk', appendOnly: false },
      { number: 3, name: 'nas', engine: 'borg', repository: 'ssh://me@nas/photos', appendOnly: true },
    ]);
  });

  it('hand variables on to the engine, but none that would change what is started', () => {
    const { settings } = load({
      OFFSITE_REPOSITORY: 's3:https://s3/b',
      OFFSITE_ENV: '# keys\nAWS_ACCESS_KEY_ID=me\nAWS_SECRET_ACCESS_KEY="a=b"\n',
    });
    expect(targetsOf(settings)[0]?.environment).toEqual({ AWS_ACCESS_KEY_ID: 'me', AWS_SECRET_ACCESS_KEY: 'a=b' });
    for (const line of ['PATH=/tmp', 'LD_PRELOAD=x', 'RESTIC_PASSWORD_COMMAND=x', 'BORG_RSH=x', 'no line'])
      expect(() => load({ OFFSITE_ENV: line })).toThrow(/OFFSITE_ENV is \(not shown\)/);
  });

  it('take folders of the library and nothing outside of it', () => {
    expect(load({ OFFSITE_EXCLUDE: ' _Trash/, ./_Hidden ,' }).settings.offsiteExclude).toEqual(['_Trash', '_Hidden']);
    expect(() => load({ OFFSITE_INCLUDE: '../elsewhere' })).toThrow(/OFFSITE_INCLUDE/);
    expect(load({}).settings.offsiteExclude).toEqual(['_Trash']);
  });
});
