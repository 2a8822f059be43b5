import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newHome } from '../support/cli.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
/** Runs a command with a terminal of its own; part of util-linux, so not everywhere. */
const SCRIPT = 'script';

describe.skipIf(spawnSync(SCRIPT, ['--version']).status !== 0)('a terminal', () => {
  it('is asked for name, password and code; the password is neither shown nor stored', async () => {
    const password = `p$a'"s\\s Grüße 🔑`;
    const home = await newHome({ library: { assets: 2, seed: 1, mix: 'plain', meanBytes: 500 }, account: { password } });
    home.enterCodes = false;
    const { APPLE_ID_USER: _name, APPLE_ID_PWD: _password, ...env } = home.env;
    const child = spawn(SCRIPT, ['-qec', `'${process.execPath}' '${MAIN}' token`, '/dev/null'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const answer = async (question: string, text: () => string) => {
      for (let looks = 0; !screen.includes(question); looks++) {
        if (looks > 800) throw new Error(`never asked "${question}":\n${screen}`);
        await new Promise((next) => setTimeout(next, 25));
      }
      child.stdin.write(`${text()}\r`);
    };
    await answer('Apple Account (e-mail address):', () => home.simulator.account.appleId);
    await answer('Password of', () => password);
    await answer('Code (6 digits):', () => (home.simulator.account.currentCode() ?? '').replace(/^(...)/, '$1-'));
    expect(await ended, screen).toBe(0);
    expect(screen).toContain('Validated trust token:');
    for (const part of [password, 'Grüße', '🔑']) expect(screen).not.toContain(part);
    const state = join(home.library, '.photos-sync');
    for (const file of readdirSync(state, { withFileTypes: true }))
      if (file.isFile())
        expect(readFileSync(join(state, file.name), 'latin1'), file.name).not.toContain(Buffer.from('Grüße').toString('latin1'));
  });
});
