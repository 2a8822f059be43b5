import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openWeb } from '../../../src/web/server.ts';
import { fakeService } from './fake-service.ts';
import { fakeDesk, fakeLog, NO_LOGIN, startWeb } from './web-server.ts';

describe('the port', () => {
  it('being taken is one warning and no failure', async () => {
    const { port } = await startWeb();
    const { log, lines } = fakeLog();
    expect(await openWeb({ port, host: '127.0.0.1', basePath: '', desk: fakeDesk().desk, gate: NO_LOGIN, log })).toBeUndefined();
    expect(lines).toEqual([
      `warn Port ${port} is already in use (another one can be set with PORT). Sign-in codes cannot be handed in over HTTP; typing them in the terminal still works, and so does everything else. {"port":${port}}`,
    ]);
  });

  it('being taken does not stop a service; the warning says what is missing', async () => {
    const { port } = await startWeb();
    const { log, lines } = fakeLog();
    const { service } = fakeService();
    expect(await openWeb({ port, host: '127.0.0.1', basePath: '', desk: fakeDesk().desk, gate: NO_LOGIN, service, log })).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('There is no page, no API and no health address until the next start.');
  });

  it('being on an address of another machine is a warning as well', async () => {
    const { log, lines } = fakeLog();
    expect(await openWeb({ port: 0, host: '192.0.2.1', basePath: '', desk: fakeDesk().desk, gate: NO_LOGIN, log })).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  it('is free again after close, and closing twice is fine', async () => {
    const first = await startWeb();
    await first.close();
    await first.close();
    const second = await startWeb({ port: first.port });
    expect((await second.ask('/healthz')).status).toBe(200);
  });

  it('closes although somebody stays connected', async () => {
    const { port, close } = await startWeb();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((done) => socket.once('connect', done));
    socket.write('POST /mfa HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
    const closed = new Promise((done) => socket.once('close', done));
    await close();
    await closed;
  });

  it('listens on every address unless told otherwise', async () => {
    const { ask } = await startWeb({ host: undefined });
    expect((await ask('/healthz')).status).toBe(200); // the peer is ::ffff:127.0.0.1 here
  });
});
