import type { AssetState, MasterState } from '../library/record-states.ts';
import { RESOURCE_PREFIXES, type Resource, type ResourcePrefix } from '../library/resource.ts';
import type { FieldSet } from './field-set.ts';
import type { WireContext } from './wire-context.ts';

type Owner = MasterState | AssetState;

const namesOf = (prefix: ResourcePrefix) => ({
  asset: `${prefix}Res`,
  type: `${prefix}FileType`,
  fingerprint: `${prefix}Fingerprint`,
  width: `${prefix}Width`,
  height: `${prefix}Height`,
  size: `${prefix}FileSize`,
});
/** Put together once: a page of previews would make 3,000 names. */
const NAMES = Object.fromEntries(RESOURCE_PREFIXES.map((prefix) => [prefix, namesOf(prefix)])) as Readonly<
  Record<ResourcePrefix, ReturnType<typeof namesOf>>
>;

/** The five or six fields of each file of a record (photos.md §7). */
export function putResources(set: FieldSet, record: Owner, context: WireContext): void {
  for (const [prefix, resource] of Object.entries(record.resources) as [ResourcePrefix, Resource][]) {
    const unfinished = prefix === 'resOriginal' && record.kind === 'master' ? record.unfinished : undefined;
    if (unfinished === 'no-original') continue;
    const names = NAMES[prefix];
    if (set.wants(names.asset)) set.put(names.asset, 'ASSETID', assetId(record, prefix, resource, context));
    set.text(names.type, resource.uti);
    if (set.wants(names.fingerprint)) set.text(names.fingerprint, resource.fileChecksum);
    set.number(names.width, resource.width);
    set.number(names.height, resource.height);
    set.number(names.size, unfinished === 'no-bytes' ? 0 : resource.size);
  }
}

function assetId(record: Owner, prefix: ResourcePrefix, resource: Resource, { zone, link }: WireContext): object {
  const unfinished = prefix === 'resOriginal' && record.kind === 'master' ? record.unfinished : undefined;
  const { fileChecksum, wrappingKey, referenceChecksum } = resource;
  const size = unfinished === 'no-bytes' ? 0 : resource.size;
  if (unfinished === 'no-address') return { fileChecksum, size, wrappingKey, referenceChecksum };
  const downloadURL = link(resource, { zone: zone.name, recordName: record.recordName, prefix });
  return { fileChecksum, size, wrappingKey, referenceChecksum, downloadURL };
}
