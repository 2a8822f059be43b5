import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newDaemon } from '../support/daemon.ts';
import { DESKTOP, logIn, PHONE, until, visit } from './browser.ts';

const PASSWORD = 'correct horse battery';
const PASSPHRASE = 'a second copy elsewhere';
const DRAWN = { assets: 60, seed: 5, photos: 'real', meanBytes: 3000, mix: 'plain' } as const;

/** The whole way of an owner, once at a desk and once with a phone: the real service, the simulated iCloud, a real browser. */
describe.each([
  ['at a desk', DESKTOP],
  ['with a phone', PHONE],
] as const)('%s', (_, device) => {
  it('brings the code, sees that all is well, looks at the photos, decides about removals and takes one back', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'second-copy-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    writeFileSync(join(elsewhere, 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
    const copy = {
      OFFSITE_ENGINE: 'borg',
      OFFSITE_REPOSITORY: join(elsewhere, 'borg'),
      OFFSITE_PASSPHRASE_FILE: join(elsewhere, 'passphrase'),
    };
    const daemon = await newDaemon({ library: DRAWN, env: { WEB_PASSWORD: PASSWORD, ...copy } });
    const codes: string[] = [];
    daemon.simulator.onCode((code) => void codes.push(code));
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    const address = `http://localhost:${daemon.port}`;
    const { page, complaints } = await visit(address, device);

    // Locked first; then the code, wrong and right. It is submitted with its sixth digit.
    await page.goto(address);
    await page.fill('#password', 'not this one');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('That is not the page password.').waitFor();
    await logIn(page, address, PASSWORD);
    await page.getByRole('heading', { level: 1, name: 'Type the six digits' }).waitFor();
    const [right = ''] = codes;
    await page.getByLabel('Six digits').pressSequentially(right === '000000' ? '111111' : '000000');
    await page.getByRole('alert').filter({ hasText: 'Apple did not accept the code.' }).waitFor();
    await page.getByLabel('Six digits').fill(`${right.slice(0, 3)} ${right.slice(3)}`.replace(' ', ''));
    // Nobody reloads the page: the service tells it.
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    expect(await page.title()).toBe('Complete · Photos Sync');
    await page
      .getByRole('row', { name: /All files/ })
      .getByText('complete')
      .waitFor({ state: 'attached' });

    // Every photo, one of them large, with the proof of its file and where it lies.
    const nav = page.getByRole('navigation', { name: /Main/ }).locator('visible=true');
    await nav.getByRole('link', { name: 'Photos' }).click();
    await page.locator('.tile img').first().waitFor();
    const first = page.locator('.tile[aria-label]').first();
    const name = (await first.getAttribute('aria-label')) ?? '';
    await first.click();
    const viewer = page.getByRole('dialog');
    await viewer.getByText('Matches Apple’s checksum').first().waitFor();
    const path = (await viewer.locator('.file code').first().textContent()) ?? '';
    expect(existsSync(join(daemon.library, path))).toBe(true);
    await page.keyboard.press('Escape');
    await until(page, `document.activeElement?.getAttribute('aria-label') === ${JSON.stringify(name)}`);

    // Far more is gone from iCloud than anybody deletes in a day.
    const assets = new Set([...daemon.simulator.library.expected()].map(({ assetRecordName }) => assetRecordName));
    for (const id of [...assets].slice(0, 40)) daemon.simulator.library.deleteAsset(id);
    await nav.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('heading', { level: 1, name: '40 removals are on hold' }).waitFor();
    await page.getByText('nothing was removed here').waitFor();
    await page.getByRole('link', { name: 'Look through them' }).click();
    await page.getByText('All of them still lie in their folders here').waitFor();
    expect(await page.locator('.held li a').count()).toBe(40);
    await page.getByRole('button', { name: 'Move them to Trash' }).click();
    await page.getByRole('heading', { level: 1, name: /Complete/ }).waitFor();

    // One of them was not meant to go.
    await page.goto(`${address}/trash`);
    const row = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: /^Restore/ }) })
      .first();
    const restored = (await row.getByRole('button').getAttribute('aria-label')) ?? '';
    await row.getByRole('button').click();
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    expect(await page.getByRole('button', { name: restored, exact: true }).count()).toBe(0);

    // The second copy, by Borg itself, and the proof that it comes back.
    expect(await daemon.current().service.command('off-site init', {}, new AbortController().signal)).toMatchObject({ exitCode: 0 });
    await page.goto(`${address}/offsite`);
    await page.getByRole('button', { name: 'Copy now' }).click();
    await page.getByText(/^(Done\.|It has begun)/).waitFor();
    await daemon.reaches('idle');
    await page.goto(`${address}/offsite`);
    await page.getByText('1 snapshot').first().waitFor();
    await page.getByRole('button', { name: 'Run a drill' }).click();
    await page.getByText(/^(Done\.|It has begun)/).waitFor();
    await daemon.reaches('idle');
    await page.goto(`${address}/offsite`);
    await page.getByText(/random files came back exactly/).waitFor();
    const list = execFileSync('borg', ['list', '--short', copy.OFFSITE_REPOSITORY], {
      env: { ...process.env, BORG_BASE_DIR: elsewhere, BORG_PASSPHRASE: PASSPHRASE },
    });
    expect(list.toString().trim().split('\n')).toHaveLength(1);

    // The door closes behind.
    await page.context().clearCookies();
    await page.goto(`${address}/photos`);
    await page.getByLabel('Page password').waitFor();
    expect(complaints).toEqual([]);
  });
});

