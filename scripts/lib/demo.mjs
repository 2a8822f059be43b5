// The demo: a simulated iCloud, the built program, and somebody who types the code.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const app = fileURLToPath(new URL('../../app/', import.meta.url));
const main = join(app, 'dist/src/main.js');
const helpers = fileURLToPath(new URL('../../rootfs/usr/local/bin/', import.meta.url));
const values = readOptions();
const dir = resolve(values.dir);
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}

const simulator = start(process.execPath, [join(app, 'dist/simulator/main.js'), '--assets', values.assets, '--photos', 'real'], { stdio: ['ignore', 'pipe', 'inherit'] });
const port = await freePort();
let ready;
const listening = new Promise((done) => {
  ready = done;
});
createInterface({ input: simulator.stdout }).on('line', (line) => {
  if (line.startsWith('{')) return ready(JSON.parse(line));
  console.log(line);
  const code = /\b(\d{6})\b/.exec(line)?.[1];
  if (code) enterCode(code);
});
simulator.once('exit', (code) => {
  if (code !== 0) ready(Promise.reject(new Error(`The simulated iCloud ended with ${code}.`)));
});

const { address, appleId, assets } = await listening;
console.log(`A simulated iCloud with ${assets} items runs at ${address}.\n`);
const own = { ICLOUD_TEST_SERVER: address, APPLE_ID_USER: appleId, APPLE_ID_PWD: 'Correct-Horse-7-Battery', DATA_DIR: dir, PORT: String(port) };
// A demo leaves no note of its library behind, so that its folder may simply be deleted.
const env = { ...process.env, CONFIG_DIR: '', ...own, XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'photos-demo-')), PHOTOS_SYNC_APP: main, NODE_NO_WARNINGS: '1' };
process.exitCode = values.once ? await once() : await stay();

function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  try {
    return parseArgs({ options: { once: { type: 'boolean' }, dir: text('demo'), assets: text('120') } }).values;
  } catch (error) {
    console.error(`${error.message}\nscripts/demo --help lists what there is.`);
    process.exit(3);
  }
}

/** A full sync, its report and the tree. */
async function once() {
  const exitCode = await run(['sync']);
  console.log();
  await run(['status']);
  console.log(`\nThe library is in ${dir}:`);
  for (const line of sketch(dir)) console.log(`  ${line}`);
  simulator.kill('SIGTERM');
  return exitCode;
}

/** The service, until Ctrl-C. */
async function stay() {
  console.log(`The library will be in ${dir}, the page at http://localhost:${port}/. Ctrl-C ends it.`);
  console.log(`Commands beside it, from another terminal:\n  export ${Object.entries(own).map(([name, value]) => `${name}='${value}'`).join(' ')}\n  ${process.execPath} ${main} status\n  ${process.execPath} ${main} sync\n`);
  const exitCode = await run(['daemon']);
  simulator.kill('SIGTERM');
  return exitCode;
}

function start(command, args, options) {
  const child = spawn(command, args, options);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function run(args) {
  const child = start(process.execPath, [main, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

/** Somebody reads the code from the phone and types the helper's line; the program is ready for it a moment after it was sent. */
function enterCode(code, tries = 50) {
  execFile(join(helpers, 'enter_mfa'), [code], { env }, (error, stdout) => {
    if (!error) console.log(`$ enter_mfa ${code}\n${stdout.trim()}`);
    else if (tries > 0 && simulator.exitCode === null) setTimeout(enterCode, 100, code, tries - 1).unref();
  });
}

function freePort() {
  const server = createServer();
  return new Promise((done) => server.listen(0, () => {
    const { port } = server.address();
    server.close(() => done(port));
  }));
}

/** The first names of each folder, two levels deep and a little below: enough to recognise a photo library. */
function sketch(root) {
  const lines = [];
  const walk = (folder, depth) => {
    const names = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== '.photos-sync').sort((a, b) => a.name.localeCompare(b.name));
    const most = depth === 0 ? 12 : 3;
    for (const entry of names.slice(0, most)) {
      const path = join(folder, entry.name);
      lines.push(relative(root, path) + (entry.isDirectory() ? '/' : entry.isSymbolicLink() ? ' ->' : ''));
      if (entry.isDirectory() && depth < 3) walk(path, depth + 1);
    }
    if (names.length > most) lines.push(`${relative(root, folder)}/… (${names.length - most} more)`);
  };
  walk(root, 0);
  return lines;
}
