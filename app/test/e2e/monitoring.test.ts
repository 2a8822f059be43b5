import { execFileSync } from 'node:child_process';
import { createECDH, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decrypt } from 'http_ece';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newHome, printed } from '../support/cli.ts';
import { parseInfluxLine } from '../support/influx-text.ts';
import { parsePrometheus } from '../support/prometheus-text.ts';

const small = { assets: 12, seed: 1, mix: 'plain', meanBytes: 2000 } as const;
const TOKEN = 'monitoring-token-123';
const PASSWORD = 'page-password-123';
const SECRET = 'channel-secret-123';

interface Received {
  readonly title: string;
  readonly text: string;
  readonly link: string;
}

/** The owner's phone behind a webhook. */
async function phone(status = 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push(JSON.parse(body) as Received);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const until = async (count: number) => {
    for (let looks = 0; looks < 2000 && received.length < count; looks++) await new Promise((next) => setTimeout(next, 5));
    expect(received.map(({ title }) => title)).toHaveLength(count);
  };
  return { received, until, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/${SECRET}` };
}

describe('notify test', () => {
  it('needs neither a service nor a library, and says how each channel took it', async () => {
    const [good, bad] = [await phone(), await phone(403)];
    const home = await newHome({ library: small });
    const env = { WEBHOOK_URL: good.url, DISCORD_WEBHOOK_URL: bad.url, WEB_URL: 'https://photos.example.com/x' };
    const result = await home.run(['notify', 'test'], env);
    expect(result).toMatchObject({ exitCode: 1, stdout: 'webhook: sent\ndiscord: not sent. It answered 403.\n' });
    expect(good.received).toMatchObject([{ title: 'This is a test', link: 'https://photos.example.com/x/' }]);
    expect(JSON.parse((await home.run(['notify', 'test', '--json'], { ...env, DISCORD_WEBHOOK_URL: undefined })).stdout)).toEqual({
      schema: 1,
      channels: [{ channel: 'webhook', sent: true }],
    });
    expect(() => statSync(home.library)).toThrow('ENOENT');
  });

  it('without a channel says where to read on', async () => {
    const home = await newHome({ library: small });
    expect(await home.run(['notify', 'test'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('No channel for notifications is set up'),
    });
  });
});

describe('the service and its owner', () => {
  it('a code is asked for by message, typed on the page behind its link, and the sync goes on', async () => {
    const { url, received, until } = await phone();
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const page = `http://localhost:${home.port}`;
    const daemon = home.start(['daemon'], {
      WEBHOOK_URL: url,
      WEB_URL: page,
      WEB_PASSWORD: PASSWORD,
      WEB_TOKEN: TOKEN,
      EXPORT_METRICS: 'true',
      LOG_LEVEL: 'debug',
    });
    await until(1);
    expect(received[0]).toMatchObject({ title: 'Apple wants a code', link: `${page}/` });

    // What somebody does who taps on the message: opens the link, logs in, types the digits.
    const login = { Authorization: `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}` };
    const link = received[0]?.link ?? '';
    const html = await (await fetch(link, { headers: { ...login, Accept: 'text/html' } })).text();
    const action = /<form[^>]*action="([^"]*code)"/.exec(html)?.[1] ?? '';
    const typed = await fetch(new URL(action, link), {
      method: 'POST',
      headers: { ...login, Origin: page },
      body: new URLSearchParams({ code: home.simulator.account.currentCode() ?? '' }),
      redirect: 'manual',
    });
    expect(typed.status).toBe(303);
    await printed(daemon, 'Everything iCloud shows is here and verified.');
    await until(2);
    expect(received[1]).toMatchObject({
      title: 'Signed in again',
      text: expect.stringContaining('All 12 items in iCloud are on this disk'),
    });

    // Beside the service the command uses its channels, browsers included.
    expect(await home.run(['notify', 'test'])).toMatchObject({ exitCode: 0, stdout: 'webhook: sent\n' });

    const bearer = { Authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${page}/metrics`)).status).toBe(401);
    const samples = parsePrometheus(await (await fetch(`${page}/metrics`, { headers: bearer })).text());
    const shown = (name: string) => samples.filter((sample) => sample.name === `photos_sync_${name}`);
    expect(shown('icloud_items')).toMatchObject([{ value: 12 }]);
    expect(shown('downloaded_files_total')).toMatchObject([{ value: 12 }]);
    expect(shown('runs_total')).toMatchObject([{ labels: { trigger: 'first-start', outcome: 'complete' }, value: 1 }]);
    expect(shown('notifications_sent_total')).toMatchObject([{ labels: { channel: 'webhook' }, value: 2 }]);
    expect((shown('trust_expiry_timestamp_seconds')[0]?.value ?? 0) - Date.now() / 1000).toBeGreaterThan(29 * 86_400);

    const lines = readFileSync(join(home.library, '.icloud-photos-sync.metrics'), 'utf8').split('\n').slice(0, -1).map(parseInfluxLine);
    expect(lines.flatMap(({ fields }) => (fields.status === undefined ? [] : [fields.status]))).toEqual([
      'SCHEDULED',
      'AUTHENTICATION_STARTED',
      'MFA_REQUIRED',
      'MFA_RECEIVED',
      'ACCOUNT_READY',
      'SYNC_START',
      'FETCH_N_LOAD_STARTED',
      'SYNC_COMPLETED',
      'SCHEDULED_SUCCESS',
    ]);

    const { publicKey } = (await (await fetch(`${page}/api/vapid-public-key`, { headers: bearer })).json()) as { publicKey: string };
    expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65);
    const entries = (await (await fetch(`${page}/api/log?loglevel=info`, { headers: bearer })).json()) as { message: string }[];
    expect(entries.map(({ message }) => message).join('\n')).toContain('Everything iCloud shows is here and verified.');

    daemon.child.kill('SIGTERM');
    expect((await daemon.done).exitCode).toBe(0);
    const state = join(home.library, '.photos-sync');
    expect(statSync(join(state, 'push.json')).mode & 0o777).toBe(0o600);
    const said = [
      daemon.output(),
      ...readdirSync(state)
        .filter((name) => name.includes('.log'))
        .map((name) => readFileSync(join(state, name), 'utf8')),
    ].join('\n');
    for (const secret of [SECRET, TOKEN, PASSWORD]) expect(said).not.toContain(secret);
  });

  it('syncs as if nothing were when its messages reach nobody', async () => {
    const home = await newHome({ library: small });
    const daemon = home.start(['daemon'], { NTFY_URL: 'http://127.0.0.1:1/topic', GOTIFY_URL: 'http://127.0.0.1:1', GOTIFY_TOKEN: SECRET });
    await printed(daemon, 'Everything iCloud shows is here and verified.');
    expect(daemon.output()).toContain('A notification could not be delivered. Syncing goes on');
    const asked = Date.now();
    daemon.child.kill('SIGTERM');
    expect((await daemon.done).exitCode).toBe(0);
    expect(Date.now() - asked).toBeLessThan(10_000);
  });

  it('a channel that is set up in part keeps it from starting, with words', async () => {
    const home = await newHome({ library: small });
    expect(await home.run(['daemon'], { TELEGRAM_BOT_TOKEN: SECRET })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('TELEGRAM_CHAT_ID is not set'),
    });
  });
});

describe('a browser that has subscribed', () => {
  it('hears from the service over TLS, can read it, is known after a restart, and no longer after it has unsubscribed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'photos-push-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const bodies: Buffer[] = [];
    const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(Buffer.concat(chunks));
        response.writeHead(201).end();
      });
    });
    await new Promise<void>((ready) => server.listen(0, 'localhost', ready));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const pair = createECDH('prime256v1');
    const auth = randomBytes(16).toString('base64url');
    const endpoint = `https://localhost:${(server.address() as AddressInfo).port}/send/abc`;
    const subscription = { endpoint, expirationTime: null, keys: { p256dh: pair.generateKeys('base64url'), auth } };

    const home = await newHome({ library: small });
    const env = { WEB_TOKEN: TOKEN, NODE_EXTRA_CA_CERTS: cert };
    const start = async () => {
      const daemon = home.start(['daemon'], env);
      await printed(daemon, 'The service runs.');
      return daemon;
    };
    const call = (method: string, path: string, body: object) =>
      fetch(`http://localhost:${home.port}${path}`, { method, headers: { Authorization: `Bearer ${TOKEN}` }, body: JSON.stringify(body) });
    const first = await start();
    await printed(first, 'Everything iCloud shows is here and verified.');
    expect((await call('POST', '/api/push/subscribe', subscription)).status).toBe(200);
    expect(await home.run(['notify', 'test'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^push [0-9a-f]{6}: sent\n$/) });
    first.child.kill('SIGTERM');
    await first.done;

    const second = await start();
    expect((await home.run(['notify', 'test'])).exitCode).toBe(0);
    const read = (body: Buffer) =>
      JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: pair, authSecret: auth }).toString('utf8')) as object;
    expect(bodies.map(read)).toMatchObject([{ title: 'This is a test' }, { title: 'This is a test' }]);
    expect((await call('DELETE', '/api/push/subscribe', { endpoint })).status).toBe(200);
    expect((await home.run(['notify', 'test'])).exitCode).toBe(3);
    expect(second.output() + first.output()).not.toContain('/send/abc');
  });
});

describe('EXPORT_METRICS without a service', () => {
  it('tells of the sync, too', async () => {
    const home = await newHome({ library: small });
    expect((await home.run(['sync'], { EXPORT_METRICS: 'true' })).exitCode).toBe(0);
    const points = readFileSync(join(home.library, '.icloud-photos-sync.metrics'), 'utf8').split('\n').slice(0, -1).map(parseInfluxLine);
    expect(points.flatMap(({ fields }) => (fields.status === undefined ? [] : [fields.status]))).toEqual([
      'AUTHENTICATION_STARTED',
      'ACCOUNT_READY',
      'SYNC_START',
      'FETCH_N_LOAD_STARTED',
      'SYNC_COMPLETED',
    ]);
    expect(points.find(({ fields }) => 'errors' in fields)?.fields).toMatchObject({
      remote_assets_fetched: 12,
      assets_to_be_added: 12,
      errors: 0,
    });
  });
});
