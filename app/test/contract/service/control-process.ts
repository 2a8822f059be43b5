import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { callControl } from '../../../src/service/control-client.ts';
import { openControl } from '../../../src/service/control-server.ts';

/** A second process for the control tests, as another user if asked: says what happened in lines, ends with its input. */
const [role, path = '', uid = '', trusted = ''] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
process.stdin.resume();
process.stdin.once('end', () => process.exit());
if (Number(uid) !== process.getuid?.()) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
const quiet = () => undefined;
const trustedUid = trusted === '' ? undefined : Number(trusted);
if (role === 'listen') {
  mkdirSync(dirname(path), { mode: 0o700, recursive: true });
  createServer().listen(path, () => say('open'));
} else if (role === 'serve') {
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  try {
    await openControl({ path, log, handler: async () => Number(uid) % 100 });
    say('open');
  } catch (error) {
    say(`refused ${(error as Error).message}`);
  }
} else {
  const result = await callControl({
    path,
    request: { command: 'status', args: {} },
    onOut: (text) => say(`out ${text.trimEnd()}`),
    onErr: (text) => say(`err ${text.trimEnd()}`),
    onProgress: quiet,
    signal: new AbortController().signal,
    trustedUid,
  });
  say(JSON.stringify(result));
}
