import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestsOf, exists, from0, mountTmpfs, never, neverOpens, newLibrary, problemOf, sends } from './support.ts';

const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), randomBytes(200_000)]);
const PAGE = '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>';

describe('receiving a file', () => {
  it('keeps exactly the bytes that came and says what they are', async () => {
    const library = newLibrary();
    const open = sends(JPEG.subarray(0, 3), JPEG.subarray(3, 70_000), new Uint8Array(), JPEG.subarray(70_000));
    const received = await library.store.receive('k1', { size: JPEG.length }, open, never);
    expect(received).toEqual({ key: 'k1', ...digestsOf(JPEG), looksLike: 'image', resumed: false });
    expect(readFileSync(library.part('k1'))).toEqual(JPEG);
    expect(open.asked).toEqual([0]);
    expect(open.closed()).toBe(1);
  });

  it('writes films of many small pieces in order', async () => {
    const library = newLibrary();
    const film = randomBytes(5_000_011);
    const pieces = Array.from({ length: Math.ceil(film.length / 1301) }, (_, n) => film.subarray(n * 1301, (n + 1) * 1301));
    const received = await library.store.receive('film', { size: film.length }, sends(...pieces), never);
    expect(received).toMatchObject(digestsOf(film));
    expect(readFileSync(library.part('film')).equals(film)).toBe(true);
  });

  it('never reports the checksum of bytes that are not on disk, even when the source reuses its memory', async () => {
    const library = newLibrary();
    const memory = Buffer.alloc(10);
    const reusing = async () => ({
      start: 0,
      bytes: (async function* () {
        for (const letter of 'abc') yield memory.fill(letter);
      })(),
    });
    const received = await library.store.receive('k', { size: 30 }, reusing, never);
    expect(received).toMatchObject(digestsOf(readFileSync(library.part('k'))));
  });

  it('goes on where an interrupted transfer ended and hashes the whole', async () => {
    const library = newLibrary();
    const broken = new Error('connection reset');
    await expect(library.store.receive('k', { size: JPEG.length }, sends(JPEG.subarray(0, 90_000), broken), never)).rejects.toBe(broken);
    expect(statSync(library.part('k')).size).toBe(90_000);
    const rest = from0(90_000, JPEG.subarray(90_000));
    const received = await library.store.receive('k', { size: JPEG.length }, rest, never);
    expect(rest.asked).toEqual([90_000]);
    expect(received).toEqual({ key: 'k', ...digestsOf(JPEG), looksLike: 'image', resumed: true });
    expect(readFileSync(library.part('k')).equals(JPEG)).toBe(true);
  });

  it('starts over when the whole file comes although the rest was asked for', async () => {
    const library = newLibrary();
    writeFileSync(library.part('k'), randomBytes(150_000));
    const open = sends(JPEG.subarray(0, 1000), JPEG.subarray(1000));
    const received = await library.store.receive('k', { size: JPEG.length }, open, never);
    expect(open.asked).toEqual([150_000]);
    expect(received).toEqual({ key: 'k', ...digestsOf(JPEG), looksLike: 'image', resumed: false });
    expect(readFileSync(library.part('k')).equals(JPEG)).toBe(true);
  });

  it('does not join pieces when the answer begins somewhere else', async () => {
    const library = newLibrary();
    writeFileSync(library.part('k'), JPEG.subarray(0, 500));
    const open = from0(400, JPEG.subarray(400));
    expect(await problemOf(library.store.receive('k', { size: JPEG.length }, open, never))).toMatchObject({ code: 'transfer-failed' });
    expect(readFileSync(library.part('k')).equals(JPEG.subarray(0, 500))).toBe(true);
    expect(open.closed()).toBe(1);
  });

  it('fetches nothing when the whole file is already there', async () => {
    const library = newLibrary();
    writeFileSync(library.part('k'), JPEG);
    const received = await library.store.receive('k', { size: JPEG.length }, neverOpens, never);
    expect(received).toEqual({ key: 'k', ...digestsOf(JPEG), looksLike: 'image', resumed: true });
  });

  it('throws away a leftover that is longer than the file', async () => {
    const library = newLibrary();
    writeFileSync(library.part('k'), randomBytes(JPEG.length + 1));
    const open = sends(JPEG);
    expect(await library.store.receive('k', { size: JPEG.length }, open, never)).toMatchObject(digestsOf(JPEG));
    expect(open.asked).toEqual([0]);
  });

  it('stops and keeps nothing when more comes than the file has', async () => {
    const library = newLibrary();
    const open = sends('abcd', 'efgh', 'ijkl');
    const problem = await problemOf(library.store.receive('k', { size: 6 }, open, never));
    expect(problem).toMatchObject({ code: 'transfer-failed', message: 'k: more than the expected 6 bytes arrived' });
    expect(open.closed()).toBe(1);
    expect(exists(library.part('k'))).toBe(false);
  });

  it('keeps what came when the end is missing, and says how much', async () => {
    const library = newLibrary();
    const problem = await problemOf(library.store.receive('k', { size: 4_000_000 }, sends(Buffer.alloc(3_100_000)), never));
    expect(problem).toMatchObject({ code: 'transfer-failed', message: 'k: only 3.1 MB of 4.0 MB arrived', remedy: 'skip-item' });
    expect(statSync(library.part('k')).size).toBe(3_100_000);
  });

  it('leaves nothing behind when nothing came', async () => {
    const library = newLibrary();
    const refused = new Error('410 Gone');
    await expect(library.store.receive('a', { size: 5 }, () => Promise.reject(refused), never)).rejects.toBe(refused);
    expect(await problemOf(library.store.receive('b', { size: 5 }, sends(), never))).toMatchObject({ code: 'transfer-failed' });
    expect(library.files()).toEqual([]);
  });

  it('does not keep an error page as the beginning of a photo', async () => {
    const library = newLibrary();
    const problem = await problemOf(library.store.receive('k', { size: JPEG.length }, sends(PAGE), never));
    expect(problem.message).toBe('k: an error page came instead of the file');
    expect(library.files()).toEqual([]);
  });

  it.each([0, 90_000])('does not lose half a film to an error page that begins at %i', async (start) => {
    const library = newLibrary();
    writeFileSync(library.part('k'), JPEG.subarray(0, 90_000));
    expect(await problemOf(library.store.receive('k', { size: JPEG.length }, from0(start, PAGE), never))).toMatchObject({
      code: 'transfer-failed',
    });
    expect(readFileSync(library.part('k')).equals(JPEG.subarray(0, 90_000))).toBe(true);
  });

  it('marks a page that has the expected size', async () => {
    const library = newLibrary();
    expect(await library.store.receive('k', { size: PAGE.length }, sends(PAGE), never)).toMatchObject({ looksLike: 'page' });
  });

  it('keeps what came when it is told to stop, and does not begin when told before', async () => {
    const library = newLibrary();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const source = async () => ({
      start: 0,
      bytes: (async function* () {
        yield Buffer.from('first');
        stop.abort(reason);
        yield Buffer.from('second');
      })(),
    });
    await expect(library.store.receive('k', { size: 11 }, source, stop.signal)).rejects.toBe(reason);
    expect(readFileSync(library.part('k'), 'utf8')).toBe('first');
    await expect(library.store.receive('other', { size: 11 }, neverOpens, stop.signal)).rejects.toBe(reason);
    await expect(library.store.receive('k', { size: 11 }, neverOpens, stop.signal)).rejects.toBe(reason);
  });

  it('takes any key, and only one transfer per key at a time', async () => {
    const library = newLibrary();
    const key = 'PrimarySync/Ab+/d=ü:original';
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = library.store.receive(
      key,
      { size: 2 },
      async () => {
        await held;
        return sends('ab')(0);
      },
      never,
    );
    await expect(library.store.receive(key, { size: 2 }, neverOpens, never)).rejects.toThrow('already');
    release();
    await library.store.place(await first, { path: 'x.jpg', modifiedAtMs: undefined, replaces: undefined });
    expect(library.files()).toEqual(['x.jpg']);
    await expect(library.store.receive('', { size: 2 }, neverOpens, never)).rejects.toThrow(TypeError);
  });

  it('does not follow a link that somebody put into the incoming folder', async () => {
    const library = newLibrary();
    writeFileSync(library.at('precious.jpg'), 'precious');
    symlinkSync(library.at('precious.jpg'), library.part('k'));
    expect(await problemOf(library.store.receive('k', { size: 8 }, sends('attacker'), never))).toMatchObject({ code: 'disk-error' });
    expect(library.text('precious.jpg')).toBe('precious');
  });
});

