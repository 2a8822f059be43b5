import type { AssetSpec } from '../make-asset.ts';
import { type Library, PRIMARY } from '../photo-library.ts';
import { EDIT_EXHIBITS, SHARED_EXHIBITS } from './edit-exhibits.ts';
import { type Exhibit, nameFor } from './exhibit.ts';
import { hangAlbums, hangSharedAlbums } from './museum-albums.ts';
import { NAME_EXHIBITS } from './name-exhibits.ts';
import { TYPE_EXHIBITS } from './type-exhibits.ts';

/** Everything that iCloud Photos is known to hold, one of each, with every trap for names. */
export const EXHIBITS: readonly Exhibit[] = [...TYPE_EXHIBITS, ...EDIT_EXHIBITS, ...NAME_EXHIBITS, ...SHARED_EXHIBITS];

/** The record name of an exhibit. */
export const exhibitName = (id: string): string => nameFor(id);

/** Gives real pictures to what can be drawn. */
type Painter = (spec: AssetSpec, title: string) => Promise<AssetSpec>;

/** Puts all exhibits into an empty library. A burst shows its key frame only, as on a phone. */
export async function openMuseum(library: Library, paint: Painter): Promise<void> {
  const shared = `SharedSync-${nameFor('shared library')}`;
  library.addZone(shared, true);
  library.addZone(`SharedCollection-${nameFor('shared collection')}`, false);
  library.addZone(`CMM-${nameFor('share link')}`, false);
  library.burstFrames = 'key-frame';
  const members = new Map<string, string[]>();
  for (const exhibit of EXHIBITS) {
    const recordName = await hang(library, exhibit, exhibit.shared === true ? shared : PRIMARY, paint);
    for (const album of exhibit.albums ?? []) members.set(album, [...(members.get(album) ?? []), recordName]);
  }
  hangAlbums(library, members, exhibitName('favorite'));
  hangSharedAlbums(library);
}

async function hang(library: Library, { id, what, spec, duplicateOf, later }: Exhibit, zone: string, paint: Painter): Promise<string> {
  const recordName = exhibitName(id);
  const addedMs = spec.addedMs ?? (spec.captureMs ?? 0) + 60_000;
  const whole = { timeZoneOffsetS: 7200, addedMs, ...spec, zone, recordName };
  if (duplicateOf === undefined) library.addAsset(await paint(whole, what));
  else library.addAsset({ ...whole, ...withDatesOf(library, exhibitName(duplicateOf)), duplicateOf: exhibitName(duplicateOf) });
  if (later === 'edited-again') library.editAsset(recordName, { size: 1999 });
  if (later === 'reverted') library.revertEdit(recordName);
  return recordName;
}

function withDatesOf(library: Library, recordName: string): AssetSpec {
  const { captureMs } = library.findAsset(recordName)?.asset ?? {};
  return captureMs === undefined ? {} : { captureMs };
}

/** A name that says nothing is replaced by one made from the bytes: pictures that look different elsewhere would change the tree. */
export const isNamed = ({ filename }: AssetSpec): boolean =>
  typeof filename === 'string' && /[\p{L}\p{N}]/u.test(filename.replace(/\.[^.]*$/, ''));
