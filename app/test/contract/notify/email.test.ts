import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmail, type EmailOptions } from '../../../src/adapters/notify/email.ts';
import { CODE, GOOD } from './channel-support.ts';

const { signal } = new AbortController();

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: unknown;
  readonly secure: boolean;
  readonly source: string;
}

/** A certificate of its own for 127.0.0.1, which this process trusts from now on. */
function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'photos-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** A real mail server. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'me' && password === 'geheim ü' ? done(null, { user: username }) : done(new Error('no')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          secure: session.secure,
          source: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // clients that hang up are part of the tests
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  const { port } = server.server.address() as AddressInfo;
  const channel = (more: Partial<EmailOptions> = {}) =>
    createEmail({
      host: '127.0.0.1',
      port,
      security: 'none',
      login: undefined,
      from: 'nas@example.com',
      to: 'me@example.com, you@example.com',
      ...more,
    });
  return { mails, channel };
}

const LOGIN = { user: 'me', password: 'geheim ü' };

describe('a mail', () => {
  it('arrives as text, with subject, link and the word that a machine sent it', async () => {
    const { mails, channel } = await mailServer({ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'] });
    await channel().send(CODE, signal);
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'nas@example.com', to: ['me@example.com', 'you@example.com'], secure: false });
    expect(mail?.source).toMatch(/^From: Photos Sync <nas@example\.com>\r$/m);
    expect(mail?.source).toMatch(/^Subject: Apple wants a code\r$/m);
    expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.source).toMatch(/^Importance: High\r$/im);
    expect(mail?.source).toMatch(/^Date: Fri, 20 Nov 2026 01:04:00 \+0000\r$/m);
    expect(bodyOf(mail?.source ?? '')).toBe(`${CODE.text}\n\n${CODE.link}`);
  });

  it('goes over STARTTLS with a login', async () => {
    const pair = certificate();
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, pair.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const { mails, channel } = await mailServer(pair);
    await channel({ security: 'starttls', login: LOGIN }).send(GOOD, signal);
    expect(mails).toMatchObject([{ secure: true, user: 'me' }]);
  });

  it('goes over TLS from the first byte', async () => {
    const pair = certificate();
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, pair.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const { mails, channel } = await mailServer({ ...pair, secure: true });
    await channel({ security: 'tls', login: LOGIN }).send(GOOD, signal);
    expect(mails).toMatchObject([{ secure: true, user: 'me' }]);
  });
});

describe('a mail that cannot be sent', () => {
  it('never goes without encryption when encryption was asked for', async () => {
    const { mails, channel } = await mailServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
    await expect(channel({ security: 'starttls' }).send(CODE, signal)).rejects.toMatchObject({ code: 'notification-failed' });
    expect(mails).toEqual([]);
  });

  it('trusts no certificate that nobody has signed', async () => {
    const { mails, channel } = await mailServer({ ...certificate(), secure: true });
    await expect(channel({ security: 'tls' }).send(CODE, signal)).rejects.toMatchObject({ code: 'notification-failed' });
    expect(mails).toEqual([]);
  });

  it('names the settings when the login is refused, and never the password', async () => {
    const { channel } = await mailServer({ allowInsecureAuth: true, disabledCommands: ['STARTTLS'] });
    const problem = await channel({ login: { ...LOGIN, password: 'wrong-password' } })
      .send(CODE, signal)
      .catch((error: Error) => error);
    expect(problem).toMatchObject({ message: 'The mail server 127.0.0.1 did not accept SMTP_USER and SMTP_PASSWORD.' });
  });

  it("repeats the server's own sentence", async () => {
    const { channel } = await mailServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('No such mailbox here'), { responseCode: 550 })),
    });
    await expect(channel().send(CODE, signal)).rejects.toThrow(/did not take it: .*550 No such mailbox here/);
  });

  it('lets go at once when it is stopped', async () => {
    const { channel } = await mailServer({ authOptional: true, disabledCommands: ['STARTTLS'], onConnect: () => undefined });
    const stop = new AbortController();
    const sending = channel().send(CODE, stop.signal);
    stop.abort(new Error('The service stops.'));
    await expect(sending).rejects.toThrow('The service stops.');
  });
});

/** What a mail program shows: transfer encoding undone, line ends as they were typed. */
function bodyOf(source: string): string {
  const [head = '', body = ''] = source.split(/\r\n\r\n(.*)/s);
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1];
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : Buffer.from(
          body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        );
  return bytes.toString('utf8').replaceAll('\r\n', '\n').trimEnd();
}
