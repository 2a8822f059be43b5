import { describe, expect, it } from 'vitest';
import { CODE_AWAITED } from './fake-service.ts';
import { BROWSER, OWNER, startPage } from './start-page.ts';
import { NO_LOGIN, startWeb, WITH_LOGIN } from './web-server.ts';

describe('who sees what', () => {
  it('this machine sees it while no login is set, without buttons, but with the code field', async () => {
    const { ask } = await startPage(CODE_AWAITED, { gate: NO_LOGIN });
    const html = String((await ask('/')).body);
    expect(html).toContain('action="/code"');
    expect(html).toContain('action="/resend"');
    expect(html).toContain('Read-only page');
    expect(html).not.toMatch(/action="\/(sync|pause|resume)"/);
  });

  it('browsers elsewhere get a page that says how to set a login, programs get JSON', async () => {
    const { ask } = await startPage({}, { gate: NO_LOGIN });
    const elsewhere = { Host: 'nas.local' };
    const answer = await ask('/', { headers: { ...elsewhere, ...BROWSER } });
    expect(answer).toMatchObject({ status: 403, headers: { 'content-type': 'text/html; charset=utf-8', vary: 'Accept' } });
    expect(answer.headers['content-security-policy']).toContain("form-action 'none'");
    expect(answer.body).toContain('Set WEB_PASSWORD (or WEB_PASSWORD_FILE)');
    expect(answer.body).not.toMatch(/Complete|02:0/);
    expect((await ask('/', { headers: elsewhere })).body).toMatchObject({ message: expect.stringContaining('WEB_PASSWORD') });
  });

  it('browsers are shown a page that asks for the password, programs get the challenge that they know', async () => {
    const { ask } = await startPage();
    const answer = await ask('/photos', { headers: { Host: 'nas.local', ...BROWSER } });
    expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'text/html; charset=utf-8' } });
    // With a challenge the browser would put its own dialog over the page.
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.body).toContain('<input type="hidden" name="next" value="/photos">');
    expect(answer.body).not.toMatch(/Complete|02:0/);
    const program = await ask('/photos', { headers: { Host: 'nas.local' } });
    expect(program).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="photos-sync", charset="UTF-8"' } });
  });

  it('one-shot commands have no page', async () => {
    const { ask } = await startWeb({ gate: WITH_LOGIN });
    for (const path of ['/', '/state', '/api/state', '/icon.svg', '/unlock', '/photos'])
      expect((await ask(path, { headers: OWNER })).status).toBe(404);
  });
});

describe('addresses', () => {
  it.each(['/state', '/submit-mfa', '/request-mfa'])('%s of the older tool leads to the page', async (path) => {
    const { ask } = await startPage();
    expect(await ask(path, { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/' } });
  });

  it('its own files are kept for a year at addresses that change with them, and are small', async () => {
    const { ask, page } = await startPage();
    const links = [...(await page()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const { status, headers } = await ask(link, { headers: { Host: 'nas.local' } });
      expect([link, status, headers['cache-control']]).toEqual([link, 200, 'public, max-age=31536000, immutable']);
      const old = await ask(link.replace(/[0-9a-f]{12}/, '000000000000'));
      expect(old.headers['cache-control']).toBe('no-cache');
    }
    expect((await ask('/static/0/gate.ts')).status).toBe(404);
    expect((await ask('/static/0/..%2Fapp.ts')).status).toBe(404);
    expect((await ask('/static/0/..%2f..%2f..%2fpackage.json')).status).toBe(404);
    const icon = await ask('/icon.svg');
    expect(icon).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml' } });
  });

  it('below a base path every link and every way back starts with it', async () => {
    const { ask, page, postForm } = await startPage(CODE_AWAITED, { basePath: '/photos' });
    // The proxy took the prefix off, or left it.
    for (const path of ['/', '/photos/']) {
      const links = [...(await page(path)).matchAll(/(?:href|action)="([^"]*)"/g)].map(([, link]) => link);
      expect(links.length).toBeGreaterThan(6);
      expect(links.filter((link) => !link?.startsWith('/photos/') && link !== '#main')).toEqual([]);
    }
    expect(await ask('/photos', { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/photos/' } });
    expect(await ask('/photos/state', { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/photos/' } });
    expect((await ask('/photos/icon.svg', { headers: OWNER })).status).toBe(200);
    // A page of the page: /photos is the prefix, /photos/photos the timeline.
    expect((await ask('/photos/photos', { headers: OWNER })).status).toBe(200);
    expect(await postForm('/photos/sync', '', OWNER)).toMatchObject({ status: 303, headers: { location: '/photos/?notice=sync-asked' } });
    expect((await page()).includes('refresh')).toBe(false);
  });

  it.each([
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/api/state', 'GET, HEAD'],
    ['GET', '/code', 'POST'],
    ['GET', '/api/sync', 'POST'],
    ['GET', '/sync', 'POST'],
    ['DELETE', '/pause', 'POST'],
    ['POST', '/icon.svg', 'GET, HEAD'],
    ['PUT', '/unlock', 'GET, HEAD, POST'],
  ])('%s %s is refused', async (method, path, allow) => {
    const { ask, asked } = await startPage();
    expect(await ask(path, { method, headers: OWNER })).toMatchObject({ status: 405, headers: { allow } });
    expect(asked).toEqual([]);
  });

  it('tells browsers in words when there is nothing', async () => {
    const { ask } = await startPage();
    const answer = await ask('/nowhere%3Cb%3E', { headers: { ...OWNER, ...BROWSER } });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('<p class="lead">There is nothing at this address</p>');
    expect(answer.body).not.toContain('nowhere');
  });
});
