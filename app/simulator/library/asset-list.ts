import type { BulkLayer } from './bulk/bulk-layer.ts';
import { comesBefore, type RankedList } from './ranked-list.ts';
import type { AssetState } from './record-states.ts';
import { isSelected, rankOf, type Selection } from './traits.ts';

/** The selected assets in order: a zone's own ones, and those of its bulk as numbers until somebody looks at them. */
export function assetList(selected: readonly AssetState[], layer: BulkLayer | undefined, selection: Selection): RankedList<AssetState> {
  const keyOf = (asset: AssetState) => ({ rank: rankOf(asset, selection), recordName: asset.recordName });
  const own = [...selected].sort((a, b) => (comesBefore(keyOf(a), keyOf(b)) ? -1 : 1));
  const bulk = layer?.bulk;
  const { entries, length } = mergedEntries(
    own.map((asset) => rankOf(asset, selection)),
    layer,
    selection,
  );
  return {
    length,
    item: (at) => {
      const entry = at < 0 || at >= length ? undefined : entries[at];
      if (entry === undefined) return undefined;
      return entry < 0 ? own[-1 - entry] : bulk?.asset(entry);
    },
    key: (at) => {
      const entry = entries[at] ?? 0;
      const asset = own[-1 - entry];
      if (asset !== undefined) return keyOf(asset);
      return bulk === undefined
        ? { rank: 0, recordName: '' }
        : { rank: bulk.rank(entry, selection.rank), recordName: bulk.assetName(entry) };
    },
  };
}

/** Bulk items by their number, own assets by -1 - index: four bytes for each. */
function mergedEntries(ownRanks: readonly number[], layer: BulkLayer | undefined, selection: Selection) {
  const bulk = layer?.bulk;
  const entries = new Int32Array(ownRanks.length + (bulk?.length ?? 0));
  let [length, next] = [0, 0];
  for (let i = 0; bulk !== undefined && i < bulk.length; i++) {
    if (!isSelected(bulk.traits[i] ?? 0, selection) || layer?.hasAsset(i) !== true) continue;
    while (next < ownRanks.length && (ownRanks[next] ?? 0) <= bulk.rank(i, selection.rank)) {
      entries[length] = -1 - next;
      length += 1;
      next += 1;
    }
    entries[length] = i;
    length += 1;
  }
  for (; next < ownRanks.length; next++) {
    entries[length] = -1 - next;
    length += 1;
  }
  return { entries, length };
}
