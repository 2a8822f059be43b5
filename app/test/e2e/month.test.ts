import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newDaemon, type TestDaemon } from '../support/daemon.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Received {
  readonly title: string;
  readonly text: string;
  readonly kind: string;
  readonly link: string;
  readonly at: string;
}

/** The owner's phone: a webhook that notes what comes, in the order in which it comes. */
async function phone() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push(JSON.parse(body) as Received);
      response.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/phone` };
}

/** Gives the service a moment: it moves by real HTTP, and looking again is all a test can do from outside. */
async function settled(daemon: TestDaemon): Promise<void> {
  const isBusy = () => daemon.current().service.state().phase === 'syncing';
  for (let looks = 0; looks < 10 || (looks < 1000 && isBusy()); looks++) await new Promise((next) => setTimeout(next, 2));
}

/** Hours go by. The service looks around every minute; what needs patience needs to be seen twice. */
async function pass(daemon: TestDaemon, hours: number): Promise<void> {
  for (const step of [hours - 2, 1, 1]) {
    daemon.clock.advance(step * HOUR_MS);
    await settled(daemon);
  }
}

/** From noon to the slot at two, and on to the next noon. */
async function night(daemon: TestDaemon): Promise<void> {
  await pass(daemon, 14);
  const slot = daemon.schedule.fire();
  await Promise.race([slot, daemon.reaches('waiting-for-code')]);
  await settled(daemon);
  if (daemon.current().service.state().codeAwaited) daemon.clock.advance(601_000);
  await slot;
  await settled(daemon);
  await pass(daemon, 10);
}

async function enterCode(daemon: TestDaemon): Promise<void> {
  while (!daemon.current().service.state().codeAwaited) await new Promise((next) => setTimeout(next, 5));
  expect(await daemon.current().service.desk.submit(daemon.simulator.account.currentCode() ?? '')).toBe('accepted');
  await daemon.reaches('syncing', 'idle');
  await daemon.reaches('idle');
  await settled(daemon);
}

/** One bit changes, as on a disk that rots: size and date stay. */
function rot(daemon: TestDaemon): void {
  const folder = join(daemon.library, '_All-Photos');
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .find((path) => path.endsWith('rotten.jpg'));
  const path = join(folder, name ?? '');
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

it('a month: a sync each night, two codes, three days without a network, a brake, a rotten file', async () => {
  const { received, url } = await phone();
  const daemon = await newDaemon({
    library: { assets: 0, seed: 1, mix: 'plain', meanBytes: 500 },
    env: { WEBHOOK_URL: url, WEB_URL: 'https://photos.example.com', TZ: 'UTC' },
  });
  const { simulator, clock } = daemon;
  const startMs = clock.now();
  const taken = Date.UTC(2024, 4, 5, 12);
  const old = Array.from({ length: 40 }, (_, index) =>
    simulator.library.addAsset({ filename: `IMG_${index}.jpg`, captureMs: taken + index * 1000, timeZoneOffsetS: 0 }),
  );
  simulator.library.addAsset({ filename: 'rotten.jpg', captureMs: taken, timeZoneOffsetS: 0 });

  // The first start asks for a code at once, and the owner is there.
  await daemon.start();
  await daemon.reaches('waiting-for-code');
  await settled(daemon);
  await enterCode(daemon);

  let stopOutage = () => {};
  for (let day = 1; day <= 31; day++) {
    simulator.library.addAsset({ filename: `day-${day}.jpg`, captureMs: clock.now(), timeZoneOffsetS: 0 });
    if (day % 6 === 0) simulator.account.expireSession();
    if (day === 8) stopOutage = simulator.faults.add({ on: '*', times: Number.POSITIVE_INFINITY, effect: 'reset' });
    if (day === 11) stopOutage();
    // Somebody deletes the album of a holiday, or iCloud forgets it: more than is removed without asking.
    if (day === 14) for (const id of old) simulator.library.deleteAsset(id);
    if (day === 15) {
      expect(await daemon.current().service.command('hold keep', {}, new AbortController().signal)).toMatchObject({ exitCode: 0 });
      await settled(daemon);
    }
    if (day === 18) {
      rot(daemon);
      await daemon.current().service.command('verify', { all: true }, new AbortController().signal);
      await settled(daemon);
    }
    // Apple forgets the trust; the owner looks at the phone two days later.
    if (day === 22) {
      simulator.account.revokeTrust();
      simulator.account.expireTokens();
    }
    if (day === 24) {
      expect(daemon.current().service.desk.resend({ method: 'device' })).toBe(true);
      await daemon.reaches('waiting-for-code');
      await enterCode(daemon);
    }
    // A restart in the middle of everything changes nothing about what was said.
    if ([9, 12, 15, 23, 27].includes(day)) {
      await daemon.start();
      await settled(daemon);
    }
    await night(daemon);
  }

  // The last ones may still be on their way.
  const expected = 9;
  for (let looks = 0; looks < 1000 && received.length < expected; looks++) await new Promise((next) => setTimeout(next, 5));
  const dayOf = ({ at }: Received) => String(Math.floor((Date.parse(at) - startMs) / DAY_MS) + 1).padStart(2);
  // Days of the calendar depend on when the test runs, sizes on what the simulated photos are made of.
  const timeless = (text: string) =>
    text.replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}(, \d\d:\d\d)?/g, '<date>').replace(/\b[\d.]+ [KM]B\b/g, '<size>');
  const list = received.map((message) => `day ${dayOf(message)}  ${message.kind}: ${message.title}\n        ${timeless(message.text)}`);
  await expect(`${list.join('\n')}\n`).toMatchFileSnapshot('../golden/month.txt');
  expect(new Set(received.map(({ link }) => link))).toEqual(new Set(['https://photos.example.com/']));
});
