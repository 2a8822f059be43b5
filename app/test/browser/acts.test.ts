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
  it('is listed with its reason, tried again at a press of a button, and everything is read back', async () => {
    const { daemon, address, page, complaints } = await atHome(DESKTOP);
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
  it('is made and proven at a press of a button', async () => {
    const { door } = await makeGallery(10, NOW);
    const commands = new Set([...door.commands, 'off-site run', 'off-site drill']);
    const { address, asked } = await servePage({ ...door, commands }, STATES.good, { epochMs: () => NOW });
    const { page } = await visit(address);
    await logIn(page, address, PAGE_PASSWORD);
    await page.goto(`${address}/offsite`);
    await page.getByText('50 of 50 files came back identical.').waitFor();
    await page.getByRole('button', { name: 'Copy now' }).click();
    await page.getByText('Done.').waitFor();
    await page.goto(`${address}/offsite`);
    await page.getByRole('button', { name: 'Run a drill' }).click();
    await page.getByText('Done.').waitFor();
    expect(asked.filter((name) => name.startsWith('off-site'))).toEqual(['off-site run', 'off-site drill']);
  });
});
