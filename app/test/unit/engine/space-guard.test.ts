import { describe, expect, it } from 'vitest';
import { createSpaceGuard } from '../../../src/engine/space-guard.ts';

/** A volume of one terabyte, 10 MB of it free beyond the reserve. */
function smallRest() {
  const volume = { freeBytes: 30e6, totalBytes: 1e12 };
  const guard = createSpaceGuard({
    store: { space: async () => ({ ...volume }) },
    catalog: { todoTotal: () => ({ count: 812, bytes: 40e9 }) },
    keepFree: { bytes: 20e6 },
  });
  return { volume, guard };
}

describe('free space', () => {
  it('stops before the reserve is touched and says how much is missing', async () => {
    const { volume, guard } = smallRest();
    const done = await guard.admit(6e6);
    volume.freeBytes -= 6e6;
    done();
    await expect(guard.admit(6e6)).rejects.toMatchObject({
      code: 'disk-full',
      message:
        '812 files (40.0 GB) are still to be fetched, and 24.0 MB are free on the volume of the library, of which 20.0 MB stay free (MIN_FREE_SPACE): 40.0 GB are missing.',
    });
  });

  it('lets a file wait while others under way may leave it no room', async () => {
    const { volume, guard } = smallRest();
    const first = await guard.admit(6e6);
    let admitted = false;
    const second = guard.admit(6e6).then((release) => {
      admitted = true;
      return release;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(admitted).toBe(false);
    volume.freeBytes += 5e6; // somebody tidied up, and the first download failed
    first();
    (await second)();
    expect(admitted).toBe(true);
  });

  it('foretells whether everything will fit', async () => {
    const { volume, guard } = smallRest();
    expect(await guard.forecast()).toContain('MIN_FREE_SPACE');
    volume.freeBytes = 500e9;
    expect(await guard.forecast()).toBeUndefined();
  });

  it('asks nothing of a volume that does not say how full it is', async () => {
    const guard = createSpaceGuard({
      store: { space: async () => undefined },
      catalog: { todoTotal: () => ({ count: 1, bytes: 1e15 }) },
      keepFree: undefined,
    });
    (await guard.admit(1e14))();
    expect(await guard.forecast()).toBeUndefined();
  });
});
