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

describe('archiving an album', () => {
  it.each([
    ['at a desk', DESKTOP],
    ['with a phone', PHONE],
  ] as const)('%s: the plan comes first, then real files of their own, and iCloud keeps everything', async (_, device) => {
    const daemon = await newDaemon({
      library: { assets: 24, seed: 5, mix: 'plain', meanBytes: 2000, albums: 4 },
      env: { WEB_PASSWORD: PASSWORD },
    });
    const codes: string[] = [];
    daemon.simulator.onCode((code) => void codes.push(code));
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    const address = `http://localhost:${daemon.port}`;
    const { page, complaints } = await visit(address, device);
    await logIn(page, address, PASSWORD);
    await page.getByLabel('Six digits').fill(codes[0] ?? '');
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    const before = [...daemon.simulator.library.expected()].length;

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
    await dialog.getByRole('button', { name: 'Archive, keep in iCloud' }).click();
    await dialog.getByText(/is archived: \d+ files?/).waitFor();
    const name = (await dialog.getByText(/is archived/).textContent()) ?? '';
    const folder = join(daemon.library, name.split(' is archived')[0] ?? '');
    expect(existsSync(folder)).toBe(true);
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.every((entry) => entry.isFile())).toBe(true);
    expect([...daemon.simulator.library.expected()].length).toBe(before);
    await page.keyboard.press('Escape');
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

describe('reading', () => {
  it('verifies files from the home page', async () => {
    const { door } = await makeGallery(10, NOW);
    const { address, asked } = await servePage(door, STATES.good, { epochMs: () => NOW });
    const { page } = await visit(address);
    await logIn(page, address, PAGE_PASSWORD);
    await page.getByRole('button', { name: 'Verify files' }).click();
    await page.getByText('Done.').waitFor();
    expect(asked).toContain('verify');
  });
});
