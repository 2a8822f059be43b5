import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newHome } from '../support/cli.ts';
import { sketchTree } from '../support/tree.ts';

describe('the command line', () => {
  it('prints help and version with exit code 0', async () => {
    const home = await newHome();
    const help = await home.run(['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    for (const word of ['sync', 'status', 'token', '--data-dir', '--username', 'APPLE_ID_USER', 'Default: /opt/icloud-photos-library'])
      expect(help.stdout.replace(/\s+/g, ' ')).toContain(word);
    expect(await home.run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`,
    });
  });

  it.each([
    [['sync', '--no-such-option'], "unknown option '--no-such-option'"],
    [['snyc'], "unknown command 'snyc'"],
    [['explode'], "unknown command 'explode'"],
    [['resend'], "missing required argument 'method'"],
  ])('answers %j with one clear line and exit code 3', async (args, text) => {
    const home = await newHome();
    const { exitCode, stderr } = await home.run(args);
    expect(stderr).toContain(text);
    expect(exitCode).toBe(3);
  });

  it('stops at wrong settings with one line each, and never shows a secret', async () => {
    const home = await newHome();
    const { exitCode, stderr } = await home.run(['sync', '--port', 'eighty'], { REGION: 'moon', APPLE_ID_PWD: 'two\nlines' });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('3 settings cannot be used:');
    expect(stderr).toMatch(/PORT \(--port\) is "eighty" from the command line: expected .+/);
    expect(stderr).toMatch(/REGION \(--region\) is "moon" from the environment: expected .+/);
    expect(stderr).toMatch(/APPLE_ID_PWD \(--password\) is \(not shown\) .+/);
    expect(stderr).not.toContain('two');
    expect(home.simulator.requests.total()).toBe(0);
  });

  it('accepts settings before and after the command', async () => {
    const home = await newHome();
    const { exitCode } = await home.run(['--log-level', 'debug', 'sync', '--data-dir', home.library], { DATA_DIR: '/nowhere' });
    expect(exitCode).toBe(0);
  });
});

describe('sync --dry-run', () => {
  it('prints the plan and changes nothing', async () => {
    const home = await newHome({ library: { assets: 12, seed: 1, mix: 'plain', meanBytes: 500 } });
    const plan = await home.run(['sync', '--dry-run']);
    expect(plan.exitCode).toBe(0);
    const files = [...home.simulator.library.expected()].length;
    expect(plan.stdout).toContain(`A sync would fetch ${files} files`);
    expect(plan.stdout).toMatch(/_All-Photos\/\d{4}\/\d{4}-\d{2}\/\S+ \(/);
    expect(sketchTree(home.library)).toEqual([]);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect((await home.run(['sync', '--dry-run'])).stdout).toContain('A sync would fetch 0 files');
  });
});

describe('status', () => {
  it('says complete and intact after a sync, in words and as JSON', async () => {
    const home = await newHome({ library: { assets: 60, seed: 5, meanBytes: 500 } });
    await home.run(['sync']);
    home.simulator.requests.reset();
    const words = await home.run(['status']);
    expect(words.stdout).toMatch(/^Complete and intact, as of /);
    const { exitCode, stdout } = await home.run(['status', '--json']);
    expect(exitCode).toBe(0);
    const status = JSON.parse(stdout);
    const expected = [...home.simulator.library.expected(), ...home.simulator.library.expected('hidden')];
    expect(status).toMatchObject({
      schema: 1,
      complete: true,
      intact: true,
      missing: [],
      stored: { files: expected.length },
      lastRun: { command: 'sync', outcome: 'complete' },
    });
    for (const [kind, figures] of Object.entries(status.kinds)) {
      const count = expected.filter((file) => file.kind === kind).length;
      expect(figures).toMatchObject({ listed: count, stored: count, verified: count, unconfirmed: 0 });
    }
    expect(home.simulator.requests.total()).toBe(0);
  });

  it('lists what is missing with the reason and ends with 4', async () => {
    const home = await newHome({ library: { assets: 12, seed: 1, mix: 'plain', meanBytes: 500 } });
    home.simulator.faults.add({
      on: 'download',
      times: Number.POSITIVE_INFINITY,
      match: (url) => url.pathname.includes(firstOriginal(home)),
      effect: 'corrupt',
    });
    const sync = await home.run(['sync']);
    expect(sync.exitCode).toBe(4);
    expect(sync.stderr).toContain("does not match Apple's checksum. It was not kept.");
    const { exitCode, stdout } = await home.run(['status', '--json']);
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      complete: false,
      missing: [{ code: 'content-mismatch', count: 1, nextTry: expect.any(String) }],
    });
  });

  it('says that there is no backup yet', async () => {
    const home = await newHome();
    const { exitCode, stderr } = await home.run(['status']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('There is no backup at');
  });
});

describe('token', () => {
  it('signs in and prints the trust token', async () => {
    const home = await newHome();
    const { exitCode, stdout } = await home.run(['token']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Validated trust token:\n\S{20,}/);
    expect(sketchTree(home.library)).toEqual([]);
  });
});

function firstOriginal(home: Awaited<ReturnType<typeof newHome>>): string {
  const original = [...home.simulator.library.expected()].find(({ kind }) => kind === 'original');
  return (original?.fileChecksum ?? '').replaceAll('+', '-').replaceAll('/', '_');
}
