import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeLibrary } from './fake-library.ts';
import { CODE_AWAITED, fakeService } from './fake-service.ts';
import { basic, bearer, NO_LOGIN, PASSWORD, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const LIBRARY = makeLibrary([{ id: 'Photo', takenMs: 1_700_000_000_000 }], ['verify', 'hold show']);
const OWNER = { Authorization: bearer(TOKEN) };

async function start(gate = WITH_LOGIN) {
  const fake = fakeService(CODE_AWAITED);
  const web = await startWeb({ gate, service: fake.service, library: () => LIBRARY.door });
  const isHealthy = async () => (await web.ask('/healthz', { headers: { Host: 'localhost' } })).body;
  return { ...web, ...fake, isHealthy };
}

/** Sends bytes as they are: no client would write such a request. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((done, fail) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('close', () => done(answer)).on('error', fail);
  });
}

describe('ways out of the library', () => {
  it.each([
    '/../../etc/passwd',
    '/static/../../../etc/passwd',
    '/static/0/%2e%2e%2f%2e%2e%2fapp.ts',
    '/static/0/....//app.ts',
    '/media/../../etc/passwd',
    '/media/1/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/media/1%2f..%2f..%2fetc%2fpasswd/original',
    '/thumb/small/..%2f..%2fetc%2fpasswd',
    '/thumb/..%5c..%5cetc/1',
    '/photos/%00',
    '/albums/__proto__',
    '//etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/;/etc/passwd',
    '/media/1/original/../../../../etc/passwd',
  ])('%s leads nowhere', async (path) => {
    const { port, isHealthy } = await start();
    const answer = await raw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${OWNER.Authorization}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404) /);
    // The timeline's own page may answer for /photos/…; nothing of the disk does.
    expect(answer).not.toMatch(/root:|import |export /);
    expect(await isHealthy()).toEqual({ status: 'waiting' });
  });
});

describe('requests that no browser sends', () => {
  it.each([
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n'],
    ['a host in the address', 'GET http://evil.example.com/ HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n'],
    ['two lengths', 'POST /code HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabc'],
    [
      'length and chunks',
      'POST /code HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    ],
    ['a long header', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\nConnection: close\r\n\r\n`],
    ['a long address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`],
    ['a line break in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a\nSet-Cookie: b\r\nConnection: close\r\n\r\n'],
    ['no request at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_, text) => {
    const { port, asked, codes, isHealthy } = await start();
    const answer = await raw(port, text);
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer)).toBe(true);
    expect([asked, codes]).toEqual([[], []]);
    expect(await isHealthy()).toEqual({ status: 'waiting' });
  });

  it.each(['/code', '/unlock', '/act', '/api/command', '/api/sync', '/mfa?code=123456'])('a body without end at %s', async (path) => {
    const { ask, asked, codes, isHealthy } = await start();
    const body = Array.from({ length: 200 }, () => 'x'.repeat(1000));
    const answer = await ask(path, { method: 'POST', headers: OWNER, body }).catch((error: Error) => ({ status: error.message }));
    expect([413, 'write EPIPE', 'read ECONNRESET', 'socket hang up', 'write ECONNRESET']).toContain(answer.status);
    expect([asked, codes]).toEqual([[], []]);
    expect(await isHealthy()).toEqual({ status: 'waiting' });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'command=verify'],
    ['another command', '{"command":"daemon"}'],
    ['a command with more words', '{"command":"verify; rm -rf /"}'],
    ['a property of every object', '{"command":"constructor"}'],
    ['arguments that are none', '{"command":"verify","args":{"paths":{"a":{}}}}'],
    ['a list', '["verify"]'],
    ['the settings of a restore', '{"command":"off-site restore","args":{"to":"/etc"}}'],
    ['emptying the trash', '{"command":"trash empty","args":{"all":true,"yes":true}}'],
  ])('a command that is %s', async (_, body) => {
    const { ask, asked } = await start();
    expect((await ask('/api/command', { method: 'POST', headers: OWNER, body })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});

describe('guessing', () => {
  it('ten thousand wrong codes reach Apple ten times, and the service stays well', async () => {
    const { port, codes, state, isHealthy, ask } = await start();
    state.verdict = async () => 'refused';
    const status = async (index: number) => {
      const path = index % 2 === 0 ? `/mfa?code=${String(index).padStart(6, '0')}` : `/api/mfa?code=${String(index).padStart(6, '0')}`;
      return (await ask(path, { method: 'POST', headers: { ...OWNER, Host: `localhost:${port}` } })).status;
    };
    const tally = new Map<number, number>();
    for (let done = 0; done < 10_000; done += 50)
      for (const one of await Promise.all(Array.from({ length: 50 }, (_, index) => status(done + index))))
        tally.set(one, (tally.get(one) ?? 0) + 1);
    expect(codes).toHaveLength(10);
    expect([...tally]).toEqual([
      [200, 10],
      [429, 9990],
    ]);
    expect(await isHealthy()).toEqual({ status: 'waiting' });
  });

  it('a thousand wrong passwords, at every door, are ten guesses', async () => {
    const { ask, postForm, lines, isHealthy } = await start();
    const guess = (index: number) =>
      index % 2 === 0
        ? ask('/photos', { headers: { Authorization: basic(`guess ${index}`) } })
        : postForm('/unlock', `password=guess${index}`, { Host: 'nas.local' });
    const statuses: number[] = [];
    for (let index = 0; index < 1000; index++) statuses.push((await guess(index)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(990);
    expect((await postForm('/unlock', `password=${encodeURIComponent(PASSWORD)}`, { Host: 'nas.local' })).status).toBe(429);
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(10);
    expect(await isHealthy()).toEqual({ status: 'waiting' });
  });
});

describe('open streams', () => {
  it('are bounded, and tell strangers nothing', async () => {
    const { ask, port } = await start();
    expect((await ask('/events', { headers: { Host: 'nas.local' } })).status).toBe(401);
    expect((await (await start(NO_LOGIN)).ask('/events', { headers: { Host: 'nas.local' } })).status).toBe(403);
    const open = Array.from({ length: 40 }, () => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${OWNER.Authorization}\r\n\r\n`),
      );
      return new Promise<typeof socket>((done) => socket.once('data', () => done(socket)));
    });
    const sockets = await Promise.all(open);
    expect((await ask('/events', { headers: OWNER })).status).toBe(503);
    expect((await ask('/', { headers: OWNER })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    // Their places are free again as soon as the server has seen them go.
    let status = 503;
    for (let tries = 0; tries < 200 && status !== 200; tries++) status = (await ask('/events', { headers: OWNER })).status;
    expect(status).toBe(200);
  });
});
