import type { ZoneStore } from '../library/zone-store.ts';
import type { Linker } from './download-links.ts';

export interface WireRecord {
  readonly recordName: string;
  readonly [property: string]: unknown;
}

export interface WireContext {
  readonly zone: ZoneStore;
  /** The field names asked for; undefined = all (photos.md §3.3). */
  readonly desired: ReadonlySet<string> | undefined;
  /** Whether any preview was asked for: those of a large library are made for this answer only. */
  readonly previews: boolean;
  /** A signed address for the file. */
  readonly link: Linker;
  /** Answers to writes leave `zoneID` out (recorded). */
  readonly withoutZone?: boolean;
}

/** `zoneType` was missing in 2018 and is there since 2023. */
export const wireZoneId = ({ name, ownerRecordName }: ZoneStore) => ({ zoneName: name, ownerRecordName, zoneType: 'REGULAR_CUSTOM_ZONE' });
