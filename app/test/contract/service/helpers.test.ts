import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../../../rootfs/usr/local/bin/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'helpers-'));
const fakeMain = join(folder, 'main.mjs');
writeFileSync(fakeMain, 'process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;');
afterAll(() => rmSync(folder, { recursive: true }));

function run(helper: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(BIN, helper), args, {
    encoding: 'utf8',
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, PHOTOS_SYNC_APP: fakeMain },
  });
  return { status, stdout, stderr };
}

const ran = (...args: string[]) => ({ status: 7, stdout: JSON.stringify(args) });

it.each(['icloud-photos-sync', 'enter_mfa', 'resend_mfa'])('%s can be executed', (helper) => {
  accessSync(join(BIN, helper), constants.X_OK);
});

it('icloud-photos-sync hands everything on, and the exit code back', () => {
  expect(run('icloud-photos-sync', 'sync', '--x=a b', '', '*')).toEqual({ ...ran('sync', '--x=a b', '', '*'), stderr: '' });
  expect(run('icloud-photos-sync')).toEqual({ ...ran(), stderr: '' });
});

describe('enter_mfa', () => {
  it('hands the code to the service', () => {
    expect(run('enter_mfa', '012345')).toEqual({ ...ran('code', '012345'), stderr: '' });
  });

  it('accepts the host of earlier versions, and says that it is not used', () => {
    expect(run('enter_mfa', '012345', 'localhost')).toEqual({
      ...ran('code', '012345'),
      stderr: expect.stringContaining("'localhost' is ignored"),
    });
  });
});

describe('resend_mfa', () => {
  it.each([[['device']], [['sms']], [['voice', '3']]])('asks for a code: %j', (args) => {
    expect(run('resend_mfa', ...args)).toEqual({ ...ran('resend', ...args), stderr: '' });
  });

  it('accepts the host of earlier versions, and says that it is not used', () => {
    expect(run('resend_mfa', 'sms', '1', 'nas')).toEqual({
      ...ran('resend', 'sms', '1'),
      stderr: expect.stringContaining("'nas' is ignored"),
    });
  });
});

describe.each([
  ['enter_mfa', 'Example: enter_mfa 123456'],
  ['resend_mfa', 'resend_mfa sms 2'],
])('%s', (helper, example) => {
  it('explains itself when it is given nothing, or too much', () => {
    for (const args of [[], [''], ['1', '2', '3', '4']]) {
      const { status, stdout, stderr } = run(helper, ...args);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toContain(`Usage: ${helper} <`);
      expect(stderr).toContain(example);
    }
  });

  it('explains itself when asked', () => {
    for (const flag of ['-h', '--help']) expect(run(helper, flag)).toMatchObject({ status: 0, stdout: expect.stringContaining(example) });
  });
});
