import { execFileSync } from 'node:child_process';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestsOf, exists, mountTmpfs, never, newLibrary, problemOf, put, sends, tempFolder, trashItem } from './support.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const BIN = '_Trash/2026-11-20';
const PATH = '_All-Photos/2024/2024-05/IMG_1.JPG';

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('giving a file its real name', () => {
  it('makes the folders, sets date and mode, and leaves nothing in the incoming folder', async () => {
    const library = newLibrary();
    await put(library, PATH, 'photo', undefined, Date.UTC(2024, 4, 17, 9, 4, 33, 123));
    expect(library.files()).toEqual([PATH]);
    expect(library.text(PATH)).toBe('photo');
    const { mtimeMs, mode } = statSync(library.at(PATH));
    expect(Math.round(mtimeMs)).toBe(Date.UTC(2024, 4, 17, 9, 4, 33, 123));
    expect(mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it('keeps the date of a scanned photo from before 1970', async () => {
    const library = newLibrary();
    const summer1931 = Date.UTC(1931, 6, 1);
    await put(library, PATH, 'photo', undefined, summer1931);
    expect(statSync(library.at(PATH)).mtimeMs).toBe(summer1931);
    await library.store.setTime(PATH, summer1931 + 1000);
    expect(statSync(library.at(PATH)).mtimeMs).toBe(summer1931 + 1000);
  });

  it('leaves the date alone when none is known', async () => {
    const library = newLibrary();
    const before = Date.now() - 5;
    await put(library, PATH, 'photo');
    expect(statSync(library.at(PATH)).mtimeMs).toBeGreaterThan(before);
  });

  it('stores many photos into the same new folders at once', async () => {
    const library = newLibrary();
    await Promise.all(Array.from({ length: 60 }, (_, n) => put(library, `a/b/c${n % 3}/IMG_${n}.JPG`, `photo ${n}`)));
    expect(library.files()).toHaveLength(60);
    expect(library.text('a/b/c2/IMG_59.JPG')).toBe('photo 59');
  });

  it('makes a folder again that somebody took away meanwhile', async () => {
    const library = newLibrary();
    await put(library, PATH, 'photo');
    rmSync(library.at('_All-Photos'), { recursive: true });
    await put(library, PATH, 'again');
    expect(library.text(PATH)).toBe('again');
  });

  it.each(['../outside.jpg', '/etc/x.jpg', 'a/../../x.jpg', 'a//x.jpg', './x.jpg', '', 'a/', 'a\0b'])(
    'refuses the path %j as a defect',
    async (path) => {
      const library = newLibrary();
      const received = await library.store.receive('k', { size: 2 }, sends('ab'), never);
      await expect(library.store.place(received, { path, modifiedAtMs: undefined, replaces: undefined })).rejects.toThrow(TypeError);
    },
  );
});

describe('what lies there already', () => {
  it.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, 'mine')],
    ['a folder', (path) => mkdirSync(path)],
    ['a dangling link', (path) => symlinkSync('nowhere', path)],
  ])('never overwrites %s', async (_, make) => {
    const library = newLibrary();
    mkdirSync(library.at('a'));
    make(library.at('a/x.jpg'));
    const received = await library.store.receive('k', { size: 3 }, sends('new'), never);
    for (const replaces of [undefined, trashItem('a/other.jpg')]) {
      const problem = await problemOf(library.store.place(received, { path: 'a/x.jpg', modifiedAtMs: 0, replaces }));
      expect(problem).toMatchObject({ code: 'path-occupied', context: { path: 'a/x.jpg' } });
    }
    expect(readFileSync(library.part('k'), 'utf8')).toBe('new');
    if (_ === 'a file') expect(library.text('a/x.jpg')).toBe('mine');
    expect(exists(library.at('_Trash'))).toBe(false);
  });

  it('says so when a file lies where a folder is needed', async () => {
    const library = newLibrary();
    writeFileSync(library.at('a'), 'a file');
    expect(await problemOf(put(library, 'a/b/x.jpg', 'new'))).toMatchObject({ code: 'path-occupied' });
    expect(library.text('a')).toBe('a file');
  });

  it('lets only one of two items have a name at the same time, whatever its spelling', async () => {
    const library = newLibrary();
    const results = await Promise.allSettled([put(library, 'a/IMG.JPG', 'one'), put(library, 'a/img.jpg', 'two')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('treats another spelling of a name as taken where the folder folds case', async () => {
    // tmpfs and ext4 here do not fold case: a second link makes the same situation, one file under both names.
    const library = newLibrary();
    await put(library, 'IMG.JPG', 'old');
    linkSync(library.at('IMG.JPG'), library.at('img.jpg'));
    expect(await problemOf(put(library, 'img.jpg', 'new', trashItem('IMG.JPG')))).toMatchObject({ code: 'path-occupied' });
    expect(library.text('IMG.JPG')).toBe('old');
  });
});

describe('a newer version', () => {
  it('takes the place of the old one, which goes to the trash with a line that can undo it', async () => {
    const library = newLibrary({ now: () => NOW });
    await put(library, PATH, 'old');
    await put(library, PATH, 'new', trashItem(PATH));
    expect(library.text(PATH)).toBe('new');
    expect(library.text(`${BIN}/${PATH}`)).toBe('old');
    expect(linesOf(library.text(`${BIN}/manifest.jsonl`))).toEqual([
      {
        at: '2026-11-20T12:00:00.000Z',
        from: PATH,
        to: `${BIN}/${PATH}`,
        because: 'superseded',
        zone: 'PrimarySync',
        asset: 'A1',
        kind: 'original',
        checksum: 'Aold',
        sha256: '00',
      },
    ]);
  });

  it('under another name is there before the old one goes', async () => {
    const library = newLibrary({ now: () => NOW });
    await put(library, 'a/x-edited.HEIC', 'old');
    await put(library, 'a/x-edited.JPG', 'new', trashItem('a/x-edited.HEIC'));
    expect(library.files()).toEqual([`${BIN}/a/x-edited.HEIC`, `${BIN}/manifest.jsonl`, 'a/x-edited.JPG']);
  });

  it('is stored even when the old one is gone already', async () => {
    const library = newLibrary();
    await put(library, 'a/x.jpg', 'new', trashItem('a/x.jpg'));
    await put(library, 'a/y.jpg', 'newer', trashItem('a/never-was.jpg'));
    expect(library.files()).toEqual(['a/x.jpg', 'a/y.jpg']);
  });

  it('that has vanished from the incoming folder does not cost the old one its place', async () => {
    const library = newLibrary({ now: () => NOW });
    await put(library, PATH, 'old');
    const received = await library.store.receive('k', { size: 3 }, sends('new'), never);
    rmSync(library.part('k'));
    expect(
      await problemOf(library.store.place(received, { path: PATH, modifiedAtMs: undefined, replaces: trashItem(PATH) })),
    ).toMatchObject({ code: 'disk-error' });
    expect(library.text(PATH)).toBe('old');
    expect(linesOf(library.text(`${BIN}/manifest.jsonl`)).map(({ because, to }) => [because, to])).toEqual([
      ['superseded', `${BIN}/${PATH}`],
      ['put-back', PATH],
    ]);
  });

  it('is taken back when the old one cannot be moved away', async () => {
    const library = newLibrary({ now: () => NOW });
    await put(library, 'a/x.heic', 'old');
    writeFileSync(library.at('_Trash'), 'a file where the trash should be');
    const received = await library.store.receive('k', { size: 3 }, sends('new'), never);
    const problem = await problemOf(
      library.store.place(received, { path: 'a/x.jpg', modifiedAtMs: undefined, replaces: trashItem('a/x.heic') }),
    );
    expect(problem.code).toBe('path-occupied');
    expect(library.files()).toEqual(['.photos-sync/incoming/k.part', '_Trash', 'a/x.heic']);
  });

  it('can be placed after a crash that came right after the old one went to the trash', async () => {
    const library = newLibrary({ now: () => NOW });
    await put(library, PATH, 'old');
    await library.store.receive('k', { size: 3 }, sends('new'), never);
    await library.store.trash(trashItem(PATH)); // the first half of the exchange; here the process dies
    const next = newLibrary({ now: () => NOW }, library.root);
    const again = await next.store.receive('k', { size: 3 }, () => Promise.reject(new Error('nothing to fetch')), never);
    expect(again).toMatchObject({ ...digestsOf('new'), resumed: true });
    await next.store.place(again, { path: PATH, modifiedAtMs: undefined, replaces: trashItem(PATH) });
    expect(next.text(PATH)).toBe('new');
    expect(next.text(`${BIN}/${PATH}`)).toBe('old');
  });
});

describe('the trash', () => {
  it('keeps every copy when the same name goes there again and again', async () => {
    const library = newLibrary({ now: () => NOW });
    for (const text of ['one', 'two', 'three']) {
      await put(library, 'a/x.tar.jpg', text);
      await library.store.trash(trashItem('a/x.tar.jpg', 'gone-from-icloud'));
    }
    expect(['x.tar.jpg', 'x.tar-2.jpg', 'x.tar-3.jpg'].map((name) => library.text(`${BIN}/a/${name}`))).toEqual(['one', 'two', 'three']);
    expect(linesOf(library.text(`${BIN}/manifest.jsonl`))).toHaveLength(3);
  });

  it('takes many at once', async () => {
    const library = newLibrary({ now: () => NOW });
    await Promise.all(Array.from({ length: 20 }, (_, n) => put(library, `a/${n}.jpg`, 'x')));
    await Promise.all(Array.from({ length: 20 }, (_, n) => library.store.trash(trashItem(`a/${n}.jpg`))));
    expect(linesOf(library.text(`${BIN}/manifest.jsonl`)).map(({ from }) => from)).toHaveLength(20);
    expect(library.files()).toHaveLength(21);
  });

  it('is done when the file is gone already, and leaves alone what is no file of ours', async () => {
    const library = newLibrary({ now: () => NOW });
    await library.store.trash(trashItem('a/gone.jpg'));
    mkdirSync(library.at('a'));
    symlinkSync('nowhere', library.at('a/link.jpg'));
    await library.store.trash(trashItem('a/link.jpg'));
    expect(library.files()).toEqual(['a/link.jpg']);
  });

  it('does not continue a line that a power loss tore', async () => {
    const library = newLibrary({ now: () => NOW });
    mkdirSync(library.at(BIN), { recursive: true });
    writeFileSync(library.at(`${BIN}/manifest.jsonl`), '{"at":"2026-11-');
    await put(library, 'x.jpg', 'x');
    await library.store.trash(trashItem('x.jpg'));
    const lines = library.text(`${BIN}/manifest.jsonl`).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ from: 'x.jpg' });
  });

  it('names the day as the clock on the wall shows it', async () => {
    const evening = new Date(2026, 0, 5, 23, 59).getTime();
    const library = newLibrary({ now: () => evening });
    await put(library, 'x.jpg', 'x');
    await library.store.trash(trashItem('x.jpg'));
    expect(exists(library.at('_Trash/2026-01-05/x.jpg'))).toBe(true);
  });
});

describe('reading back', () => {
  it('tells size and kind of what lies at a path', async () => {
    const library = newLibrary();
    await put(library, 'a/x.jpg', 'photo');
    symlinkSync('x.jpg', library.at('a/link.jpg'));
    expect(await library.store.sizeOf('a/x.jpg')).toBe(5);
    expect(await library.store.sizeOf('a/link.jpg')).toBe('other');
    expect(await library.store.sizeOf('a')).toBe('other');
    expect(await library.store.sizeOf('a/none.jpg')).toBeUndefined();
    expect(await library.store.sizeOf('a/x.jpg/below')).toBeUndefined();
  });

  it('finds one flipped bit', async () => {
    const library = newLibrary();
    const bytes = Buffer.alloc(3_000_000, 7);
    await put(library, 'x.jpg', bytes);
    expect(await library.store.inspect('x.jpg', never)).toEqual(digestsOf(bytes));
    bytes[2_999_999] = 6;
    writeFileSync(library.at('x.jpg'), bytes);
    const damaged = await library.store.inspect('x.jpg', never);
    expect(damaged).toEqual(digestsOf(bytes));
    expect(damaged.checksum).not.toBe(digestsOf(Buffer.alloc(3_000_000, 7)).checksum);
  });

  it('stops reading when told to', async () => {
    const library = newLibrary();
    await put(library, 'x.jpg', 'photo');
    const reason = new Error('stopped');
    await expect(library.store.inspect('x.jpg', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('copies a stored file without a second download', async () => {
    const library = newLibrary();
    const film = Buffer.alloc(2_500_000, 'film');
    await put(library, 'a/x.mov', film);
    const received = await library.store.receive('copy', { size: film.length }, () => library.store.read('a/x.mov'), never);
    await library.store.place(received, { path: 'b/x.mov', modifiedAtMs: undefined, replaces: undefined });
    expect(readFileSync(library.at('b/x.mov')).equals(film)).toBe(true);
  });

  it('names the file that cannot be read', async () => {
    const library = newLibrary();
    const problem = await problemOf(library.store.inspect('a/x.jpg', never));
    expect(problem).toMatchObject({ code: 'disk-error', message: 'Could not read a/x.jpg: it is not there', cause: { code: 'ENOENT' } });
    expect(await problemOf(library.store.receive('k', { size: 1 }, () => library.store.read('a/x.jpg'), never))).toMatchObject({
      code: 'disk-error',
    });
  });

  it('does not touch a date that is right already', async () => {
    const library = newLibrary({ timeStepMs: 2000 });
    await put(library, 'x.jpg', 'photo', undefined, NOW);
    const { ctimeNs } = statSync(library.at('x.jpg'), { bigint: true });
    for (const ms of [NOW, NOW + 1999, NOW - 1999]) await library.store.setTime('x.jpg', ms);
    expect(statSync(library.at('x.jpg'), { bigint: true }).ctimeNs).toBe(ctimeNs);
    await library.store.setTime('x.jpg', NOW + 2000);
    expect(statSync(library.at('x.jpg')).mtimeMs).toBe(NOW + 2000);
  });
});

describe('placing on a volume with troubles', () => {
  it('says that the volume is read-only and changes nothing', async () => {
    const root = mountTmpfs('size=4m');
    const library = newLibrary({}, root);
    const received = await library.store.receive('k', { size: 3 }, sends('new'), never);
    execFileSync('mount', ['-o', 'remount,ro', root]);
    onTestFinished(() => execFileSync('mount', ['-o', 'remount,rw', root]) && undefined);
    const attempts = [
      () => library.store.place(received, { path: 'a/x.jpg', modifiedAtMs: 0, replaces: undefined }),
      () => library.store.discard('k'),
      () => library.store.receive('j', { size: 1 }, sends('x'), never),
    ];
    for (const attempt of attempts)
      expect(await problemOf(attempt())).toMatchObject({ code: 'library-not-writable', cause: { code: 'EROFS' } });
  });

  it('keeps the old version in its place when no room is left for the exchange', async () => {
    const root = mountTmpfs('size=1m,nr_inodes=16');
    const library = newLibrary({ now: () => NOW }, root);
    await put(library, 'a/x.jpg', 'old');
    const received = await library.store.receive('k', { size: 3 }, sends('new'), never);
    for (let n = 0; ; n += 1) {
      try {
        closeSync(openSync(join(root, `filler-${n}`), 'w'));
      } catch {
        break;
      }
    }
    const problem = await problemOf(
      library.store.place(received, { path: 'a/x.jpg', modifiedAtMs: undefined, replaces: trashItem('a/x.jpg') }),
    );
    expect(problem).toMatchObject({ code: 'disk-full' });
    expect(library.text('a/x.jpg')).toBe('old');
    expect(readFileSync(library.part('k'), 'utf8')).toBe('new');
  });

  it('refuses a rename onto another volume with the reason kept', async () => {
    const elsewhere = tempFolder();
    const library = newLibrary({ incomingDir: join(elsewhere, 'incoming') }, mountTmpfs('size=4m'));
    const problem = await problemOf(put(library, 'x.jpg', 'new'));
    expect(problem).toMatchObject({ code: 'disk-error', cause: { code: 'EXDEV' } });
  });
});
