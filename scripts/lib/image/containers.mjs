// What the checks do with containers: a simulated iCloud each, folders on this machine, the service between them.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { generateLibrary } from '../../../app/simulator/library.ts';
import { until } from './harness.mjs';

export const { IMAGE, SIMULATOR_IMAGE, WORK, NETWORK } = process.env;
export const PASSWORD = 'Correct-Horse-7-Battery';
const ACCOUNT = 'tester@example.com';

/** Runs docker; never throws for an exit code. `out` is both streams as they came. */
export function docker(...args) {
  return run('docker', args);
}

export function run(command, args, options = {}) {
  return new Promise((done) => {
    execFile(command, args, { timeout: 100_000, maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
      done({ code, stdout: stdout.trim(), stderr: stderr.trim(), out: `${stdout}${stderr}`.trim() });
    });
  });
}

/** As `docker`, and it must work. */
export async function dock(...args) {
  const { code, stdout, out } = await docker(...args);
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${code}\n${out}`);
  return stdout;
}

/** The code that the simulated iPhone showed last, whichever way it was sent. */
const lastCode = async (icloud) => /code (\d{6})\s*$/.exec(await logOf(icloud))?.[1];

const SOCKET = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

/** Questions that are asked over and over go to the engine itself: a docker command each time would be most of what this machine does. */
function ask(path) {
  return new Promise((done, fail) => {
    request({ socketPath: SOCKET, path }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => (answer.statusCode === 200 ? done(Buffer.concat(parts)) : fail(new Error(`${path}: ${answer.statusCode} ${Buffer.concat(parts)}`))));
    })
      .once('error', fail)
      .end();
  });
}

const stateOf = async (name) => JSON.parse((await ask(`/containers/${name}/json`)).toString()).State;

/** Both streams of the log: frames of a type, a length and a text. */
async function logOf(name) {
  const frames = await ask(`/containers/${name}/logs?stdout=1&stderr=1`);
  const texts = [];
  for (let at = 0; at + 8 <= frames.length; at += 8 + frames.readUInt32BE(at + 4)) texts.push(frames.subarray(at + 8, at + 8 + frames.readUInt32BE(at + 4)));
  return Buffer.concat(texts).toString().trim();
}

export const id = (word) => `${word}-${randomBytes(3).toString('hex')}`;

/** A simulated iCloud of its own and two empty folders. */
export async function newPlace({ after, note }, { assets = 20, meanBytes = 2000, latency = 0, seed = 5 } = {}) {
  const icloud = id('icloud');
  const root = mkdtempSync(join(WORK, 'place-'));
  chmodSync(root, 0o755);
  after(async () => rmSync(root, { recursive: true, force: true }));
  const spec = { assets, seed, meanBytes, mix: 'plain' };
  after(() => docker('rm', '-fv', icloud));
  await dock('run', '-d', '--name', icloud, '--network', NETWORK, SIMULATOR_IMAGE, 'simulator/main.js', '--host', '0.0.0.0', '--port', '8181',
    '--assets', String(assets), '--seed', String(seed), '--mean-bytes', String(meanBytes), '--mix', 'plain', '--latency', String(latency));
  const address = await until('the simulated iCloud starts', async () => {
    const ip = await dock('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', icloud);
    await fetch(`http://${ip}:8181/simulator/code`);
    return `http://${ip}:8181`;
  });
  const place = {
    icloud,
    data: join(root, 'photos'),
    config: join(root, 'config'),
    root,
    spec,
    code: () => lastCode(icloud),
    side: async (path, method = 'GET') => (await fetch(`${address}/simulator/${path}`, { method })).json(),
    secret(name, text, { uid = 0, mode = 0o600 } = {}) {
      const file = join(root, name);
      writeFileSync(file, `${text}\n`);
      chmodSync(file, mode);
      chownSync(file, uid, uid);
      return file;
    },
  };
  mkdirSync(place.data);
  mkdirSync(place.config);
  place.service = (options) => startService({ after, note }, place, options);
  place.arguments = (options) => runArguments(place, options);
  return place;
}

/** As docker-compose.yml starts it: read-only, no capabilities but four. */
const HARDENED = ['--read-only', '--tmpfs', '/tmp', '--tmpfs', '/run/photos-sync', '--security-opt', 'no-new-privileges', '--cap-drop', 'ALL'];
const ROOT_CAPS = ['CHOWN', 'SETUID', 'SETGID', 'KILL'].flatMap((cap) => ['--cap-add', cap]);

function runArguments(place, { user, hardened = true, env = {}, flags = [], password = true } = {}) {
  const settings = { ICLOUD_TEST_SERVER: `http://${place.icloud}:8181`, APPLE_ID_USER: ACCOUNT, CONFIG_DIR: '/config', PORT: '8080', ...(password ? { APPLE_ID_PWD: PASSWORD } : {}), ...env };
  return [
    '--network', NETWORK, '--health-interval', '2s', '--health-retries', '2', '--health-start-period', '20s',
    ...(hardened ? [...HARDENED, ...(user === undefined ? ROOT_CAPS : [])] : []),
    ...(user === undefined ? [] : ['--user', user]),
    ...Object.entries(settings).filter(([, value]) => value !== undefined).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    '-v', `${place.data}:/opt/icloud-photos-library`, '-v', `${place.config}:/config`, ...flags, IMAGE,
  ];
}

