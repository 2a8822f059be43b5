import { beforeAll, describe, expect, it } from 'vitest';
import { makeLibrary, PIXEL } from './fake-library.ts';
import { fakeService } from './fake-service.ts';
import { basic, PASSWORD, startWeb, WITH_LOGIN } from './web-server.ts';

const OWNER = { Authorization: basic(PASSWORD) };
const at = (text: string) => Date.parse(text);
const film = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

const LIBRARY = makeLibrary([
  {
    id: 'Beach',
    takenMs: at('2024-05-31T23:30:00Z'),
    offsetS: 7200,
    details: { width: 4000, height: 2000, caption: 'Café am Meer', keywords: ['Urlaub'] },
  },
  {
    id: 'Alps',
    takenMs: at('2024-05-12T03:51:00Z'),
    favorite: true,
    details: { width: 3000, height: 4000, latitude: 47.5576, longitude: 12.926 },
  },
  {
    id: 'Clip',
    takenMs: at('2023-01-02T10:00:00Z'),
    details: { width: 1920, height: 1080, durationMs: 14_000 },
    files: [{ kind: 'original', ending: 'MOV', bytes: film }],
  },
  {
    id: 'Edit',
    takenMs: at('2023-01-01T10:00:00Z'),
    files: [
      { kind: 'original', ending: 'HEIC' },
      { kind: 'edited', ending: 'JPG' },
      { kind: 'live-video', ending: 'MOV', bytes: film },
    ],
  },
  { id: 'Secret', takenMs: at('2022-01-01T10:00:00Z'), hidden: true },
  {
    id: 'Evil',
    takenMs: at('2021-01-01T10:00:00Z'),
    files: [{ kind: 'original', ending: 'svg', bytes: Buffer.from('<svg onload="alert(1)"/>') }],
  },
]);
const row = (id: string): number => LIBRARY.rows[['Beach', 'Alps', 'Clip', 'Edit', 'Secret', 'Evil'].indexOf(id)] ?? 0;

beforeAll(() => {
  const { catalog } = LIBRARY;
  catalog.putAlbums(
    [
      { id: 'trips', name: 'Trips', kind: 'folder', parent: undefined, position: 1 },
      { id: 'lisbon', name: 'Lisbon', kind: 'album', parent: 'trips', position: 2 },
    ],
    1,
  );
  const album = catalog.albums().find(({ name }) => name === 'Lisbon');
  if (!album) throw new Error('There is no album.');
  catalog.beginMembers(album.rowId);
  catalog.addMembers(album.rowId, ['Alps', 'Clip', 'gone'], 0);
  catalog.endMembers(album.rowId);
});

async function start() {
  const web = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, library: () => LIBRARY.door });
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => web.ask(path, { headers: { ...OWNER, ...headers } });
  const timeline = async (query = '') => {
    const { body } = await get(`/api/timeline${query}`);
    return body as { version: number; count: number; months: [string, number][]; ratios: string };
  };
  const names = async (query: string) => {
    const { version, count } = await timeline(`?${query}`);
    const { body } = await get(`/api/items?${query}&v=${version}&from=0&count=${count}`);
    return (body as { items: { name: string }[] }).items.map(({ name }) => name);
  };
  return { ...web, get, timeline, names };
}