/** Phones do not focus a field by themselves; counts what the service has told the page. */
const UNFOCUSED = `
  new MutationObserver(() => document.querySelector('[autofocus]')?.removeAttribute('autofocus')).observe(document, { childList: true, subtree: true });
  window.told = 0;
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener('change', () => setTimeout(() => (window.told += 1)));
    }
  };
  addEventListener('load', () => document.activeElement?.blur());`;

describe('a code that was refused', () => {
  it('is told for as long as another one is asked for, whatever the service tells meanwhile', async () => {
    const daemon = await newDaemon({ library: DRAWN });
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    const { page } = await visit(`http://localhost:${daemon.port}`, PHONE);
    await page.addInitScript(UNFOCUSED);
    await page.goto(`http://localhost:${daemon.port}/?notice=code-refused`);
    await until(page, 'window.told > 0 && document.activeElement === document.body');
    expect(await page.getByRole('alert').filter({ hasText: 'Apple did not accept the code.' }).isVisible()).toBe(true);
  });
});

describe('without JavaScript', () => {
  it('the state can be read, the code typed and a sync asked for', async () => {
    const daemon = await newDaemon({ library: { assets: 10, seed: 5, mix: 'plain', meanBytes: 500 }, env: { WEB_PASSWORD: PASSWORD } });
    const codes: string[] = [];
    daemon.simulator.onCode((code) => void codes.push(code));
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    const address = `http://localhost:${daemon.port}`;
    const { page } = await visit(address, { ...DESKTOP, javaScriptEnabled: false });
    await logIn(page, address, PASSWORD);
    await page.getByLabel('Six digits').fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('status').filter({ hasText: 'Apple accepted the code.' }).waitFor();
    await daemon.reaches('idle');
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('Sync requested.').waitFor();
    await page.goto(`${address}/log`);
    await page.getByRole('heading', { level: 1, name: 'Log' }).waitFor();
    await page.locator('table.runs a').last().click();
    await page.getByRole('heading', { level: 1, name: /^Run of / }).waitFor();
    await page.getByRole('row', { name: /^New files 1\d/ }).waitFor();
  });
});

describe('when the service goes away', () => {
  it('the page says that it knows nothing, and never keeps an old tick', async () => {
    const daemon = await newDaemon({ library: { assets: 5, seed: 5, mix: 'plain', meanBytes: 500 }, env: { WEB_PASSWORD: PASSWORD } });
    const codes: string[] = [];
    daemon.simulator.onCode((code) => void codes.push(code));
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    const address = `http://localhost:${daemon.port}`;
    const { page } = await visit(address);
    await page.clock.install();
    await logIn(page, address, PASSWORD);
    await page.getByLabel('Six digits').fill(codes[0] ?? '');
    await page.getByRole('heading', { level: 1, name: 'Complete and intact' }).waitFor();
    await daemon.stop();
    await page.clock.runFor(12_000);
    await page.getByText('Not connected. Last heard at').waitFor();
    await page.clock.runFor(60_000);
    await page.getByRole('heading', { level: 1, name: 'Cannot tell right now' }).waitFor();
    expect(await page.locator('.tick svg').count()).toBe(0);
  });
});
