import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newDaemon } from '../support/daemon.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

/** A volume of its own. Mounting needs root; without it this fails rather than claim that it was tested. */
function newVolume() {
  const folder = mkdtempSync(join(tmpdir(), 'photos-volume-'));
  const image = `${folder}.img`;
  execFileSync('truncate', ['-s', '32M', image]);
  execFileSync('mkfs.ext4', ['-q', image]);
  const mount = () => execFileSync('mount', ['-o', 'loop', image, folder]);
  const unmount = () => execFileSync('umount', ['-l', folder]);
  mount();
  onTestFinished(() => {
    try {
      unmount();
    } catch {
      // The test has ended with it unmounted.
    }
    rmSync(folder, { recursive: true, force: true });
    rmSync(image, { force: true });
  });
  return { folder, mount, unmount };
}

describe('a daemon whose volume goes away', () => {
  it('stays up, writes nothing to the empty mount point, says so, and goes on when it is back', async () => {
    const volume = newVolume();
    const library = join(volume.folder, 'library');
    const config = mkdtempSync(join(tmpdir(), 'photos-config-'));
    onTestFinished(() => rmSync(config, { recursive: true, force: true }));
    const daemon = await newDaemon({ env: { DATA_DIR: library, CONFIG_DIR: config } });
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    await daemon.current().service.desk.submit(daemon.simulator.account.currentCode() ?? '');
    await daemon.reaches('idle');
    const health = async () => (await fetch(`http://localhost:${daemon.port}/healthz`)).status;
    expect(await health()).toBe(200);

    volume.unmount();
    daemon.simulator.library.addAsset({ filename: 'meanwhile.jpg', captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    daemon.clock.advance(14 * 3_600_000);
    await daemon.schedule.fire();
    await daemon.reaches('volume-missing');
    expect(await health()).toBe(503);
    expect(readdirSync(volume.folder)).toEqual([]);
    expect(daemon.lines.some((line) => line.includes('Looking for it every minute'))).toBe(true);
    daemon.clock.advance(60_000);
    expect(daemon.current().service.requestSync()).toBe(false);
    expect(readdirSync(volume.folder)).toEqual([]);

    volume.mount();
    while (daemon.current().service.state().phase === 'volume-missing') {
      daemon.clock.advance(60_000);
      await new Promise((next) => setTimeout(next, 20));
    }
    expect(daemon.current().service.requestSync()).toBe(true);
    await daemon.reaches('syncing', 'idle');
    await daemon.reaches('idle');
    expect(countContents(hashTree(library).values())).toEqual(expectedContents(daemon.simulator.library));
    expect(await health()).toBe(200);

    // Between two runs nobody touches the library but the lock's beat: it notices within seconds, and all goes on the same way.
    volume.unmount();
    await daemon.reaches('volume-missing');
    expect(readdirSync(volume.folder)).toEqual([]);
    volume.mount();
    while (daemon.current().service.state().phase === 'volume-missing') {
      daemon.clock.advance(60_000);
      await new Promise((next) => setTimeout(next, 20));
    }
    daemon.simulator.library.addAsset({ filename: 'later.jpg', captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    expect(daemon.current().service.requestSync()).toBe(true);
    await daemon.reaches('syncing', 'idle');
    await daemon.reaches('idle');
    expect(countContents(hashTree(library).values())).toEqual(expectedContents(daemon.simulator.library));
  });
});