describe('the timeline', () => {
  it('has its months by the zone of each photo, newest first, and one byte of shape for each item', async () => {
    const { timeline } = await start();
    const { months, count, ratios } = await timeline();
    // Half past eleven at night UTC is already June where it was taken.
    expect(months).toEqual([
      ['2024-06', 1],
      ['2024-05', 1],
      ['2023-01', 2],
      ['2021-01', 1],
    ]);
    expect(count).toBe(5);
    const bytes = [...Buffer.from(ratios, 'base64')];
    expect(bytes.map((byte) => Number((2 ** (byte / 63.75 - 2)).toFixed(2)))).toEqual(
      [2, 0.75, 1.78, 1.33, 1.33].map((ratio) => expect.closeTo(ratio, 1)),
    );
  });

  it.each([
    ['filter=favourites', ['Alps.JPG']],
    ['filter=videos', ['Clip.MOV']],
    ['filter=live', ['Edit.HEIC']],
    ['filter=edited', ['Edit.HEIC']],
    ['filter=hidden', ['Secret.JPG']],
    ['filter=only-here', []],
    ['filter=constructor', ['Beach.JPG', 'Alps.JPG', 'Clip.MOV', 'Edit.HEIC', 'Evil.svg']],
    ['q=cafe', ['Beach.JPG']],
    ['q=urlaub%20CAF%C3%89', ['Beach.JPG']],
    ['q=lisbon', ['Alps.JPG', 'Clip.MOV']],
    ['q=trips%202023', ['Clip.MOV']],
    ['q=May%202024', ['Alps.JPG']],
    ['q=2024-06', ['Beach.JPG']],
    ['q=12%20May%202024', ['Alps.JPG']],
    ['q=nothing-like-that', []],
    ['q=%25', []],
    ['near=47,8,48,13', ['Alps.JPG']],
    ['near=-48,8,-47,13', []],
    ['near=here', ['Beach.JPG', 'Alps.JPG', 'Clip.MOV', 'Edit.HEIC', 'Evil.svg']],
  ])('shows what was asked for: %s', async (query, expected) => {
    const { names } = await start();
    expect(await names(query)).toEqual(expected);
  });

  it('is asked for again only when it has changed', async () => {
    const { get } = await start();
    const first = await get('/api/timeline');
    expect(await get('/api/timeline', { 'If-None-Match': String(first.headers.etag) })).toMatchObject({ status: 304, body: '' });
  });

  it('says when a window belongs to a timeline that is gone, and refuses windows without measure', async () => {
    const { get, timeline } = await start();
    const { version } = await timeline();
    expect((await get(`/api/items?v=${version + 77}&from=0&count=10`)).status).toBe(409);
    for (const wrong of ['', `?v=${version}`, `?v=${version}&from=-1&count=3`, `?v=${version}&from=0&count=100000`])
      expect([wrong, (await get(`/api/items${wrong}`)).status]).toEqual([wrong, 400]);
  });

  it('is there again as soon as the library is', async () => {
    const web = await startWeb({ gate: WITH_LOGIN, service: fakeService().service });
    expect((await web.ask('/api/timeline', { headers: OWNER })).status).toBe(503);
  });
});

describe('one item', () => {
  it('comes with the proof of each file, its albums and its place', async () => {
    const { get } = await start();
    const { body } = await get(`/api/items/${row('Alps')}`);
    expect(body).toMatchObject({
      name: 'Alps.JPG',
      latitude: 47.5576,
      albums: [{ path: 'Trips / Lisbon' }],
      files: [{ kind: 'original', path: '_All-Photos/Alps.JPG', proof: 'apple', checksum: 'original-Alps', size: PIXEL.length }],
    });
    expect((await get('/api/items/99999')).status).toBe(404);
  });
});

describe('the bytes of a file', () => {
  it.each([
    ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
    ['bytes=990-', 206, 'bytes 990-999/1000', 10],
    ['bytes=-5', 206, 'bytes 995-999/1000', 5],
    ['bytes=0-99999', 206, 'bytes 0-999/1000', 1000],
    ['bytes=0-1,5-6', 200, undefined, 1000],
    ['bytes=5-2', 416, 'bytes */1000', undefined],
    ['bytes=1000-', 416, 'bytes */1000', undefined],
    ['lines=1-2', 200, undefined, 1000],
  ])('range %s: %s', async (range, status, contentRange, length) => {
    const { get } = await start();
    const answer = await get(`/media/${row('Clip')}/original`, { Range: range });
    expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
    if (length !== undefined) expect(answer.headers['content-length']).toBe(String(length));
  });

  it('cannot run as a page of ours, whatever a file holds', async () => {
    const { get } = await start();
    const evil = await get(`/media/${row('Evil')}/original`);
    expect(evil.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''Evil.svg",
      'x-content-type-options': 'nosniff',
    });
    expect(evil.headers['content-security-policy']).toContain('sandbox');
    const picture = await get(`/media/${row('Alps')}/original`);
    expect(picture.headers).toMatchObject({ 'content-type': 'image/jpeg', 'content-disposition': "inline; filename*=UTF-8''Alps.JPG" });
    expect((await get(`/media/${row('Alps')}/original?download`)).headers['content-disposition']).toMatch(/^attachment/);
  });

  it('come only from files that the catalog knows', async () => {
    const { get } = await start();
    for (const path of [
      '/media/1/sidecar',
      '/media/99999/original',
      '/media/x/original',
      '/media/1/..%2F..%2Fetc',
      '/media/1/original%00',
      '/media/-1/original',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });
});

describe('small pictures', () => {
  it('are kept for a year under an address that names their content', async () => {
    const { get } = await start();
    LIBRARY.previews.set(`small ${row('Edit')}`, PIXEL);
    const { body } = await get(`/api/items/${row('Edit')}`);
    const { key } = body as { key: string };
    const lasting = await get(`/thumb/small/${row('Edit')}/${key}`);
    expect(lasting).toMatchObject({
      status: 200,
      headers: { 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=31536000, immutable' },
    });
    expect((await get(`/thumb/small/${row('Edit')}/older`)).headers['cache-control']).toBe('private, max-age=60');
  });

  it('are the photo itself where a browser understands it, and nothing where not', async () => {
    const { get } = await start();
    expect(await get(`/thumb/large/${row('Beach')}`)).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } });
    expect((await get(`/thumb/small/${row('Clip')}`)).status).toBe(404);
    expect((await get(`/thumb/huge/${row('Beach')}`)).status).toBe(404);
  });
});

