import type { AnyRecord, AssetState, MasterState } from '../record-states.ts';
import type { Bulk } from './bulk.ts';

const ASSET = 1;
const MASTER = 2;

/** The bulk as a zone sees it: without what has changed since, which the zone holds itself. */
export class BulkLayer {
  readonly bulk: Bulk;
  /** Per item: which halves have a record of their own now, or are gone. */
  readonly #left: Uint8Array;

  constructor(bulk: Bulk) {
    this.bulk = bulk;
    this.#left = new Uint8Array(bulk.length);
  }

  /** Two for each item: the journal begins with them. */
  get changes(): number {
    return 2 * this.bulk.length;
  }

  hasAsset(index: number): boolean {
    return ((this.#left[index] ?? ASSET) & ASSET) === 0;
  }

  hasMaster(index: number): boolean {
    return ((this.#left[index] ?? MASTER) & MASTER) === 0;
  }

  /** The record that change number `at` was about, if it is still unchanged. */
  changedAt(at: number): string | undefined {
    const index = (at - 1) >> 1;
    if ((at & 1) === 1) return this.hasMaster(index) ? this.bulk.master(index).recordName : undefined;
    return this.hasAsset(index) ? this.bulk.assetName(index) : undefined;
  }

  asset(recordName: string): AssetState | undefined {
    const index = this.bulk.indexOfAsset(recordName);
    return index === undefined || !this.hasAsset(index) ? undefined : this.bulk.asset(index);
  }

  master(recordName: string): MasterState | undefined {
    const index = this.bulk.indexOfMaster(recordName);
    return index === undefined || !this.hasMaster(index) ? undefined : this.bulk.master(index);
  }

  /** The master that came with this asset; it may have changed hands since. */
  bornWith(asset: AssetState): MasterState | undefined {
    const index = this.bulk.indexOfAsset(asset.recordName);
    if (index === undefined || !this.hasMaster(index)) return undefined;
    const master = this.bulk.master(index);
    return master.recordName === asset.masterName ? master : undefined;
  }

  /** The asset that came with this master, if it is still here. */
  bornAs(master: MasterState): AssetState | undefined {
    const index = this.bulk.indexOfKnownMaster(master.recordName);
    return index === undefined || !this.hasAsset(index) ? undefined : this.bulk.asset(index);
  }

  *records(): Iterable<AnyRecord> {
    for (let i = 0; i < this.bulk.length; i++) {
      if (this.hasMaster(i)) yield this.bulk.master(i);
      if (this.hasAsset(i)) yield this.bulk.asset(i);
    }
  }

  /** A record that changes or is buried leaves for good. */
  leave(record: AnyRecord): void {
    if (record.kind !== 'asset' && record.kind !== 'master') return;
    const isAsset = record.kind === 'asset';
    const index = isAsset ? this.bulk.indexOfAsset(record.recordName) : this.bulk.indexOfKnownMaster(record.recordName);
    if (index === undefined) return;
    this.#left[index] = (this.#left[index] ?? 0) | (isAsset ? ASSET : MASTER);
    this.bulk.forget(index);
  }
}
