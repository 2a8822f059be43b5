import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOW } from '../contract/web/fake-service.ts';
import { newDaemon } from '../support/daemon.ts';
import { DESKTOP, logIn, PHONE, visit } from './browser.ts';
import { makeGallery } from './gallery.ts';
import { PAGE_PASSWORD, servePage } from './page-server.ts';
import { STATES } from './states.ts';

const PASSWORD = 'correct horse battery';

/** A service whose first sync has ended well, and its owner in front of the page. */
async function atHome(device: Parameters<typeof visit>[1]) {
  const daemon = await newDaemon({
    library: { assets: 24, seed: 5, mix: 'plain', meanBytes: 2000, albums: 4 },
    env: { WEB_PASSWORD: PASSWORD },
  });
  const codes: string[] = [];
  daemon.simulator.onCode((code) => void codes.push(code));
  await daemon.start();
  await daemon.reaches('waiting-for-code');
  const address = `http://localhost:${daemon.port}`;
  const visited = await visit(address, device);
  await logIn(visited.page, address, PASSWORD);
  await visited.page.getByLabel('Six digits').fill(codes[0] ?? '');
  await visited.page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
  return { daemon, address, ...visited };
}

describe('archiving an album', () => {
  it.each([
    ['at a desk: real files of their own, and iCloud keeps everything', DESKTOP, false],
    ['with a phone: what iCloud loses is said first, and can be brought back', PHONE, true],
  ] as const)('%s', async (_, device, deletes) => {
    const { daemon, address, page, complaints } = await atHome(device);
    const assets = () => new Set([...daemon.simulator.library.expected()].map(({ assetRecordName }) => assetRecordName)).size;
    const before = assets();
    await page.goto(`${address}/albums`);
    await page
      .locator('.albums a', { hasNotText: /^0 items/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Archive…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: /^Archive “/ }).waitFor();
    await dialog.getByText('Deleted from iCloud').waitFor();
    // The choice that loses nothing has the focus, and the red one says how many.
    await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
    const red = dialog.getByRole('button', { name: /^Archive and delete \d+$/ });
    const goes = Number(((await red.textContent()) ?? '').replace(/\D/g, ''));
    expect(goes).toBeGreaterThan(0);
    await (deletes ? red : dialog.getByRole('button', { name: 'Archive, keep in iCloud' })).click();
    await dialog.getByText(/is archived: \d+ files?/).waitFor();
    const name = (await dialog.getByText(/is archived/).textContent()) ?? '';
    const folder = join(daemon.library, name.split(' is archived')[0] ?? '');
    expect(existsSync(folder)).toBe(true);
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.every((entry) => entry.isFile())).toBe(true);
    expect(assets()).toBe(before - (deletes ? goes : 0));
    if (deletes) {
      await dialog.getByText(`${goes} items deleted in iCloud`).waitFor();
      await dialog.getByRole('button', { name: 'Undo: bring them back' }).click();
      await dialog.getByText('They are back in iCloud.').waitFor();
      expect(assets()).toBe(before);
    }
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });
});

describe('what could not be fetched', () => {
  it('is seen on its way, listed with its reason, tried again at a press of a button, and everything is read back', async () => {
    const { daemon, address, page, complaints } = await atHome(DESKTOP);
    // The page tells what is on its way: here for as long as the test holds it up.
    const { promise: seen, resolve: go } = Promise.withResolvers<void>();
    daemon.simulator.library.addAsset();
    daemon.simulator.faults.add({ on: 'download', effect: { first: () => seen } });
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('heading', { level: 2, name: 'On the way' }).waitFor();
    await page.getByText('1 file at a time').waitFor();
    go();
    await page.getByRole('heading', { level: 2, name: 'On the way' }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();

    daemon.simulator.faults.add({ on: 'download', times: Number.POSITIVE_INFINITY, effect: 'corrupt' });
    daemon.simulator.library.addAsset();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('heading', { level: 1, name: /^Safe, but/ }).waitFor();
    await page.goto(`${address}/problems`);
    await page.getByRole('heading', { level: 2, name: 'The bytes do not match' }).waitFor();
    const table = await page.evaluate(`fetch('/problems.csv').then((answer) => answer.text())`);
    expect(table).toMatch(/^path,kind,bytes,code,.*\r\n_All-Photos.*,content-mismatch,/);

    daemon.simulator.faults.clear();
    await page
      .getByRole('button', { name: /^Try again: / })
      .first()
      .click();
    await page.getByText('It is being tried again now.').waitFor();
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    await page.getByRole('button', { name: 'Verify files' }).click();
    // The address says what became of it: over at once, or still going on where the machine is slow.
    await page.getByText(/^(Done\.|It has begun)/).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    expect(daemon.lines).toContain('“verify” was asked for over the page.');
    expect(complaints).toEqual([]);
  });
});

describe('the second copy', () => {
  it('is made, proven and looked into at a press of a button', async () => {
    const { door } = await makeGallery(10, NOW);
    const commands = new Set([
      ...door.commands,
      'off-site run',
      'off-site check',
      'off-site drill',
      'off-site snapshots',
      'off-site restore',
    ]);
    const { address, service } = await servePage({ ...door, commands }, STATES.good, { epochMs: () => NOW });
    const asked: [string, object][] = [];
    const whole = { kind: 'whole', files: 130_992, bytes: 1.27e12 };
    const ANSWERS: Record<string, object> = {
      'off-site snapshots': {
        targets: [
          { target: 'backup-nas', snapshots: [1, 2].map((day) => ({ ...whole, id: `7f3c9a0${day}ff`, at: `2026-11-1${day}T02:06:00Z` })) },
        ],
      },
    };
    Object.assign(service, {
      command: async (name: string, { json, ...args }: Record<string, unknown>) => {
        asked.push([name, args]);
        return { exitCode: json === true ? 0 : 3, out: JSON.stringify(ANSWERS[name] ?? {}), err: '' };
      },
    });
    const { page, complaints } = await visit(address);
    await logIn(page, address, PAGE_PASSWORD);
    await page.goto(`${address}/offsite`);
    await page.getByText('50 of 50 files came back identical.').waitFor();
    for (const name of ['Copy now', 'Check', 'Run a drill']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByText('Done.').waitFor();
      await page.goto(`${address}/offsite`);
    }
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.getByText('backup-nas: 2 snapshots, newest first').waitFor();
    await page.getByRole('button', { name: /^Restore from backup-nas, 12 Nov/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Restore from 12 Nov/ });
    await dialog.getByText('off-site restore --target backup-nas --snapshot 7f3c9a02ff --to /restored').waitFor();
    await page.keyboard.press('Escape');
    expect(asked.filter(([name]) => name.startsWith('off-site'))).toEqual([
      ['off-site run', {}],
      ['off-site check', {}],
      ['off-site drill', {}],
      ['off-site snapshots', {}],
    ]);
    expect(complaints).toEqual([]);
  });
});
