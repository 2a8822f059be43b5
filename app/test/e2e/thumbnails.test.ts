import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newDaemon, type TestDaemon } from '../support/daemon.ts';

const PASSWORD = 'correct horse battery';
const DRAWN = { assets: 12, seed: 5, photos: 'real', meanBytes: 3000, mix: 'plain' } as const;
const login = { Authorization: `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}` };

async function synced(env: Record<string, string> = {}): Promise<TestDaemon> {
  const daemon = await newDaemon({ library: DRAWN, env: { WEB_PASSWORD: PASSWORD, ...env } });
  const codes: string[] = [];
  daemon.simulator.onCode((code) => void codes.push(code));
  await daemon.start();
  await daemon.reaches('waiting-for-code');
  await fetch(`http://localhost:${daemon.port}/mfa?code=${codes[0]}`, { method: 'POST' });
  await daemon.reaches('syncing', 'idle');
  await daemon.reaches('idle');
  return daemon;
}

const folderOf = (daemon: TestDaemon) => join(daemon.library, '.photos-sync', 'thumbnails');
const kept = (daemon: TestDaemon) =>
  existsSync(folderOf(daemon))
    ? readdirSync(folderOf(daemon), { recursive: true }).filter((name) => String(name).endsWith('.jpg')).length
    : 0;
const look = (daemon: TestDaemon, path: string) => fetch(`http://localhost:${daemon.port}${path}`, { headers: login });

/** The pictures come after the sync, in the background: looking again is all that a test can do. */
async function reachesCount(daemon: TestDaemon, count: number): Promise<void> {
  for (let looks = 0; looks < 2000 && kept(daemon) < count; looks++) await new Promise((next) => setTimeout(next, 5));
  expect(kept(daemon)).toBeGreaterThanOrEqual(count);
}

describe('small pictures', () => {
  it('are fetched after a sync, and the page shows them without asking iCloud again', async () => {
    const daemon = await synced();
    const rows = new Set([...daemon.simulator.library.expected()].map(({ assetRecordName }) => assetRecordName)).size;
    await reachesCount(daemon, Math.min(10, rows));
    daemon.simulator.requests.reset();
    const answer = await look(daemon, '/thumb/small/1');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(new Uint8Array(await answer.arrayBuffer()).slice(0, 3)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
    expect(daemon.simulator.requests.count('download')).toBe(0);
    const large = await look(daemon, '/thumb/large/1');
    expect(large.status).toBe(200);
    expect(daemon.simulator.requests.count('download')).toBe(1);
  });

  it('never begin a sign-in when the login has ended', async () => {
    const daemon = await synced();
    await reachesCount(daemon, 10);
    daemon.simulator.account.expireSession();
    daemon.simulator.account.expireTokens();
    daemon.simulator.requests.reset();
    for (let row = 1; row <= 12; row++) await look(daemon, `/thumb/large/${row}`);
    expect(daemon.simulator.requests.count('signin-init')).toBe(0);
    expect(daemon.simulator.requests.count('push')).toBe(0);
    expect((await look(daemon, '/photos')).status).toBe(200);
  });

  it('are not fetched with THUMBNAILS=no', async () => {
    const daemon = await synced({ THUMBNAILS: 'no' });
    daemon.simulator.requests.reset();
    const answer = await look(daemon, '/thumb/small/1');
    // The photo itself stands in where browsers understand it.
    expect(answer.status).toBe(200);
    expect(daemon.simulator.requests.count('download')).toBe(0);
    expect(kept(daemon)).toBe(0);
  });
});
