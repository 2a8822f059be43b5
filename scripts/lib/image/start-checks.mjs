// How a container starts and what it refuses: secrets, forms of docker run, wrong settings, the compose files.
import assert from 'node:assert/strict';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, longCheck, until } from './harness.mjs';
import { containerNamed, differences, differencesTo, dock, docker, entries, expectedInside, IMAGE, id, NETWORK, newPlace, PASSWORD, run, WORK } from './containers.mjs';

const project = new URL('../../../', import.meta.url).pathname;
const once = (...args) => docker('run', '--rm', ...args);

check('holds restic, borg, rclone and ssh in the versions of trixie; its labels name version and licence', async () => {
  const { stdout } = await once(IMAGE, 'sh', '-c', 'restic version; borg --version; rclone version | head -n 1; ssh -V 2>&1; node --version');
  assert.match(stdout, /^restic 0\.18\./m);
  assert.match(stdout, /^borg 1\.4\./m);
  assert.match(stdout, /^rclone v1\.60\./m);
  assert.match(stdout, /^OpenSSH_10/m);
  assert.match(stdout, /^v24\./m);
  const labels = JSON.parse(await dock('inspect', '-f', '{{json .Config.Labels}}', IMAGE));
  assert.equal(labels['org.opencontainers.image.licenses'], 'MIT');
  assert.match(labels['org.opencontainers.image.version'], /^\d+\.\d+\.\d+/);
  assert.match((await once(IMAGE, 'sh', '-c', 'command -v npm; id -u')).stdout, /^1000$/, 'no npm, and programs run as the account too');
});

longCheck('docker run IMAGE takes options and commands as users type them', async (t) => {
  const place = await newPlace(t, { assets: 4 });
  const version = JSON.parse(readFileSync(join(project, 'app/package.json'), 'utf8')).version;
  assert.equal((await once(IMAGE, '--version')).stdout, version);
  const help = await once(IMAGE, '--help');
  assert.match(help.stdout, /Usage: icloud-photos-sync/);
  const wrong = await once(IMAGE, 'frobnicate');
  assert.deepEqual([wrong.code, /unknown command 'frobnicate'/.test(wrong.out)], [3, true], wrong.out);

  // docker run … IMAGE -u … -p … --enable-crash-reporting token, the code typed from another terminal
  const name = id('token');
  const token = docker('run', '--name', name, ...place.arguments({ password: false, env: { APPLE_ID_USER: undefined } }), '-u', 'tester@example.com', '-p', PASSWORD, '--enable-crash-reporting', 'token');
  t.after(() => docker('rm', '-fv', name));
  await until('the code is taken', async () => {
    const code = await place.code();
    return code && (await docker('exec', name, 'enter_mfa', code)).code === 0;
  });
  const printed = await token;
  assert.equal(printed.code, 0, printed.out);
  assert.match(printed.stdout, /Validated trust token:/);

  for (const args of [['sync'], ['icloud-photos-sync', 'sync'], ['--log-level', 'debug', 'sync', '--json'], ['-S', '0 3 * * *', 'status']]) {
    const result = await once(...place.arguments(), ...args);
    assert.equal(result.code, 0, `${args}: ${result.out}`);
  }
  assert.deepEqual(await differences(place.data, place.spec), { missing: 0, foreign: [] });
});

check('docker run IMAGE with daemon, with options alone, and with both is supervised', async (t) => {
  const place = await newPlace(t, { assets: 1 });
  for (const args of [['daemon'], ['-S', "0 4 * * *", '--download-threads', '2'], ['icloud-photos-sync', 'daemon']]) {
    const photos = await place.service({ args });
    await photos.becomes('waiting');
    assert.equal((await photos.exec('cat', '/proc/1/comm')).stdout, 's6-svscan', String(args));
    await photos.stop();
    await photos.remove();
  }
});

check('the scripts of the image and its tests are clean', async () => {
  const files = (await run('git', ['ls-files', '-co', '--exclude-standard', 'rootfs', 'scripts'], { cwd: project })).stdout.split('\n');
  const scripts = files.filter((file) => /^#!.*sh\b|^# shellcheck shell/.test(readFileSync(join(project, file), 'utf8').slice(0, 200)));
  assert.ok(scripts.length > 10, String(scripts));
  const { out } = await run('shellcheck', ['-x', ...scripts], { cwd: project });
  assert.equal(out, '');
});

check('/init knows every command of the program', async () => {
  const help = await once(IMAGE, '--help');
  const commands = [...help.stdout.slice(help.stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)/gm)].map(([, word]) => word);
  const known = /^COMMANDS='(.*)'$/m.exec(readFileSync(join(project, 'rootfs/init'), 'utf8'))[1].split(' ');
  assert.deepEqual([...known, 'daemon'].sort(), commands.sort());
});

