import { describe, expect, it } from 'vitest';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import { CODE_AWAITED, CODE_NEED, GOOD_RUN, NOW, progressWith } from './fake-service.ts';
import { OWNER, startPage } from './start-page.ts';
import { NO_LOGIN, PASSWORD, TOKEN, WITH_LOGIN } from './web-server.ts';

describe('the page', () => {
  it('runs only its own scripts, under a strict policy, and asks nobody else for anything', async () => {
    const { ask, page } = await startPage();
    const { headers } = await ask('/', { headers: OWNER });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      // With no-referrer a browser sends its own forms with Origin: null.
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    const html = await page();
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<style|\bstyle=|\bon[a-z]+=|https?:/i);
    const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(1);
    for (const [, attributes, text] of scripts) {
      expect(attributes).toMatch(/ src="\/static\/[0-9a-f]{12}\/[a-z]+\.js"/);
      expect(text).toBe('');
    }
  });

  it('says in one sentence that all is well, and when it was checked', async () => {
    const { page } = await startPage();
    const html = await page();
    expect(html).toContain('<title>Complete · Photos Sync</title>');
    expect(html).toContain('<h1 class="good">Complete</h1>');
    expect(html).toContain('Everything that iCloud listed is on this disk. Compared with iCloud today, 02:04. The last run took 4 min.');
    expect(html).toContain('tomorrow, 02:00');
    expect(html).toContain('As of 09:40');
  });

  it.each<[string, Partial<ServiceState>, boolean]>([
    ['all is well', {}, false],
    ['a sync runs', { phase: 'syncing' }, false],
    ['a code is needed, but no sign-in waits', { phase: 'waiting-for-code', need: CODE_NEED }, false],
    ['a code is awaited', CODE_AWAITED, true],
  ])('%s: code field and no reload belong together', async (_, change, expected) => {
    const { page } = await startPage(change);
    const html = await page();
    expect(html.includes('action="/code"')).toBe(expected);
    expect(html.includes('http-equiv="refresh" content="15; url=/"')).toBe(!expected);
  });

  it('has a field that phones fill in by themselves, and every way to get another code', async () => {
    const { page } = await startPage(CODE_AWAITED);
    const html = await page();
    for (const part of ['inputmode="numeric"', 'autocomplete="one-time-code"', 'maxlength="6"', 'pattern="[0-9]{6}"'])
      expect(html).toContain(part);
    expect(html).toContain('at 09:38. They are good until 09:48.');
    expect(html).toContain('Show it on my Apple devices again');
    expect(html).toContain('name="phoneNumberId" value="3"><button aria-label="Send: Text message ••• •••84">Send</button>');
    expect(html).toContain('name="phoneNumberId" value="7"><button aria-label="Call: Phone call ••• •••12">Call</button>');
    expect(html).toContain('enter_mfa');
  });

  it('offers to ask for a code when no sign-in waits any more', async () => {
    const { page } = await startPage({ phase: 'waiting-for-code', need: CODE_NEED });
    const html = await page();
    expect(html).toContain('Apple wants a code');
    expect(html).toContain('<p>Send the code to my Apple devices</p>');
    expect(html).toContain('<input type="hidden" name="method" value="sms"><button aria-label="Send: Text message">Send</button>');
  });

  it('says when the next code can be sent, instead of offering what could lock the account', async () => {
    const { page, current } = await startPage({ ...CODE_AWAITED, nextCodeMs: NOW + 12 * 60_000 });
    const html = await page('/signin');
    expect(html).toContain('The next one can be sent at 09:52<span data-until=');
    expect(html.match(/<button aria-label="(Send|Call): [^"]+" disabled/g)).toHaveLength(5);
    current.state = { ...current.state, nextCodeMs: undefined };
    expect(await page('/signin')).not.toContain('disabled');
  });

  it('says before the first sync what is needed and what of it is done', async () => {
    const first = { lastRun: undefined, lastSuccessMs: undefined, startedAtMs: NOW };
    const { page, current } = await startPage({ ...first, ...CODE_AWAITED });
    const html = await page();
    expect(html).toMatch(
      /step-done"[\s\S]*An Apple Account[\s\S]*step-now" aria-current="step"[\s\S]*A code from Apple[\s\S]*step-later[\s\S]*First sync/,
    );
    expect(html).not.toContain('Verify files');
    current.state = { ...current.state, ...first, phase: 'syncing', codeAwaited: false };
    expect(await page()).toMatch(/step-done"[\s\S]*A code from Apple[\s\S]*step-now" aria-current="step"[\s\S]*First sync/);
  });

  it('names the files on their way to their owner only', async () => {
    const inFlight = [{ path: '_All-Photos/2024/<b>.JPG', bytes: 2e6, sinceMs: NOW }];
    const { page, ask } = await startPage({ phase: 'syncing', inFlight }, { gate: WITH_LOGIN });
    expect(await page()).toContain('<p>&lt;b&gt;.JPG</p>');
    const open = await startPage({ phase: 'syncing', inFlight }, { gate: NO_LOGIN });
    expect(String((await open.ask('/')).body)).not.toContain('On the way');
    expect((await ask('/')).status).toBe(401);
  });

  it('shows what needs a person, and what to do', async () => {
    const need = { code: 'terms-pending', message: 'Apple has new terms.', advice: 'Accept them.', sinceMs: NOW } as const;
    const { page } = await startPage({ need });
    const html = await page();
    expect(html).toContain('What to do now');
    expect(html).toContain('Apple has new terms.');
    expect(html).toContain('Accept them.');
    expect(html).toContain('<button class="main">Try now</button>');
  });

  it('escapes every word that comes from elsewhere', async () => {
    const evil = `<script>alert("1")</script>'"&`;
    const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&quot;&amp;';
    const lastRun = { ...GOOD_RUN, outcome: 'failed', code: 'internal', message: evil } as const;
    const { page, current } = await startPage({ lastRun, need: { code: 'internal', message: evil, advice: evil, sinceMs: NOW } });
    const html = await page();
    expect(html.split(escaped)).toHaveLength(4);
    expect(html).not.toContain('<script>alert');
    current.state = { ...current.state, ...CODE_AWAITED, phones: [{ id: 1, maskedNumber: evil }] };
    const withPhones = await page('/?notice=%3Cscript%3E&notice=sync-asked');
    // Each of the two ways to a number shows it, to the eye and to the ear.
    expect(withPhones.split(escaped)).toHaveLength(6);
    expect(withPhones).not.toMatch(/<script>alert|class="notice/);
    expect(await page('/?notice=constructor')).not.toContain('class="notice');
  });

  it('holds no secret, whatever was typed before', async () => {
    const { page, postForm } = await startPage(CODE_AWAITED);
    await postForm('/code', 'code=987654', OWNER);
    const html = await page('/?notice=code-accepted&code=987654');
    for (const secret of [PASSWORD, 'sesame', TOKEN, '987654']) expect(html).not.toContain(secret);
  });

  it('shows progress without claiming more than was verified', async () => {
    const progress = progressWith(
      { downloaded: 1200, downloadedBytes: 4e9 },
      { missingFiles: 3800, missingBytes: 12e9, bytesPerSecond: 5e6, remainingMs: 2_410_000 },
    );
    const { page, current } = await startPage({ phase: 'syncing', sinceMs: NOW - 120_000, progress });
    const html = await page();
    expect(html).toContain('Backing up: 1,200 of 5,000 files');
    expect(html).toContain('4.0 GB of 16.0 GB is on disk and verified. About 40 min left at 5.0 MB/s. You can close this page.');
    expect(html).toContain('<progress max="100" value="25"');
    current.state = { ...current.state, sinceMs: NOW - 30_000 };
    expect(await page()).not.toContain('left at');
    current.state = { ...current.state, progress: progressWith({ downloaded: 3 }, { missingFiles: 36, missingBytes: 1e6 }) };
    expect(await page()).toContain('<h1 class="good">Complete</h1>');
  });
});
