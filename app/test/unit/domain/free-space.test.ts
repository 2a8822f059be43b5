import { expect, it } from 'vitest';
import { bytesKeptFree } from '../../../src/domain/free-space.ts';

it('keeps one gigabyte or one percent free, whichever is more, and leaves a small volume usable', () => {
  expect(bytesKeptFree(undefined, 50e9)).toBe(1e9);
  expect(bytesKeptFree(undefined, 4e12)).toBe(40e9);
  expect(bytesKeptFree(undefined, 64e6)).toBe(6.4e6);
});

it('keeps what the owner says', () => {
  expect(bytesKeptFree({ bytes: 0 }, 50e9)).toBe(0);
  expect(bytesKeptFree({ bytes: 5e9 }, 50e9)).toBe(5e9);
  expect(bytesKeptFree({ share: 0.02 }, 50e9)).toBe(1e9);
});
