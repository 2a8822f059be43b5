import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { controlSocketPath, runtimeDirOf } from '../../../src/service/control-socket.ts';
import { another, call, freshPath, freshRuntimeDir, IS_ROOT, kill, OTHER_UID, serve } from './control-support.ts';

const fine = async () => 0;

describe('the path', () => {
  const place = { libraryRoot: '/photos', configDir: '/config', runtimeDir: '/run/user/1000' };

  it('is the same for everybody who means the same library and state folder', () => {
    expect(controlSocketPath(place)).toMatch(/^\/run\/user\/1000\/photos-sync-[0-9a-f]{12}\/control\.sock$/);
    expect(controlSocketPath({ ...place, libraryRoot: '/photos/' })).toBe(controlSocketPath(place));
    expect(controlSocketPath({ ...place, libraryRoot: '/other' })).not.toBe(controlSocketPath(place));
    expect(controlSocketPath({ ...place, configDir: '/other' })).not.toBe(controlSocketPath(place));
  });

  it('may be exactly as long as the system allows, and works then', async () => {
    const most = process.platform === 'linux' ? 107 : 103;
    const base = freshRuntimeDir();
    const room = most - controlSocketPath({ ...place, runtimeDir: base }).length - 1;
    const runtimeDir = join(base, 'x'.repeat(room));
    mkdirSync(runtimeDir);
    const path = controlSocketPath({ ...place, runtimeDir });
    expect(path).toHaveLength(most);
    await serve(fine, { path });
    expect((await call(path)).exitCode).toBe(0);
    expect(() => controlSocketPath({ ...place, runtimeDir: `${runtimeDir}x` })).toThrow(
      expect.objectContaining({ code: 'settings-invalid', message: expect.stringContaining(`${runtimeDir}x/photos-sync-`) }),
    );
  });

  it('counts bytes, not letters', () => {
    expect(() => controlSocketPath({ ...place, runtimeDir: `/${'ü'.repeat(40)}` })).toThrow('bytes');
  });
});

describe('the runtime folder', () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'control-xdg-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  };

  it('is XDG_RUNTIME_DIR where that can be used', () => {
    const own = folder();
    expect(runtimeDirOf({ XDG_RUNTIME_DIR: own })).toBe(own);
  });

  it('is the folder for temporary files otherwise', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    for (const unfit of [undefined, '', 'relative', '/does/not/exist', file]) {
      expect(runtimeDirOf({ XDG_RUNTIME_DIR: unfit })).toBe(tmpdir());
    }
  });
});

describe('safety of the folder', () => {
  it('is open to its owner only, and so is the socket, whatever the umask', async () => {
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const { path } = await serve(fine);
    expect(lstatSync(dirname(path)).mode & 0o7777).toBe(0o700);
    expect(lstatSync(path).mode & 0o7777).toBe(0o600);
  });

  it('closes a folder of ours that was open to others; callers pass it over until then', async () => {
    const path = freshPath();
    mkdirSync(dirname(path));
    chmodSync(dirname(path), 0o777);
    expect((await call(path)).err).toContain('others can write');
    await serve(fine, { path });
    expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700);
    chmodSync(dirname(path), 0o770);
    expect((await call(path)).result).toEqual({ is: 'no-service' });
  });

  it('refuses a link in place of the folder, and leaves its target alone', async () => {
    const path = freshPath();
    const target = freshRuntimeDir();
    symlinkSync(target, dirname(path));
    await expect(serve(fine, { path })).rejects.toMatchObject({ code: 'settings-invalid', message: expect.stringContaining('is a link') });
    expect(readdirSync(target)).toEqual([]);
    expect(lstatSync(target).mode & 0o777).toBe(0o777);
    expect((await call(path)).result).toEqual({ is: 'no-service' });
  });

  it('refuses a file in place of the folder or of the socket', async () => {
    const path = freshPath();
    writeFileSync(dirname(path), '');
    await expect(serve(fine, { path })).rejects.toMatchObject({ code: 'settings-invalid' });
    const other = freshPath();
    mkdirSync(dirname(other), { mode: 0o700 });
    writeFileSync(other, 'mine');
    await expect(serve(fine, { path: other })).rejects.toThrow('is not a socket');
    expect((await call(other)).result).toEqual({ is: 'no-service' });
  });

  it('names a runtime folder that does not exist', async () => {
    const path = controlSocketPath({ libraryRoot: '/a', configDir: '/b', runtimeDir: join(freshRuntimeDir(), 'gone') });
    await expect(serve(fine, { path })).rejects.toMatchObject({ code: 'settings-invalid', message: expect.stringContaining('/gone/') });
    expect((await call(path)).result).toEqual({ is: 'no-service' });
  });
});

// Only root can act as other users; elsewhere these are reported as skipped.
describe.runIf(IS_ROOT)('with other users on the machine', () => {
  it('refuses a folder that another user has put there', async () => {
    const path = freshPath();
    mkdirSync(dirname(path), { mode: 0o700 });
    chownSync(dirname(path), OTHER_UID, OTHER_UID);
    await expect(serve(fine, { path })).rejects.toThrow(`belongs to another user (uid ${OTHER_UID})`);
  });

  it('does not let root talk to a service of a user who does not own the state folder', async () => {
    const path = freshPath();
    expect(await another('serve', path, OTHER_UID).nextLine()).toBe('open');
    const { result, err } = await call(path, { trustedUid: OTHER_UID + 1 });
    expect(result).toEqual({ is: 'no-service' });
    expect(err).toContain(`another user (uid ${OTHER_UID})`);
  });

  it('lets root talk to the service of the user who owns the state folder', async () => {
    const path = freshPath();
    expect(await another('serve', path, OTHER_UID).nextLine()).toBe('open');
    expect(lstatSync(dirname(path)).uid).toBe(OTHER_UID);
    expect((await call(path, { trustedUid: OTHER_UID })).exitCode).toBe(OTHER_UID % 100);
    expect(lstatSync(path).uid).toBe(OTHER_UID);
  });

  it('tells another user that the service is not theirs', async () => {
    const { path } = await serve(fine);
    const caller = another('call', path, OTHER_UID, OTHER_UID);
    expect(await caller.nextLine()).toMatch(/^err The service belongs to another user \(uid 0\).*uid 4242/);
    expect(await caller.nextLine()).toBe('{"is":"answered","exitCode":1}');
  });

  it('tells another user that the folder left by a killed service is not theirs', async () => {
    const path = freshPath();
    const before = another('serve', path, 0);
    expect(await before.nextLine()).toBe('open');
    await kill(before.child);
    expect(await another('serve', path, OTHER_UID).nextLine()).toMatch(/^refused .*belongs to another user/);
  });
});
