import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
/** Nothing is asked of anybody but the page under test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESKTOP = { viewport: { width: 1440, height: 900 } } as const;
export const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 } as const;

let running: Promise<Browser> | undefined;
afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

/** Debian's Chromium, once for a file of tests. A missing one is a failure: what was not looked at is not proven. */
function browser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  running ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return running;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Complaints of the browser: errors of scripts, refused files, requests to anybody else. */
  readonly complaints: string[];
}

/** A window of its own on a page that must not complain about anything. */
export async function visit(address: string, options: BrowserContextOptions = DESKTOP): Promise<Visit> {
  const context = await (await browser()).newContext({ colorScheme: 'light', reducedMotion: 'no-preference', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin } = new URL(address);
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) complaints.push(`asked elsewhere: ${url}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** Through the log-in page, as a person does. */
export async function logIn(page: Page, address: string, password: string): Promise<void> {
  await page.goto(address);
  await page.fill('#password', password);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/unlock'));
  await page.locator('body[data-owner]').waitFor();
}

/**
 * Waits until an expression of the page is true, looked at with every frame. As text, because this program knows no window;
 * the page's own policy forbids what Playwright's own waiting would do with a text.
 */
export async function until(page: Page, expression: string, frames = 3000): Promise<void> {
  for (let frame = 0; frame < frames; frame++) {
    if (await page.evaluate(expression)) return;
    await page.evaluate('new Promise((go) => requestAnimationFrame(go))');
  }
  throw new Error(`Never became true: ${expression}`);
}
