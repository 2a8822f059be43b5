import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLibraryStore } from '../../../src/adapters/disk/library-store.ts';
import { createSidecarStore } from '../../../src/adapters/disk/sidecar-store.ts';

function newStore() {
  const root = mkdtempSync(join(tmpdir(), 'sidecars-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const incomingDir = join(root, '.photos-sync/incoming');
  mkdirSync(incomingDir, { recursive: true });
  mkdirSync(join(root, '_All-Photos'));
  const at = join(root, '_All-Photos/a.jpg.xmp');
  return { root, incomingDir, at, store: createSidecarStore({ root, incomingDir }) };
}
const PATH = '_All-Photos/a.jpg.xmp';
const add = (text: string | undefined) => `${text ?? ''}+`;

describe('sidecars on disk', () => {
  it('are replaced whole, and not at all when they would stay the same', async () => {
    const { at, incomingDir, store } = newStore();
    expect(await store.put(PATH, add)).toBe('written');
    const { ino } = statSync(at);
    expect(await store.put(PATH, (text) => text)).toBe('same');
    expect(statSync(at).ino).toBe(ino);
    expect(await store.put(PATH, add)).toBe('written');
    expect(readFileSync(at, 'utf8')).toBe('++');
    expect(readdirSync(incomingDir)).toEqual([]);
  });

  it('that a crash left half written are swept by the next run, and none lies beside the photo', async () => {
    const { root, incomingDir, at } = newStore();
    const module = new URL('../../../src/adapters/disk/sidecar-store.ts', import.meta.url).href;
    const script = `
      import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      fs.promises.rename = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports();
      const { createSidecarStore } = await import(${JSON.stringify(module)});
      await createSidecarStore(${JSON.stringify({ root, incomingDir })}).put(${JSON.stringify(PATH)}, () => 'new');`;
    spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(existsSync(at)).toBe(false);
    expect(readdirSync(incomingDir)).toHaveLength(1);
    await createLibraryStore({ root, incomingDir }).sweepIncoming(() => new Set());
    expect(readdirSync(incomingDir)).toEqual([]);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['full of zeros', Buffer.alloc(300)],
  ])('that a power loss left %s are written anew', async (_, bytes) => {
    const { at, store } = newStore();
    writeFileSync(at, bytes);
    expect(await store.put(PATH, (text) => (text === undefined ? 'new' : undefined))).toBe('written');
    expect(readFileSync(at, 'utf8')).toBe('new');
  });

  it('in UTF-16 stay in UTF-16', async () => {
    const { at, store } = newStore();
    const text = '\ufeffÄ🌊';
    writeFileSync(at, Buffer.from(text, 'utf16le'));
    await store.put(PATH, add);
    expect(readFileSync(at).toString('utf16le')).toBe(`${text}+`);
    writeFileSync(at, Buffer.from(text, 'utf16le').swap16());
    await store.put(PATH, add);
    expect(Buffer.from(readFileSync(at)).swap16().toString('utf16le')).toBe(`${text}+`);
  });

  it('that are no text, or no file, are left alone', async () => {
    const { root, at, store } = newStore();
    writeFileSync(at, Buffer.from([0xc3, 0x28, 0xff]));
    expect(await store.put(PATH, add)).toBe('left-alone');
    expect(readFileSync(at)).toEqual(Buffer.from([0xc3, 0x28, 0xff]));
    rmSync(at);
    writeFileSync(join(root, 'elsewhere'), 'mine');
    symlinkSync('../elsewhere', at);
    expect(await store.put(PATH, add)).toBe('left-alone');
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('mine');
    rmSync(at);
    mkdirSync(at);
    expect(await store.put(PATH, add)).toBe('left-alone');
  });

  it('go where their photo goes, into the trash and back, and never over another', async () => {
    const { root, incomingDir } = newStore();
    const library = createLibraryStore({ root, incomingDir });
    const write = (path: string, text: string) => writeFileSync(join(root, path), text);
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    write('_All-Photos/a.jpg', 'photo');
    write('_All-Photos/a.jpg.xmp', 'words');
    write('_All-Photos/a.jpg.json', 'more words');
    await library.move('_All-Photos/a.jpg', '_Hidden/a.jpg');
    expect(read('_Hidden/a.jpg.xmp')).toBe('words');
    const item = {
      path: '_Hidden/a.jpg',
      because: 'gone-from-icloud',
      zone: 'Z',
      asset: 'A',
      kind: 'original',
      checksum: 'c',
      sha256: 's',
    } as const;
    const trashed = await library.trash(item);
    expect(readdirSync(join(root, '_Hidden'))).toEqual([]);
    for await (const file of library.trashed()) {
      expect(read(`${file.path}.json`)).toBe('more words');
      write('_All-Photos/a.jpg.xmp', 'already here');
      await library.restore(file, '_All-Photos/a.jpg');
    }
    expect(trashed).toBeDefined();
    expect(read('_All-Photos/a.jpg')).toBe('photo');
    expect(read('_All-Photos/a.jpg.xmp')).toBe('already here');
    expect(read('_All-Photos/a.jpg.json')).toBe('more words');
  });

  it('leave the trash with their photo when it is emptied', async () => {
    const { root, incomingDir } = newStore();
    const library = createLibraryStore({ root, incomingDir });
    writeFileSync(join(root, '_All-Photos/a.jpg'), 'photo');
    writeFileSync(join(root, '_All-Photos/a.jpg.xmp'), 'words');
    await library.trash({
      path: '_All-Photos/a.jpg',
      because: 'gone-from-icloud',
      zone: 'Z',
      asset: 'A',
      kind: 'original',
      checksum: 'c',
      sha256: 's',
    });
    await library.emptyTrash(undefined, AbortSignal.timeout(10_000));
    expect(readdirSync(join(root, '_Trash'))).toEqual([]);
  });
});
