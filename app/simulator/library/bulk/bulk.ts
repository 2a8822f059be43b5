import { makeAsset, makeMaster } from '../make-asset.ts';
import { seedOf } from '../number-mixer.ts';
import type { AssetState, MasterState } from '../record-states.ts';
import { type BulkSpec, captureMsOf, deletedMsOf, specOfItem, traitsOfItem } from './bulk-items.ts';
import { type BulkNames, bulkNames } from './bulk-names.ts';
import { MasterTable } from './master-table.ts';

interface Pair {
  readonly master: MasterState;
  readonly asset: AssetState;
}

/** Pairs that were made lately: a page is followed by downloads and lookups of the same items. */
const KEPT_PAIRS = 2048;

/**
 * Very many ordinary items of one zone, made when somebody looks. In memory are a few bytes for each: its traits and its
 * capture time, by which the items are numbered. What changes moves into the zone's own records and is no longer asked for here.
 */
export class Bulk {
  readonly length: number;
  /** {@link TRAIT} bits by item. */
  readonly traits: Uint16Array;
  readonly #spec: BulkSpec;
  readonly #names: BulkNames;
  readonly #pairs = new Map<number, Pair>();
  #masters: MasterTable | undefined;
  #allMastersKnown = false;

  constructor(spec: BulkSpec) {
    this.#spec = { ...spec, seed: seedOf(`${spec.seed} ${spec.zone}`) };
    this.length = spec.length;
    this.#names = bulkNames(this.#spec.seed, spec.length);
    this.traits = new Uint16Array(spec.length);
    for (let i = 0; i < spec.length; i++) this.traits[i] = traitsOfItem(i, this.#spec);
  }

  captureMs(index: number): number {
    return captureMsOf(index, this.#spec);
  }

  /** Sort keys rise with the item's number, whatever the list is sorted by. */
  rank(index: number, by: 'captured' | 'added' | 'deleted'): number {
    const captureMs = this.captureMs(index);
    if (by === 'added') return captureMs + 5000;
    return by === 'deleted' ? deletedMsOf(captureMs) : captureMs;
  }

  assetName(index: number): string {
    return this.#names.nameOf(index);
  }

  indexOfAsset(recordName: string): number | undefined {
    return this.#names.indexOf(recordName);
  }

  asset(index: number): AssetState {
    return this.#pair(index).asset;
  }

  master(index: number): MasterState {
    return this.#pair(index).master;
  }

  /** The item whose master has this name. Names that nobody was told yet cost one walk through all items, once. */
  indexOfMaster(recordName: string): number | undefined {
    if (recordName.length !== 28) return undefined;
    const known = this.#findMaster(recordName);
    if (known !== undefined || this.#allMastersKnown) return known;
    for (let i = 0; i < this.length; i++) this.#pair(i);
    this.#allMastersKnown = true;
    return this.#findMaster(recordName);
  }

  /** The same for a master that was made here before. */
  indexOfKnownMaster(recordName: string): number | undefined {
    return this.#findMaster(recordName);
  }

  /** Makes way for a record that has changed: its old form must not be shown again. */
  forget(index: number): void {
    this.#pairs.delete(index);
  }

  #findMaster(recordName: string): number | undefined {
    for (const index of this.#masters?.find(recordName) ?? []) if (this.master(index).recordName === recordName) return index;
    return undefined;
  }

  #pair(index: number): Pair {
    const known = this.#pairs.get(index);
    if (known !== undefined) return known;
    const pair = this.#make(index);
    if (this.#pairs.size >= KEPT_PAIRS)
      for (const oldest of this.#pairs.keys()) {
        this.#pairs.delete(oldest);
        break;
      }
    this.#pairs.set(index, pair);
    this.#masters ??= new MasterTable(this.length);
    this.#masters.add(pair.master.recordName, index);
    return pair;
  }

  #make(index: number): Pair {
    const spec = specOfItem(index, this.#spec);
    const bornMs = spec.addedMs ?? 0;
    const recordName = this.assetName(index);
    const master = makeMaster(spec, recordName, bornMs);
    if (spec.deletedMs !== undefined) master.deletedMs = spec.deletedMs;
    const asset = makeAsset(spec, recordName, master, bornMs);
    master.tag = 2 * index + 1;
    asset.tag = 2 * index + 2;
    return { master, asset };
  }
}
