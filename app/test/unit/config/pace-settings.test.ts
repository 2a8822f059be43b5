import { describe, expect, it } from 'vitest';
import { load, refusal } from './scratch.ts';

describe('BANDWIDTH_LIMIT', () => {
  it.each([
    ['10M', 10e6],
    ['2.5MB/s', 2.5e6],
    ['500k', 500e3],
    ['1MiB/s', 2 ** 20],
    ['50Mbit/s', 6.25e6],
    ['4000000', 4e6],
  ])('%s is %d bytes per second', (text, bytes) => {
    expect(load({ env: { BANDWIDTH_LIMIT: text } }).settings.bandwidthLimit).toBe(bytes);
  });

  it('is no limit when it is not set, and refuses what would stand still', () => {
    expect(load({ env: { BANDWIDTH_LIMIT: '' } }).settings.bandwidthLimit).toBeUndefined();
    for (const text of ['0', '10', 'fast', '10M/h', '-5M'])
      expect(refusal({ env: { BANDWIDTH_LIMIT: text } }), text).toContain('BANDWIDTH_LIMIT');
  });
});

describe('MIN_FREE_SPACE', () => {
  it('is an amount or a share of the volume', () => {
    expect(load({ env: { MIN_FREE_SPACE: '5G' } }).settings.minFreeSpace).toEqual({ bytes: 5e9 });
    expect(load({ env: { MIN_FREE_SPACE: '2.5%' } }).settings.minFreeSpace).toEqual({ share: 0.025 });
    expect(load({ env: { MIN_FREE_SPACE: '0' } }).settings.minFreeSpace).toEqual({ bytes: 0 });
    expect(load({}).settings.minFreeSpace).toBeUndefined();
    expect(refusal({ env: { MIN_FREE_SPACE: '120%' } })).toContain('MIN_FREE_SPACE');
  });
});
