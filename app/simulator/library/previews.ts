import { previewContent } from './content.ts';
import { MOVIE, made } from './make-asset.ts';
import type { AnyRecord, AssetState, MasterState } from './record-states.ts';
import { Resource, type ResourcePrefix, type Resources } from './resource.ts';
import type { ZoneStore } from './zone-store.ts';

const NONE = { resources: {} as Resources };

/** The record with its previews, which are made when first asked for. */
export function withPreviews(zone: ZoneStore, record: AnyRecord): { readonly resources: Resources } {
  if (record.kind !== 'master' && record.kind !== 'asset') return NONE;
  if (record.previewsMade) return record;
  const master = record.kind === 'master' ? record : zone.masterOf(record);
  makePreviews(record, master?.video ?? false, master?.live ?? false);
  return record;
}

/** Previews on the master, and on the asset once it is edited; also the poster frames of films (photos.md §7). */
function makePreviews(record: MasterState | AssetState, video: boolean, live: boolean): void {
  record.previewsMade = true;
  if (record.kind === 'asset' && record.adjustment === undefined) return;
  // Slow-motion: nothing was rendered.
  if (record.kind === 'asset' && record.resources.resJPEGFull === undefined && record.resources.resVidFull === undefined) return;
  const id = record.kind === 'asset' ? `${record.recordName} edit ${record.edits}` : record.recordName;
  const picture = (prefix: ResourcePrefix, width: number, height: number) => {
    record.resources[prefix] ??= new Resource({
      uti: 'public.jpeg',
      width,
      height,
      content: previewContent(`${id} ${prefix}`, width, height),
    });
  };
  const film = (prefix: ResourcePrefix, width: number, height: number, size: number) => {
    record.resources[prefix] ??= made({ id, width, height }, video ? 'public.mpeg-4' : MOVIE, prefix, size);
  };
  picture('resJPEGThumb', 480, 360);
  picture('resJPEGMed', 2048, 1536);
  if (!video && !live) return;
  film('resVidMed', 1280, 720, 7000);
  film('resVidSmall', 640, 360, 3500);
}