check('a one-shot sync ends with 0, its file owners right, and stops within seconds when told to', async (t) => {
  const place = await newPlace(t, { assets: 200, meanBytes: 40_000, latency: 300 });
  const name = id('sync');
  t.after(() => docker('rm', '-fv', name));
  await dock('run', '-d', '--name', name, ...place.arguments({ env: { PUID: '1026', PGID: '1026', DOWNLOAD_THREADS: '2' } }), 'sync');
  await until('the code is taken', async () => {
    const code = await place.code();
    return code && (await docker('exec', name, 'enter_mfa', code)).code === 0;
  });
  assert.equal((await docker('exec', name, 'healthcheck')).code, 0);
  await until('photos arrive', async () => entries(place.data).some(({ name: file }) => /^_All-Photos\/.*\.[A-Z]+$/.test(file)), 120_000);
  await docker('stop', '-t', '30', name);
  assert.equal(Number(await dock('inspect', '-f', '{{.State.ExitCode}}', name)), 2);
  assert.ok(entries(place.data).every(({ uid }) => uid === 1026));
});

check('secrets: NAME_FILE and FILE__NAME of root, of another user, as copies for the service alone', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const mounted = (file, at) => ['-v', `${file}:/run/secrets/${at}:ro`];
  const photos = await place.service({
    password: false,
    env: { APPLE_ID_PWD_FILE: '/run/secrets/pwd', FILE__WEB_PASSWORD: '/run/secrets/web', APPLE_ID_USER: undefined, APPLE_ID_USER_FILE: '/run/secrets/user' },
    flags: [...mounted(place.secret('pwd', PASSWORD), 'pwd'), ...mounted(place.secret('web', 'a-web-password', { uid: 4321 }), 'web'), ...mounted(place.secret('user', 'tester@example.com', { mode: 0o644 }), 'user')],
  });
  await photos.settle();
  const { stdout } = await photos.exec('sh', '-c', 'stat -c "%n %u %a" /run/photos-sync/secrets/*');
  assert.deepEqual(stdout.split('\n').map((line) => line.replace(/.*\//, '')), ['APPLE_ID_PWD 1000 400', 'APPLE_ID_USER 1000 400', 'WEB_PASSWORD 1000 400']);
  assert.match((await photos.exec('icloud-photos-sync', 'token')).stdout, /Validated trust token/);
  const environment = (await photos.exec('sh', '-c', `tr '\\0' '\\n' </proc/${await photos.servicePid()}/environ`)).out;
  assert.doesNotMatch(environment, new RegExp(PASSWORD));
  const page = (password) => photos.exec('node', '-e', `fetch('http://localhost:8080/api/state',{headers:{authorization:'Basic '+btoa('me:${password}')}}).then((r)=>console.log(r.status))`);
  assert.deepEqual([(await page('a-web-password')).stdout, (await page('wrong')).stdout], ['200', '401']);
});

longCheck('a secret that is missing or given twice ends the container with 3, half a minute after its lines', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const startedAt = Date.now();
  const missing = await place.service({ password: false, env: { APPLE_ID_PWD_FILE: '/run/secrets/nowhere' } });
  const twice = await place.service({ env: { APPLE_ID_PWD_FILE: '/etc/hostname' } });
  await missing.says('APPLE_ID_PWD_FILE names /run/secrets/nowhere, which cannot be read');
  await twice.says('APPLE_ID_PWD and APPLE_ID_PWD_FILE are both set');
  await missing.says('The container ends in 30 seconds.');
  for (const container of [missing, twice]) {
    await container.ended();
    assert.equal(await container.exitCode(), 3);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  assert.ok(seconds > 29 && seconds < 100, `${seconds} s`);
});

check('wrong settings are all named, and docker stop does not have to wait for the half minute', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = await place.service({ env: { PORT: 'eighty', SCHEDULE: 'sometimes' } });
  await photos.says('PORT (--port) is "eighty"');
  await photos.says('SCHEDULE (--schedule) is "sometimes"');
  await photos.says('The container ends in 30 seconds.');
  const startedAt = Date.now();
  await photos.stop();
  assert.ok(Date.now() - startedAt < 15_000);
  assert.equal(await photos.exitCode(), 3);
  const puid = await place.service({ env: { PUID: 'abc' } });
  await puid.says('PUID is "abc": expected the number of a user');
  await puid.stop();
  assert.equal(await puid.exitCode(), 3);
});

check('a container that lacks something says what to add', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const noTmpfs = await once('--read-only', IMAGE, 'status');
  assert.match(noTmpfs.out, /tmpfs: \[\/run\/photos-sync\]/);
  const noCapabilities = await once('--cap-drop', 'ALL', IMAGE, 'status');
  assert.match(noCapabilities.out, /cap_add: \[CHOWN, SETUID, SETGID, KILL\]/);
  assert.deepEqual([noTmpfs.code, noCapabilities.code], [3, 3]);
  const noVolume = id('photos');
  t.after(() => docker('rm', '-fv', noVolume));
  await dock('run', '-d', '--name', noVolume, '--network', NETWORK, '-e', `ICLOUD_TEST_SERVER=http://${place.icloud}:8181`, '-e', 'APPLE_ID_USER=tester@example.com', '-e', `APPLE_ID_PWD=${PASSWORD}`, IMAGE);
  await containerNamed(noVolume, place).says('is not a volume: the photos would be lost');
});

