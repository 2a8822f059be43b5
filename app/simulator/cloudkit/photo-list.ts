import type { Library } from '../library/photo-library.ts';
import { firstNotBefore, type RankedList, rankedArray } from '../library/ranked-list.ts';
import type { AssetState, MasterState } from '../library/record-states.ts';
import { rankOf, type Selection } from '../library/traits.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { badRequest } from './errors.ts';
import { choosesAnyone, isChosen, type LieSwitches } from './lies.ts';
import { type Page, pageOf } from './paging.ts';
import { type PhotoIndex, photoIndex } from './photo-indexes.ts';
import { type Found, mastersOf, pageRequest, type Query } from './query-parts.ts';
import { wireRecord } from './wire-record.ts';

const ranked = (list: readonly AssetState[], selection: Selection) => rankedArray(list, (asset) => rankOf(asset, selection));

/** An index as it is shown: shorter than the truth if a lie says so. */
export function shownList(zone: ZoneStore, { selection }: PhotoIndex, lies: LieSwitches): RankedList<AssetState> {
  const all = zone.list(selection);
  if (lies.emptyLists.includes('photos')) return ranked([], selection);
  const shortened = lies.listsEndEarly === 0 ? all : { ...all, length: Math.max(0, all.length - lies.listsEndEarly) };
  const list: RankedList<AssetState> = {
    length: shortened.length,
    item: (at) => (at < shortened.length ? all.item(at) : undefined),
    key: all.key,
  };
  if (!choosesAnyone(lies.listsLeaveOut)) return list;
  const left: AssetState[] = [];
  for (let at = 0; at < list.length; at++) {
    const asset = list.item(at);
    if (asset !== undefined && !isChosen(lies.listsLeaveOut, asset.recordName)) left.push(asset);
  }
  return ranked(left, selection);
}

/** The all-photos index and its relatives: master and asset for each item, 100 items a page (photos.md §3.2). */
export function queryPhotos(library: Library, query: Query): Found {
  const { recordType, filters, zone, wire, limit, lies } = query;
  const assetOnly = /^CPLAsset(?!AndMaster)/.test(recordType);
  const indexName = assetOnly ? recordType.replace(/^CPLAsset/, 'CPLAssetAndMaster') : recordType;
  const smartAlbum = filters.text('smartAlbum');
  const index = photoIndex(indexName, smartAlbum, library.burstFrames);
  if (index === undefined) throw badRequest(`Type is not marked indexable: ${recordType}`);
  const wantedName = filters.text('recordName');
  const all = shownList(zone, index, lies);
  const list = wantedName === undefined ? all : oneOf(all, zone.asset(wantedName), index);
  const pairs = assetOnly ? limit : Math.max(1, Math.floor(limit / 2) - (library.order === 'split' ? 1 : 0));
  const page = pageOf(list, pageRequest(query, pairs));
  const assets = index.windowed === true && filters.text('direction') === 'DESCENDING' ? [...page.items].reverse() : page.items;
  if (assetOnly) return { records: assets.map((asset) => wireRecord(asset, wire)), continuationMarker: page.continuationMarker };
  const split = library.order === 'split' && wantedName === undefined;
  const masters = mastersOf(zone, split ? shifted(page) : assets);
  const wireAll = (records: readonly (AssetState | MasterState)[]) => records.map((record) => wireRecord(record, wire));
  const records = library.order === 'masters-first' ? [...wireAll(masters), ...wireAll(assets)] : [...wireAll(assets), ...wireAll(masters)];
  return {
    records: records.filter((record) => !lies.listsWithoutTypes.includes(String(record.recordType))),
    continuationMarker: page.continuationMarker,
  };
}

/** The asset if the index shows it. */
function oneOf(list: RankedList<AssetState>, wanted: AssetState | undefined, { selection }: PhotoIndex): RankedList<AssetState> {
  if (wanted === undefined) return ranked([], selection);
  const at = firstNotBefore(list, { rank: rankOf(wanted, selection), recordName: wanted.recordName });
  return ranked(list.item(at)?.recordName === wanted.recordName ? [wanted] : [], selection);
}

/** Each page brings the master of the asset that ended the page before, and keeps its own last one back, unless it is the last page. */
function shifted(page: Page<AssetState>): AssetState[] {
  const kept = page.continuationMarker === undefined ? page.items : page.items.slice(0, -1);
  return page.before === undefined ? [...kept] : [page.before, ...kept];
}
