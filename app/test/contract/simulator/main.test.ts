import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';

const MAIN = resolve(import.meta.dirname, '../../../simulator/main.ts');
const run = (...args: string[]): ChildProcessByStdio<null, Readable, Readable> =>
  spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

function read(address: string, path: string): Promise<unknown> {
  return new Promise((done, fail) => {
    get(`${address}${path}`, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => done(JSON.parse(text)));
    }).on('error', fail);
  });
}

it('the command says where it listens, answers, and ends cleanly on TERM', async () => {
  const child = run('--assets', '5', '--apple-id', 'demo@example.com');
  const [chunk] = await once(child.stdout, 'data');
  const { address, appleId, assets } = JSON.parse(String(chunk));
  expect([appleId, assets]).toEqual(['demo@example.com', 5]);
  expect(await read(address, '/simulator/code')).toEqual({ code: null });
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

it('the command takes faults, lies and a line', async () => {
  const fault = '{"on":"query","fault":"throttled"}';
  const child = run(
    '--assets',
    '5',
    '--fault',
    fault,
    '--fault',
    '{"on":"lookup","effect":"hang"}',
    '--lies',
    '{"listsEndEarly":2}',
    '--bytes-per-second',
    '9000',
  );
  expect(JSON.parse(String((await once(child.stdout, 'data'))[0]))).toHaveProperty('address');
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

it.each([
  ['--photos', 'paintings'],
  ['--lies', '{"nonsense":1}'],
  ['--fault', '{"on":"query","fault":"nonsense"}'],
])('the command refuses %s %s and says why', async (...args) => {
  const child = run(...args);
  const [text] = await once(child.stderr, 'data');
  expect(String(text)).toMatch(/nonsense|paintings/);
  expect((await once(child, 'exit'))[0]).toBe(3);
});
