// The service in its container: supervision, health, users, commands beside it.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, longCheck, until } from './harness.mjs';
import { containerNamed, differences, dock, docker, entries, id, newPlace, PASSWORD } from './containers.mjs';

const whole = async (place, spec = place.spec) => assert.deepEqual(await differences(place.data, spec), { missing: 0, foreign: [] });

check('s6 is PID 1, the service runs as PUID:PGID with UMASK, and backs a library up whole', async (t) => {
  const place = await newPlace(t);
  const photos = await place.service({ env: { PUID: '1026', PGID: '100', UMASK: '027', TZ: 'Europe/Berlin' } });
  await photos.settle();
  assert.equal((await photos.exec('cat', '/proc/1/comm')).stdout, 's6-svscan');
  const status = (await photos.exec('cat', `/proc/${await photos.servicePid()}/status`)).stdout;
  assert.match(status, /^Uid:\s+1026\s+1026\s+1026\s+1026$/m);
  assert.match(status, /^Gid:\s+100\s+100/m);
  assert.match(status, /^Groups:\s+100\s*$/m);
  assert.match(status, /^Umask:\s+0027$/m);
  assert.match(status, /^CapEff:\s+0+$/m);
  await whole(place);
  for (const { name, uid, gid, mode } of [...entries(place.data), ...entries(place.config)]) {
    assert.deepEqual({ name, uid, gid }, { name, uid: 1026, gid: 100 });
    if (/^_All-Photos/.test(name)) assert.equal(mode & 0o027, 0, `${name} has mode ${mode.toString(8)}`);
  }
});

check('runs as user: "1000:1000" without root and without any capability', async (t) => {
  const place = await newPlace(t);
  for (const folder of [place.data, place.config]) chownSync(folder, 1000, 1000);
  const photos = await place.service({ user: '1000:1000' });
  await photos.settle();
  assert.match((await photos.exec('cat', '/proc/1/status')).stdout, /^Uid:\s+1000/m);
  await whole(place);
  assert.equal((await photos.exec('icloud-photos-sync', 'status')).code, 0);
  assert.ok([...entries(place.data), ...entries(place.config)].every(({ uid }) => uid === 1000));
  assert.equal((await photos.stop()).code, 0);
  assert.equal(await photos.exitCode(), 0);
});

check('runs as a user of any number, who has a name inside (ssh wants one)', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  for (const folder of [place.data, place.config]) chownSync(folder, 4321, 4321);
  const photos = await place.service({ user: '4321:4321', hardened: false });
  await photos.settle();
  const asRoot = await photos.execAs('root', 'icloud-photos-sync', 'sync');
  assert.equal(asRoot.code, 0, asRoot.out);
  assert.ok([...entries(place.data), ...entries(place.config)].every(({ uid }) => uid === 4321));
  assert.match((await photos.exec('id')).stdout, /uid=4321\(photos-sync\)/);
  assert.doesNotMatch((await photos.exec('ssh', '-G', 'nas')).out, /No user exists/);
});

check('a crash is followed by a start, later and later while it goes on; health tells', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = await place.service();
  await photos.settle();
  const before = await photos.servicePid();
  await photos.exec('sh', '-c', `kill -9 ${before}`);
  await photos.says('The service ended by signal 9. It is started again in 1 s');
  await until('another process is well', async () => (await photos.servicePid()) !== before && (await photos.word()) === 'ok', undefined, 1500);
  const again = await photos.servicePid();
  await photos.exec('sh', '-c', `kill -9 ${again}`);
  await photos.says('It is started again in 2 s');
  await photos.engineSays('healthy');
  assert.equal(await photos.running(), true);
});

check('a service that does not answer makes the container unhealthy', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = await place.service();
  await photos.becomes('waiting');
  await photos.engineSays('healthy');
  const pid = await photos.servicePid();
  await photos.exec('sh', '-c', `kill -STOP ${pid}`);
  await photos.engineSays('unhealthy', 120_000);
  await photos.exec('sh', '-c', `kill -CONT ${pid}`);
  await photos.engineSays('healthy');
});