check('starts without a password in sight and says what is missing, without asking Apple', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = await place.service({ password: false });
  await photos.says('APPLE_ID_PWD_FILE');
  assert.equal(await photos.running(), true);
});

const composed = async (t, files, folder, name) => {
  const compose = (...args) => run('docker', ['compose', '-p', name, ...files.flatMap((file) => ['-f', join(folder, file)]), ...args], { cwd: folder, env: { ...process.env, DEMO_ASSETS: '40' } });
  t.after(async () => {
    await compose('down', '-v', '-t', '5');
    rmSync(folder, { recursive: true, force: true });
  });
  t.note(async () => `--- ${files}\n${(await compose('logs', '--tail', '30')).out}`);
  return compose;
};

longCheck('docker-compose.demo.yml: a library arrives whole without anybody doing anything', async (t) => {
  const folder = mkdtempSync(join(WORK, 'demo-'));
  cpSync(join(project, 'docker-compose.demo.yml'), join(folder, 'docker-compose.demo.yml'));
  const compose = await composed(t, ['docker-compose.demo.yml'], folder, 'photos-sync-demo');
  const up = await compose('up', '-d', '--no-build');
  assert.equal(up.code, 0, up.out);
  const photos = containerNamed('photos-sync-demo');
  await photos.says('Sync finished', 180_000);
  await photos.becomes('ok');
  const wanted = await expectedInside({ assets: 40, seed: 1, photos: 'real' });
  assert.ok(wanted.size > 30);
  assert.deepEqual(differencesTo(join(folder, 'demo-docker'), wanted), { missing: 0, foreign: [] });
  const page = await fetch('http://127.0.0.1:8090/', { headers: { authorization: `Basic ${btoa('me:demo-page')}` } });
  assert.equal(page.status, 200);
  const down = await compose('down', '-v');
  assert.equal(down.code, 0, down.out);
});

check('docker-compose.yml as it is, with an account and a simulated iCloud put in', async (t) => {
  const place = await newPlace(t, { assets: 5 });
  const folder = mkdtempSync(join(WORK, 'compose-'));
  cpSync(join(project, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/apple_id_pwd'), `${PASSWORD}\n`, { mode: 0o600 });
  chownSync(join(folder, 'secrets/apple_id_pwd'), 1000, 1000);
  writeFileSync(
    join(folder, 'override.yml'),
    `services: {photos-sync: {environment: {APPLE_ID_USER: tester@example.com, ICLOUD_TEST_SERVER: "http://${place.icloud}:8181"}, networks: [tests]}}\nnetworks: {tests: {external: true, name: ${NETWORK}}}\n`,
  );
  const compose = await composed(t, ['docker-compose.yml', 'override.yml'], folder, id('compose'));
  const up = await compose('up', '-d', '--no-build');
  assert.equal(up.code, 0, up.out);
  const photos = containerNamed('photos-sync', place);
  await photos.settle();
  assert.deepEqual(await differences(join(folder, 'photos'), place.spec), { missing: 0, foreign: [] });
  assert.ok(entries(join(folder, 'photos')).every(({ uid }) => uid === 1000));
  const { HostConfig } = JSON.parse(await photos.inspect('{{json .}}'));
  assert.deepEqual([HostConfig.ReadonlyRootfs, HostConfig.CapDrop, HostConfig.RestartPolicy.Name], [true, ['ALL'], 'unless-stopped']);
  const { push } = await place.side('requests');
  assert.equal((await compose('up', '-d', '--no-build', '--force-recreate')).code, 0);
  await photos.becomes('ok');
  assert.equal((await compose('exec', '-T', 'photos-sync', 'icloud-photos-sync', 'sync')).code, 0);
  assert.equal((await place.side('requests')).push, push, 'no new code after a recreate');
  assert.equal((await compose('stop')).code, 0);
  assert.equal(await photos.exitCode(), 0);
});
