import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createJpegCopyStore } from '../../../src/adapters/disk/jpeg-copy-store.ts';
import { sha256 } from '../../support/tree.ts';

const BYTES = Buffer.from('a copy');
const copyAt = (path: string) => ({ path, size: BYTES.length, sha256: sha256(BYTES) });

function newTree() {
  const root = mkdtempSync(join(tmpdir(), 'photos-copies-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, '_JPEG/2024'), { recursive: true });
  mkdirSync(join(root, '_All-Photos'));
  for (const path of ['_JPEG/2024/A.jpg', '_All-Photos/A.jpg']) writeFileSync(join(root, path), BYTES);
  const store = createJpegCopyStore(root);
  return { root, remove: (path: string) => store.remove(copyAt(path), new AbortController().signal) };
}

it('removes a copy that is as it was made, and is content when there is none', async () => {
  const { root, remove } = newTree();
  expect(await remove('_JPEG/2024/A.jpg')).toBe(true);
  expect(existsSync(join(root, '_JPEG/2024/A.jpg'))).toBe(false);
  expect(await remove('_JPEG/2024/A.jpg')).toBe(true);
});

it('leaves a file with other bytes of the same length, a longer one, a link and a folder', async () => {
  const { root, remove } = newTree();
  writeFileSync(join(root, '_JPEG/2024/same.jpg'), 'A COPY');
  writeFileSync(join(root, '_JPEG/2024/longer.jpg'), 'a copy and more');
  symlinkSync('A.jpg', join(root, '_JPEG/2024/link.jpg'));
  mkdirSync(join(root, '_JPEG/2024/folder.jpg'));
  for (const name of ['same', 'longer', 'link', 'folder']) {
    expect(await remove(`_JPEG/2024/${name}.jpg`)).toBe(false);
    expect(existsSync(join(root, `_JPEG/2024/${name}.jpg`))).toBe(true);
  }
});

it('never reaches outside its tree, whatever the catalog says', async () => {
  const { root, remove } = newTree();
  for (const path of ['_All-Photos/A.jpg', '_JPEG/../_All-Photos/A.jpg', '_JPEG']) await expect(remove(path)).rejects.toThrow();
  expect(existsSync(join(root, '_All-Photos/A.jpg'))).toBe(true);
});