longCheck('docker stop while downloading ends with 0 in time; the next start completes the library', async (t) => {
  const place = await newPlace(t, { assets: 90, meanBytes: 60_000, latency: 300, seed: 9 });
  const photos = await place.service({ env: { DOWNLOAD_THREADS: '3' } });
  await photos.enterCode();
  const arrived = () => entries(place.data).filter(({ name, isFile }) => isFile && /^_All-Photos/.test(name)).length;
  await until('some photos are there', async () => arrived() > 3, 120_000);
  const startedAt = Date.now();
  await photos.stop();
  assert.ok(Date.now() - startedAt < 12_000, `took ${Date.now() - startedAt} ms`);
  assert.equal(await photos.exitCode(), 0);
  assert.match(await photos.logs(), /Stopped\.$/);
  const part = await differences(place.data, place.spec);
  assert.deepEqual(part.foreign, [], 'whatever has a name is whole');
  assert.ok(part.missing > 0, 'the stop came in the middle');
  await photos.start();
  await photos.becomes('ok');
  await photos.exec('icloud-photos-sync', 'sync');
  await until('the library is whole', async () => (await differences(place.data, place.spec)).missing === 0, 120_000, 1000);
  await whole(place);
});

check('another container with the same volumes goes on without a new code', async (t) => {
  const place = await newPlace(t);
  const first = await place.service({ hardened: false });
  await first.settle();
  await first.stop();
  await first.remove();
  const { push } = await place.side('requests');
  const second = await place.service();
  await second.becomes('ok');
  const sync = await second.exec('icloud-photos-sync', 'sync');
  assert.equal(sync.code, 0, sync.out);
  assert.equal((await place.side('requests')).push, push, 'no code was asked for');
});

longCheck('two containers on one library: the second refuses, says why, and takes over when the first has gone', async (t) => {
  const place = await newPlace(t, { assets: 5 });
  const first = await place.service();
  await first.settle();
  const second = await place.service();
  await second.says('Another run holds this library');
  await second.says('It is started again in 2 s');
  await second.engineSays('unhealthy', 120_000);
  assert.equal(await first.word(), 'ok');
  const oneShot = await docker('run', '--rm', ...place.arguments(), 'sync');
  assert.equal(oneShot.code, 1, oneShot.out);
  assert.match(oneShot.out, /Another run holds this library/);
  await first.stop();
  await second.becomes('ok', 120_000);
});

check('enter_mfa, resend_mfa and the commands work as root and as the service, and make nothing of root\'s', async (t) => {
  const place = await newPlace(t);
  const photos = await place.service({ env: { PUID: '1234', PGID: '1234' } });
  await photos.becomes('waiting');
  const wrong = await photos.exec('enter_mfa', '000000');
  assert.equal(wrong.code, 1, wrong.out);
  assert.match(wrong.out, /did not accept/);
  const resent = await photos.exec('resend_mfa', 'sms', '2');
  assert.deepEqual([resent.code, resent.stdout], [0, 'Requesting MFA resend with method sms']);
  const right = await photos.enterCode();
  assert.match(right.stdout, /^Read MFA code: \d{6}\. Apple accepted it\.$/);
  await photos.says('Sync finished', 120_000);
  for (const as of ['root', '1234:1234']) {
    const sync = await photos.execAs(as, 'icloud-photos-sync', 'sync');
    assert.equal(sync.code, 0, `as ${as}: ${sync.out}`);
    assert.match(sync.out, /Sync finished/);
    const status = await photos.execAs(as, 'icloud-photos-sync', 'status', '--json');
    assert.equal(JSON.parse(status.stdout).service.health, 'ok');
    const token = await photos.execAs(as, 'icloud-photos-sync', 'token');
    assert.match(token.stdout, /Validated trust token:\n\S+/, token.out);
  }
  assert.equal((await photos.exec('enter_mfa')).code, 3);
  assert.equal((await photos.exec('icloud-photos-sync', 'frobnicate')).code, 3);
  assert.ok([...entries(place.data), ...entries(place.config)].every(({ uid, gid }) => uid === 1234 && gid === 1234));
});

check('health: starting, waiting (healthy), ok, and stale when the last success is older than two periods', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = await place.service({ env: { SCHEDULE: '*/4 * * * * *', MAX_RETRIES: '0' } });
  assert.equal(await photos.health(), 'starting');
  await photos.becomes('waiting');
  await photos.engineSays('healthy');
  await photos.settle();
  await dock('rm', '-f', place.icloud);
  await photos.becomes('stale', 120_000);
  await photos.engineSays('unhealthy', 120_000);
  assert.equal(await photos.running(), true);
});

