import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPreviewCache } from '../../../src/adapters/disk/preview-cache.ts';

const picture = (size: number) => new Uint8Array(size).fill(7);
const folderOf = () => join(mkdtempSync(join(tmpdir(), 'previews-')), 'thumbnails');
const countOf = (folder: string) => readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.jpg')).length;

describe('small pictures on disk', () => {
  it('are there again after a restart, for their owner only, under names that say nothing', async () => {
    const folder = folderOf();
    await createPreviewCache({ folder, limitBytes: 1e6 }).put('AY3f+/==', 'small', picture(100));
    const again = createPreviewCache({ folder, limitBytes: 1e6 });
    expect(await again.get('AY3f+/==', 'small')).toEqual(Buffer.from(picture(100)));
    expect(await again.get('AY3f+/==', 'large')).toBeUndefined();
    expect(await again.usage()).toEqual({ bytes: 100, limit: 1e6 });
    const [name = ''] = readdirSync(folder, { recursive: true }).filter((one) => String(one).endsWith('.jpg'));
    expect(String(name)).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{40}-small\.jpg$/);
    expect(statSync(join(folder, String(name))).mode & 0o077).toBe(0);
  });

  it('never take more room than they may, however many come', async () => {
    const folder = folderOf();
    const cache = createPreviewCache({ folder, limitBytes: 10_000 });
    for (let index = 0; index < 200; index++) await cache.put(`photo ${index}`, 'small', picture(400));
    const { bytes } = await cache.usage();
    expect(bytes).toBeLessThanOrEqual(10_000);
    expect(countOf(folder) * 400).toBe(bytes);
    expect(await cache.has('photo 199', 'small')).toBe(true);
    await cache.put('huge', 'large', picture(20_000));
    expect(await cache.has('huge', 'large')).toBe(false);
  });

  it('are as good as not there when somebody takes them away, and a place that cannot be written fails nothing', async () => {
    const folder = folderOf();
    const cache = createPreviewCache({ folder, limitBytes: 1e6 });
    await cache.put('one', 'small', picture(10));
    rmSync(folder, { recursive: true });
    expect(await cache.get('one', 'small')).toBeUndefined();
    writeFileSync(folder, 'a file in the way');
    await expect(cache.put('two', 'small', picture(10))).resolves.toBeUndefined();
  });
});
