import { build, buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../../src/adapters/icloud/details.ts';
import { createExtraResources } from '../../../src/adapters/icloud/extra-resources.ts';
import type { WireRecord } from '../../../src/adapters/icloud/wire.ts';
import { zoneOffsetS } from '../../../src/adapters/icloud/zone-offset.ts';

const bytes = (value: Uint8Array | string) => ({ type: 'ENCRYPTED_BYTES', value: Buffer.from(value).toString('base64') });
const asset = (fields: WireRecord['fields']): WireRecord => ({ recordName: 'A', recordType: 'CPLAsset', fields });
const master: WireRecord = { recordName: 'M', recordType: 'CPLMaster', fields: {} };
const details = (fields: WireRecord['fields']) => detailsOf(asset(fields), master);
const PARIS = { latitude: 48.85837, longitude: 2.294481, altitude: 33 };

describe('what iCloud says of a photo', () => {
  it.each([
    ['a binary list with lon', { locationEnc: bytes(buildBinary({ lat: 48.85837, lon: 2.294481, alt: 33 })) }],
    ['a binary list with lng', { locationEnc: bytes(buildBinary({ lat: 48.85837, lng: 2.294481, alt: 33 })) }],
    ['an XML list', { locationEnc: bytes(build({ lat: 48.85837, lon: 2.294481, alt: 33 })) }],
    ['the newer field', { locationEnc: bytes('nonsense'), locationV2Enc: bytes(buildBinary({ lat: 48.85837, lon: 2.294481, alt: 33 })) }],
  ])('has its place from %s', (_, fields) => {
    expect(details(fields)).toEqual(PARIS);
  });

  it('has its place from plain numbers when there is nothing else', () => {
    expect(details({ locationLatitude: { value: -33.8 }, locationLongitude: { value: 151.2 } })).toEqual({
      latitude: -33.8,
      longitude: 151.2,
    });
  });

  it.each([[{ lat: -180, lon: -180 }], [{ lat: 91, lon: 0 }], [{ lat: 'x', lon: 2 }], [{ lon: 2 }]])('has no place at %j', (place) => {
    expect(details({ locationEnc: bytes(buildBinary(place)) })).toEqual({});
  });

  it('leaves out what is empty, broken or not set', () => {
    expect(
      details({
        captionEnc: bytes('  '),
        extendedDescEnc: { value: '' },
        keywordsEnc: bytes(buildBinary(['', 'Hund', 'Hund', ' Küste '])),
        locationEnc: { value: '!!!' },
        duration: { value: 0 },
        assetSubtypeV2: { value: 0 },
      }),
    ).toEqual({ keywords: ['Hund', 'Küste'] });
    expect(details({ keywordsEnc: bytes(buildBinary([])) })).toEqual({});
    expect(details({ keywordsEnc: bytes('bplist00 and then nothing') })).toEqual({});
  });

  it('reads titles and captions as bytes and as text', () => {
    expect(details({ captionEnc: bytes('Am Deich'), extendedDescEnc: { type: 'STRING', value: 'Wind 🌊' } })).toEqual({
      title: 'Am Deich',
      caption: 'Wind 🌊',
    });
  });
});

describe('a time zone by name', () => {
  it.each([
    ['Asia/Taipei', 0, 28_800],
    ['Europe/Berlin', Date.UTC(2024, 6, 1), 7200],
    ['Europe/Berlin', Date.UTC(2024, 0, 1), 3600],
    ['America/St_Johns', Date.UTC(2024, 0, 1), -12_600],
    ['UTC', 0, 0],
    ['GMT-0500', 0, undefined],
    ['Nowhere/At_all', 0, undefined],
    ['Asia/Tokyo', Number.NaN, undefined],
  ])('%s at %d is %s seconds from UTC', (zone, atMs, seconds) => {
    expect(zoneOffsetS(zone, atMs)).toBe(seconds);
  });
});

describe('kinds of files that nobody knows yet', () => {
  const record = (...fields: string[]): WireRecord => asset(Object.fromEntries(fields.map((field) => [field, { value: {} }])));

  it('are learned once and outlive a restart', () => {
    let kept: string | undefined;
    const memory = { read: () => kept, write: (names: string) => (kept = names) };
    const resources = createExtraResources(memory);
    resources.learn([record('resOriginalRes', 'resJPEGThumbRes', 'resFutureRes', 'resFutureFileType', 'assetDate')]);
    expect(resources.names()).toEqual(['resFuture']);
    expect(createExtraResources(memory).names()).toEqual(['resFuture']);
  });

  it('cannot grow without end', () => {
    const resources = createExtraResources(undefined);
    resources.learn([record(...Array.from({ length: 500 }, (_, index) => `res${index}Res`))]);
    expect(resources.names().length).toBeLessThan(50);
  });
});