longCheck('a lost volume keeps the container up and unhealthy, nothing is written there, and it goes on when it is back', async (t) => {
  const place = await newPlace(t, { assets: 5 });
  const photos = await place.service();
  await photos.settle();
  const pid = await photos.servicePid();
  const names = readdirSync(place.data);
  const aside = join(place.root, 'aside');
  mkdirSync(aside);
  for (const name of names) renameSync(join(place.data, name), join(aside, name));
  await photos.exec('icloud-photos-sync', 'sync');
  await photos.becomes('broken');
  await photos.engineSays('unhealthy', 120_000);
  assert.deepEqual(readdirSync(place.data), []);
  assert.deepEqual([await photos.running(), await photos.servicePid()], [true, pid]);
  for (const name of names) renameSync(join(aside, name), join(place.data, name));
  await photos.becomes('ok', 120_000);
  await whole(place);
});

check('a volume that is missing at the start is not taken over: the container stays up and unhealthy', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const first = await place.service();
  await first.settle();
  await first.stop();
  await first.remove();
  rmSync(place.data, { recursive: true });
  mkdirSync(place.data); // as the engine makes a mount point: root's and empty
  const second = await place.service();
  await second.becomes('broken');
  assert.deepEqual([statSync(place.data).uid, readdirSync(place.data)], [0, []]);
  assert.equal(await second.running(), true);
});

check('a taken port costs the page and nothing else', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  const photos = id('photos');
  t.after(() => docker('rm', '-fv', photos));
  const inTheSameNetwork = place.arguments({ env: { PORT: '8181', ICLOUD_TEST_SERVER: 'http://127.0.0.1:8181' } });
  inTheSameNetwork[1] = `container:${place.icloud}`;
  await dock('run', '-d', '--name', photos, ...inTheSameNetwork);
  const container = containerNamed(photos, place);
  await container.becomes('waiting');
  await container.engineSays('healthy');
  assert.match(await container.logs(), /Warning: .*8181/);
});

check('the page answers on PORT, and on 80 for an ordinary user without it', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  for (const folder of [place.data, place.config]) chownSync(folder, 1000, 1000);
  const photos = await place.service({ user: '1000:1000', env: { PORT: undefined } });
  await photos.becomes('waiting');
  const answer = await photos.exec('node', '-e', "fetch('http://localhost/healthz').then((r) => r.text()).then(console.log)");
  assert.match(answer.stdout, /"waiting"/, answer.out);
});

check('the files of a library keep their owners, whatever PUID says', async (t) => {
  const place = await newPlace(t, { assets: 5 });
  const first = await place.service();
  await first.settle();
  await first.stop();
  await first.remove();
  const [photo] = entries(place.data).filter(({ name, isFile }) => isFile && /^_All-Photos/.test(name));
  chownSync(photo.path, 4321, 4321);
  chmodSync(photo.path, 0o640);
  const second = await place.service();
  await second.becomes('ok');
  const { uid, gid, mode } = statSync(photo.path);
  assert.deepEqual([uid, gid, mode & 0o777], [4321, 4321, 0o640]);
});

longCheck('a closed library of PUID is served with four capabilities, and of anybody else refused untouched', async (t) => {
  const place = await newPlace(t, { assets: 3 });
  chownSync(place.data, 1234, 1234);
  chmodSync(place.data, 0o700);
  writeFileSync(join(place.data, '.DS_Store'), '');
  const wrong = await place.service({ env: { PUID: '1999', PGID: '1999' } });
  await wrong.says('DATA_DIR: /opt/icloud-photos-library cannot be written by the account of the service (user 1999, group 1999).');
  await wrong.says('a folder of user 1234, group 1234, mode 700');
  assert.deepEqual([statSync(place.data).uid, statSync(place.data).mode & 0o777], [1234, 0o700]);
  await wrong.ended();
  assert.equal(await wrong.exitCode(), 3);
  const right = await place.service({ env: { PUID: '1234', PGID: '1234' } });
  await right.becomes('waiting');
});

check('LOG_FORMAT=json: every line of the container is an object; no secret in any of them', async (t) => {
  const place = await newPlace(t, { assets: 5 });
  const photos = await place.service({ env: { LOG_FORMAT: 'json', PUID: '0' } });
  await photos.settle();
  await photos.exec('sh', '-c', `kill -9 ${await photos.servicePid()}`);
  await photos.says('started again');
  await until('it is well again', async () => (await photos.word()) === 'ok', undefined, 2000);
  await photos.stop();
  const lines = (await photos.logs()).split('\n').map((line) => JSON.parse(line));
  for (const line of lines) assert.deepEqual([typeof line.message, Number.isNaN(Date.parse(line.time))], ['string', false]);
  assert.deepEqual([...new Set(lines.map(({ level }) => level))].sort(), ['info', 'warn']);
  assert.doesNotMatch(await photos.logs(), new RegExp(PASSWORD));
});
