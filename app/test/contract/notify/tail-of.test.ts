import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LOG_TAIL_BYTES, tailOf } from '../../../src/adapters/notify/health-ping.ts';

describe('the end of a file', () => {
  function file(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'icps-tail-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'some.log');
    writeFileSync(path, text);
    return path;
  }

  it.each([
    ['a short file', 'one\ntwo\n', 100, 'one\ntwo\n'],
    ['a file of just that size', 'one\ntwo\n', 8, 'one\ntwo\n'],
    ['a cut inside a line', 'one\ntwo\n', 6, 'two\n'],
    ['a cut between lines', 'one\ntwo\n', 4, 'two\n'],
    ['a cut inside a character', 'ä\nöö\n', 8, 'ä\nöö\n'],
    ['a line longer than wanted', 'one long line\n', 5, ''],
    ['a last line that is still being written', 'one\ntw', 3, 'tw'],
    ['an empty file', '', 10, ''],
    ['nothing wanted', 'one\n', 0, ''],
  ])('of %s is whole lines', async (_what, text, bytes, expected) => {
    expect(await tailOf(file(text), bytes)).toBe(expected);
  });

  it('is read without the rest', async () => {
    const path = file(`${'x'.repeat(99)}\n`.repeat(300_000));
    const before = process.memoryUsage().arrayBuffers;
    const tail = await tailOf(path, LOG_TAIL_BYTES);
    expect(tail).toHaveLength(LOG_TAIL_BYTES - (LOG_TAIL_BYTES % 100));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  it('is empty while there is no such file, and an error where there is a folder', async () => {
    const path = file('');
    expect(await tailOf(`${path}.1`, 10)).toBe('');
    await expect(tailOf(join(path, '..'), 10)).rejects.toThrow('EISDIR');
  });
});
