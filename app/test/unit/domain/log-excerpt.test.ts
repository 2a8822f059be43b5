import { describe, expect, it } from 'vitest';
import { maskLogLine } from '../../../src/domain/log-excerpt.ts';

describe('a line of the log for strangers', () => {
  const cases: readonly [string, string][] = [
    ['2026-11-20T14:00:00.000Z info  Signed in.', '2026-11-20T14:00:00.000Z info  Signed in.'],
    [
      '2026-11-20T14:00:00.000Z debug stored {"path":"_All-Photos/2024/IMG_1.HEIC","how":"downloaded","bytes":12}',
      '2026-11-20T14:00:00.000Z debug stored {"path":"…","how":"downloaded","bytes":12}',
    ],
    [
      '2026-11-20T14:00:00.000Z warn  _All-Photos/2024/2024-05/IMG_0412.HEIC is damaged: it does not hold the bytes.',
      '2026-11-20T14:00:00.000Z warn  … is damaged: …',
    ],
    [
      '2026-11-20T14:00:00.000Z info  2 smart albums left out, because iCloud keeps no members for them: Oma, Nordsee.',
      '2026-11-20T14:00:00.000Z info  2 smart albums left out, because iCloud keeps no members for them: …',
    ],
    ['    /volume1/anna/photos/x.jpg', '    …'],
    ['2026-11-20T14:00:00.000Z info  The album "Hochzeit" and Küste moved', '2026-11-20T14:00:00.000Z info  The album … and … moved'],
  ];
  it.each(cases)('%s', (line, masked) => {
    expect(maskLogLine(line)).toBe(masked);
  });
});
