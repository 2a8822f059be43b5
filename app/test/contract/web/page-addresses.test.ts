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

  it('browsers are asked for the password', async () => {
    const { ask } = await startPage();
    const answer = await ask('/', { headers: { Host: 'nas.local', ...BROWSER } });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="photos-sync", charset="UTF-8"' } });
    expect(answer.body).toContain('<h1>Locked</h1>');
  });

  it('one-shot commands have no page', async () => {
    const { ask } = await startWeb({ gate: WITH_LOGIN });
    for (const path of ['/', '/state', '/api/state', '/style.css']) expect((await ask(path, { headers: OWNER })).status).toBe(404);
  });
});

describe('addresses', () => {
  it.each(['/state', '/submit-mfa', '/request-mfa'])('%s of the older tool leads to the page', async (path) => {
    const { ask } = await startPage();
    expect(await ask(path, { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/' } });
  });

  it('style and icon are files of their own, and asked for again only when they changed', async () => {
    const { ask, page } = await startPage();
    const html = await page();
    for (const [path, type] of [
      ['/style.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      expect(html).toContain(`href="${path}"`);
      const first = await ask(path, { headers: OWNER });
      expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'private, no-cache' } });
      expect(first.headers['content-type']).toMatch(type);
      const again = await ask(path, { headers: { ...OWNER, 'If-None-Match': String(first.headers.etag) } });
      expect(again).toMatchObject({ status: 304, body: '' });
    }
  });

  it('below a base path every link and every way back starts with it', async () => {
    const { ask, page, postForm } = await startPage(CODE_AWAITED, { basePath: '/photos' });
    // The proxy took the prefix off, or left it.
    for (const path of ['/', '/photos/']) {
      const links = [...(await page(path)).matchAll(/(?:href|action)="([^"]*)"/g)].map(([, link]) => link);
      expect(links.length).toBeGreaterThan(6);
      expect(links.filter((link) => !link?.startsWith('/photos/'))).toEqual([]);
    }
    expect(await ask('/photos', { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/photos/' } });
    expect(await ask('/photos/state', { headers: OWNER })).toMatchObject({ status: 302, headers: { location: '/photos/' } });
    expect((await ask('/photos/style.css', { headers: OWNER })).status).toBe(200);
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
    ['POST', '/style.css', 'GET, HEAD'],
  ])('%s %s is refused', async (method, path, allow) => {
    const { ask, asked } = await startPage();
    expect(await ask(path, { method, headers: OWNER })).toMatchObject({ status: 405, headers: { allow } });
    expect(asked).toEqual([]);
  });

  it('tells browsers in words when there is nothing', async () => {
    const { ask } = await startPage();
    const answer = await ask('/nowhere%3Cb%3E', { headers: { ...OWNER, ...BROWSER } });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('<p>There is nothing at this address</p>');
    expect(answer.body).not.toContain('nowhere');
  });
});
