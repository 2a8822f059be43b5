import type { AssetState, MasterState } from '../library/record-states.ts';
import type { Resource, ResourcePrefix } from '../library/resource.ts';
import type { FieldSet } from './field-set.ts';
import type { WireContext } from './wire-context.ts';

type Owner = MasterState | AssetState;

/** The five or six fields of each file of a record (photos.md §7). */
export function putResources(set: FieldSet, record: Owner, context: WireContext): void {
  for (const [prefix, resource] of Object.entries(record.resources) as [ResourcePrefix, Resource][]) {
    const unfinished = prefix === 'resOriginal' && record.kind === 'master' ? record.unfinished : undefined;
    if (unfinished === 'no-original') continue;
    if (set.wants(`${prefix}Res`)) set.put(`${prefix}Res`, 'ASSETID', assetId(record, prefix, resource, context));
    set.text(`${prefix}FileType`, resource.uti);
    if (set.wants(`${prefix}Fingerprint`)) set.text(`${prefix}Fingerprint`, resource.fileChecksum);
    set.number(`${prefix}Width`, resource.width);
    set.number(`${prefix}Height`, resource.height);
    set.number(`${prefix}FileSize`, unfinished === 'no-bytes' ? 0 : resource.size);
  }
}

function assetId(record: Owner, prefix: ResourcePrefix, resource: Resource, { zone, link }: WireContext): object {
  const unfinished = prefix === 'resOriginal' && record.kind === 'master' ? record.unfinished : undefined;
  const { fileChecksum, wrappingKey, referenceChecksum } = resource;
  const size = unfinished === 'no-bytes' ? 0 : resource.size;
  const address = () => ({ downloadURL: link(resource, { zone: zone.name, recordName: record.recordName, prefix }) });
  return { fileChecksum, size, wrappingKey, referenceChecksum, ...(unfinished === 'no-address' ? {} : address()) };
}