describe('the map', () => {
  const links = (page: string) => [...page.matchAll(/<a href="(\/photos\?near=[^"]+)" aria-label="([^"]+)"/g)];

  it('shows photos where they were taken, and leads to them', async () => {
    const { get } = await start();
    const page = String((await get('/map')).body);
    const [[, link = '', label = ''] = []] = links(page);
    expect(label).toMatch(/^1.photo near 47\.6°.N, \d/);
    expect((await get(link)).body).toContain('<h1>Near 47.56°');
    expect(String((await get(`/map?z=4&lat=-33&lon=151`)).body)).toContain('0\u00a0photos in view of 1 that say where');
  });

  it.each(['?z=1', '?z=99&lat=999&lon=1e9', '?z=-1&lat=x&lon=<b>', '?z=14&lat=90&lon=180', '?z=2&lat=-89.9&lon=-179.9', '?near=1,2,3'])(
    'understands any address: %s',
    async (query) => {
      const { get } = await start();
      const { status, body } = await get(`/map${query}`);
      expect(status).toBe(200);
      expect(String(body)).not.toMatch(/NaN|Infinity|<b>/);
    },
  );
});

describe('pages about the library', () => {
  it('lists folders and albums, and opens one', async () => {
    const { get } = await start();
    const page = String((await get('/albums')).body);
    expect(page).toContain('<h2>Trips</h2>');
    const [, link = ''] = /href="(\/albums\/\d+)"/.exec(page) ?? [];
    expect((await get(link)).body).toContain('<h1>Lisbon</h1>');
    expect((await get('/albums/4711')).status).toBe(404);
  });

  it('proves what it claims on the home page', async () => {
    const { get } = await start();
    const page = String((await get('/')).body);
    expect(page).toContain('Originals</th><td>6</td>');
    expect(page).toContain('<h2 id="coverage">Coverage</h2>');
  });
});

describe('what is incomplete, as a table', () => {
  it('holds every file with its reason, in a form that spreadsheets read as text', async () => {
    const { catalog, door, rows } = makeLibrary([{ id: 'A, "B"', takenMs: 1 }]);
    catalog.addTodo(rows[0] ?? 0, 'original', Date.UTC(2026, 10, 1));
    for (const item of catalog.todo(0, 10))
      for (let attempt = 0; attempt < 8; attempt++)
        catalog.failed(item, { code: 'transfer-failed', message: '=HYPERLINK("x")', nowMs: 5, nextTryMs: 9, disagreedSha256: undefined });
    const web = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, library: () => door });
    const { headers, body } = await web.ask('/problems.csv', { headers: OWNER });
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="problems.csv"',
    });
    const [, line = ''] = String(body).split('\r\n');
    expect(line).toMatch(
      /^"_All-Photos\/A, ""B""\.JPG",original,\d+,transfer-failed,"'=HYPERLINK\(""x""\)",.*,2026-11-01T00:00:00\.000Z,8,yes,$/,
    );
    expect(String((await web.ask('/problems', { headers: OWNER })).body)).toContain('Set aside:');
  });
});