async function startService({ after, note }, place, { args = [], name = id('photos'), ...options } = {}) {
  after(() => docker('rm', '-fv', name));
  note(async () => `--- log of ${name}\n${(await docker('logs', '--tail', '40', name)).out}`);
  await dock('run', '-d', '--name', name, ...runArguments(place, options), ...args);
  return containerNamed(name, place);
}

export function containerNamed(name, place) {
  const inspect = (format) => dock('inspect', '-f', format, name);
  const container = {
    name,
    inspect,
    exec: (...command) => docker('exec', name, ...command),
    execAs: (user, ...command) => docker('exec', '-u', user, name, ...command),
    logs: () => logOf(name),
    /** The image's own word at this moment: ok, waiting, stale … */
    word: async () => (await docker('exec', name, 'healthcheck')).stdout,
    /** The word that the engine's last look got, since the container was started; empty before the first. */
    async lastWord() {
      const { Health, StartedAt } = await stateOf(name);
      const last = Health.Log?.at(-1);
      return last !== undefined && Date.parse(last.Start) >= Date.parse(StartedAt) ? last.Output.trim() : '';
    },
    /** The engine's: starting, healthy, unhealthy. */
    health: async () => (await stateOf(name)).Health.Status,
    running: async () => (await stateOf(name)).Running,
    exitCode: async () => (await stateOf(name)).ExitCode,
    stop: () => docker('stop', '-t', '30', name),
    remove: () => docker('rm', '-fv', name),
    start: () => dock('start', name),
    ended: (withinMs = 120_000) => until(`${name} ends`, async () => !(await container.running()), withinMs),
    says: (text, withinMs) => until(`the log says "${text}"`, async () => (await container.logs()).includes(text), withinMs),
    becomes: (word, withinMs) => until(`health is ${word}`, async () => (await container.lastWord()) === word, withinMs),
    engineSays: (health, withinMs) => until(`the engine says ${health}`, async () => (await container.health()) === health, withinMs),
    /** The pid of the service inside the container. */
    servicePid: () => until('the service runs', async () => Number(/\bpid (\d+)/.exec((await container.exec('s6-svstat', '/run/photos-sync/scan/photos-sync')).stdout)?.[1]) || undefined),
    /** Brings the code and waits for the first sync. */
    async settle() {
      await container.enterCode();
      await container.says('Sync finished', 120_000);
      await container.becomes('ok');
      return container;
    },
    async enterCode() {
      await container.becomes('waiting', 120_000);
      return until('the code is accepted', async () => {
        const code = await place.code();
        const answer = code && (await container.exec('enter_mfa', code));
        return answer?.code === 0 ? answer : undefined;
      });
    },
  };
  return container;
}

/** Every entry below a folder with its owner; relative names. */
export function entries(folder) {
  const found = [];
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      const { uid, gid, mode } = lstatSync(path);
      found.push({ name: relative(folder, path), uid, gid, mode: mode & 0o777, isFile: entry.isFile(), path });
      if (entry.isDirectory()) walk(path);
    }
  };
  if (existsSync(folder)) walk(folder);
  return found;
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** How often each content has to be there, by SHA-256. */
async function expected(spec) {
  const counts = new Map();
  for (const file of (await generateLibrary(spec)).expected()) {
    const hash = sha256(file.read());
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}

/** The same, computed in the simulator's image: drawn pictures depend on the fonts of the machine. */
export async function expectedInside(spec) {
  const program = `const { generateLibrary } = await import('/simulator/simulator/library.js');
    const { createHash } = await import('node:crypto');
    const library = await generateLibrary(${JSON.stringify(spec)});
    console.log(JSON.stringify(Array.from(library.expected(), (file) => createHash('sha256').update(file.read()).digest('hex'))));`;
  const counts = new Map();
  for (const hash of JSON.parse(await dock('run', '--rm', SIMULATOR_IMAGE, '--input-type=module', '-e', program))) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

/** Which contents are missing from a library or do not belong there; both empty when it is what iCloud has. */
export async function differences(data, spec) {
  return differencesTo(data, await expected(spec));
}

export function differencesTo(data, counts) {
  const left = new Map(counts);
  const foreign = [];
  for (const { name, path, isFile } of entries(data)) {
    if (!isFile || !/^_(All|Shared)-Photos\//.test(name)) continue;
    if (/\.[^./]+\.xmp$/.test(name)) continue; // what the program writes beside a photo, not what iCloud holds
    const hash = sha256(readFileSync(path));
    const count = left.get(hash) ?? 0;
    if (count === 0) foreign.push(name);
    else left.set(hash, count - 1);
  }
  return { missing: [...left.values()].reduce((sum, count) => sum + count, 0), foreign };
}