describe('receiving on a volume with troubles', () => {
  it('says that the volume is full and keeps what fitted', async () => {
    const library = newLibrary({}, mountTmpfs('size=1m'));
    const film = randomBytes(2_000_000);
    const problem = await problemOf(
      library.store.receive('k', { size: film.length }, sends(film.subarray(0, 600_000), film.subarray(600_000)), never),
    );
    expect(problem).toMatchObject({ code: 'disk-full', remedy: 'fix', cause: { code: 'ENOSPC' } });
    expect(problem.message).toBe('Could not write k to the incoming folder: the volume is full');
    const kept = readFileSync(library.part('k'));
    expect(kept.length).toBeGreaterThan(500_000);
    expect(kept.equals(film.subarray(0, kept.length))).toBe(true);
  });

  it('says that the library folder is gone instead of making a new one', async () => {
    const library = newLibrary();
    rmSync(library.root, { recursive: true });
    expect(await problemOf(library.store.receive('k', { size: 2 }, sends('ab'), never))).toMatchObject({ code: 'volume-missing' });
    expect(exists(library.root)).toBe(false);
  });

  it('makes only the incoming folder itself', async () => {
    const library = newLibrary();
    rmSync(library.at('.photos-sync/incoming'), { recursive: true });
    await library.store.receive('k', { size: 2 }, sends('ab'), never);
    expect(statSync(library.at('.photos-sync/incoming')).mode & 0o777).toBe(0o700);
  });
});

describe('leftovers', () => {
  it('removes exactly what nobody will continue', async () => {
    const library = newLibrary();
    for (const key of ['Ab+/=', 'gone', 'wanted']) await library.store.receive(key, { size: 2 }, sends('ab'), never);
    writeFileSync(library.at('.photos-sync/incoming/notes.txt'), 'not ours');
    const asked: string[] = [];
    await library.store.sweepIncoming((keys) => {
      asked.push(...keys);
      return new Set(keys.filter((key) => key !== 'gone'));
    });
    expect(asked.sort()).toEqual(['Ab+/=', 'gone', 'wanted']);
    expect(library.files().map((path) => path.replace('.photos-sync/incoming/', ''))).toEqual([
      'Ab%2b%2f%3d.part',
      'notes.txt',
      'wanted.part',
    ]);
  });

  it('forgets a file once, twice and when it never was', async () => {
    const library = newLibrary();
    await library.store.receive('k', { size: 2 }, sends('ab'), never);
    for (const key of ['k', 'k', 'unknown']) await library.store.discard(key);
    expect(library.files()).toEqual([]);
  });
});
