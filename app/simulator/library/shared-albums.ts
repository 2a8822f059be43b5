import { type AssetSpec, makeAsset, makeMaster } from './make-asset.ts';
import type { AssetState, MasterState } from './record-states.ts';
import type { ZoneBook } from './zone-book.ts';
import { ZoneStore } from './zone-store.ts';

export interface SharedAlbumSpec {
  readonly name: string;
  /** Whose album it is, default 'owned'. */
  readonly sharing?: 'owned' | 'subscribed';
  readonly allowContributions?: boolean;
  readonly isPublic?: boolean;
  /** Default: drawn from the library's seed. */
  readonly guid?: string;
}

/** An album of the older kind, outside the photo library (photos.md §15): it holds smaller copies of its own. */
export interface SharedAlbum {
  readonly guid: string;
  readonly name: string;
  readonly sharing: 'owned' | 'subscribed';
  readonly allowContributions: boolean;
  readonly isPublic: boolean;
  readonly createdMs: number;
  /** Where its records live; no zone that a client sees. */
  readonly store: ZoneStore;
}

/** A photo of a shared album. */
export interface SharedPhoto {
  readonly asset: AssetState;
  readonly master: MasterState;
}

/** All shared albums of an account. */
export class SharedAlbums {
  readonly #book: ZoneBook;
  readonly #albums = new Map<string, SharedAlbum>();

  constructor(book: ZoneBook) {
    this.#book = book;
  }

  all(): readonly SharedAlbum[] {
    return [...this.#albums.values()];
  }

  album(guid: string): SharedAlbum | undefined {
    return this.#albums.get(guid);
  }

  /** By the name under which its download addresses go. */
  storeNamed(name: string): ZoneStore | undefined {
    return this.all().find(({ store }) => store.name === name)?.store;
  }

  /** In the order in which they were added. */
  photos(guid: string): readonly SharedPhoto[] {
    const { store } = this.#albums.get(guid) ?? {};
    const photos: SharedPhoto[] = [];
    for (const record of store?.records() ?? []) {
      const master = record.kind === 'asset' ? store?.masterOf(record) : undefined;
      if (record.kind === 'asset' && master !== undefined) photos.push({ asset: record, master });
    }
    return photos;
  }

  /** Returns the album's guid. */
  add(spec: SharedAlbumSpec): string {
    const guid = spec.guid ?? this.#book.newName();
    const album: SharedAlbum = {
      guid,
      name: spec.name,
      sharing: spec.sharing ?? 'owned',
      allowContributions: spec.allowContributions ?? true,
      isPublic: spec.isPublic ?? false,
      createdMs: this.#book.now(),
      store: new ZoneStore(`SharedStream-${guid}`, this.#book.get().ownerRecordName, false),
    };
    this.#albums.set(guid, album);
    return guid;
  }

  /** Returns the photo's record name. */
  addPhoto(guid: string, spec: AssetSpec): string {
    const album = this.#albums.get(guid);
    if (album === undefined) throw new Error(`the simulated account has no shared album ${guid}`);
    const recordName = spec.recordName ?? this.#book.newName();
    const nowMs = this.#book.now();
    const master = makeMaster(spec, `shared ${recordName}`, nowMs);
    album.store.touch(master, nowMs);
    album.store.touch(makeAsset(spec, recordName, master, nowMs), nowMs);
    return recordName;
  }

  removePhoto(guid: string, recordName: string): void {
    const store = this.#albums.get(guid)?.store;
    const asset = store?.asset(recordName);
    if (store === undefined || asset === undefined) throw new Error(`no photo ${recordName} in the shared album ${guid}`);
    store.bury(recordName);
    store.bury(asset.masterName);
  }

  remove(guid: string): void {
    this.#albums.delete(guid);
  }
}
