import { readContent } from './content.ts';
import type { AssetState, MasterState } from './record-states.ts';
import type { Resource } from './resource.ts';
import { type Visibility, visibleAs } from './traits.ts';
import type { ZoneStore } from './zone-store.ts';

export type RenditionKind = 'original' | 'alternative' | 'live-video' | 'edited' | 'edited-video' | 'sidecar' | 'unknown';

/** One file that a complete backup has to hold. */
export interface ExpectedFile {
  readonly zone: string;
  readonly assetRecordName: string;
  readonly masterRecordName: string;
  readonly kind: RenditionKind;
  /** Decoded import name, exactly as stored; undefined where the record has none. */
  readonly filename: string | undefined;
  readonly uti: string;
  /** Bytes. */
  readonly size: number;
  readonly fileChecksum: string;
  /** Hex; computed when read. */
  readonly sha256: string;
  /** ms since 1970, UTC. */
  readonly captureMs: number | undefined;
  readonly addedMs: number;
  /** Seconds east of UTC. */
  readonly timeZoneOffsetS: number | undefined;
  /** The whole file. */
  read(): Buffer;
}

function expectedFile(zone: string, asset: AssetState, master: MasterState, kind: RenditionKind, resource: Resource): ExpectedFile {
  return {
    zone,
    assetRecordName: asset.recordName,
    masterRecordName: master.recordName,
    kind,
    filename: master.filename?.text,
    uti: resource.uti,
    size: resource.size,
    get fileChecksum() {
      return resource.fileChecksum;
    },
    get sha256() {
      return resource.sha256;
    },
    captureMs: asset.captureMs,
    addedMs: asset.addedMs,
    timeZoneOffsetS: asset.timeZoneOffsetS,
    read: () => readContent(resource.content),
  };
}

/** The stored renditions of one asset; previews are not among them. */
export function* filesOf(zone: ZoneStore, asset: AssetState): Iterable<ExpectedFile> {
  const master = zone.masterOf(asset);
  if (master === undefined) return;
  const parts: readonly [RenditionKind, Resource | undefined][] = [
    ['original', master.resources.resOriginal],
    ['alternative', master.resources.resOriginalAlt],
    ['live-video', master.resources.resOriginalVidCompl],
    ['sidecar', master.resources.resSidecar ?? asset.resources.resSidecar],
    ['edited', asset.resources.resJPEGFull],
    ['edited-video', asset.resources.resVidFull],
    // Nobody knows what it is, so nobody may drop it.
    ['unknown', master.resources.resFutureThing],
  ];
  for (const [kind, resource] of parts)
    if (resource !== undefined && !(kind === 'original' && master.unfinished !== undefined))
      yield expectedFile(zone.name, asset, master, kind, resource);
}

/** Files of every asset of the zones with this visibility, oldest first. */
export function* expectedFiles(zones: Iterable<ZoneStore>, visibility: Visibility): Iterable<ExpectedFile> {
  for (const zone of zones) {
    const assets = zone.list(visibleAs[visibility]);
    for (let at = 0; at < assets.length; at++) {
      const asset = assets.item(at);
      if (asset !== undefined) yield* filesOf(zone, asset);
    }
  }
}
