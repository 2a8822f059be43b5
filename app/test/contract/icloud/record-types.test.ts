import { expect, it } from 'vitest';
import { createExtraResources } from '../../../src/adapters/icloud/extra-resources.ts';

it('remembers kinds of records that nobody knows, over a restart, and never asks for files by such a name', () => {
  let kept: string | undefined;
  const memory = {
    read: () => kept,
    write: (names: string) => {
      kept = names;
    },
  };
  const record = (recordType: string, fields = {}) => ({ recordName: 'X', recordType, fields });
  const first = createExtraResources(memory);
  first.learn([
    record('CPLAsset', { resNewThingRes: { value: {} } }),
    record('CPLPerson'),
    record('CPLTomorrow'),
    record('Anna at the beach'),
  ]);
  const again = createExtraResources(memory);
  expect(again.names()).toEqual(['resNewThing']);
  expect(kept).toBe('resNewThing,type:CPLTomorrow');
});
