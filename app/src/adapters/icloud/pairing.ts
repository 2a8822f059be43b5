import type { ListedAsset } from '../../domain/asset.ts';
import { assetHalf, joinHalves } from './records.ts';
import type { WireRecord } from './wire.ts';

/** Masters kept for assets that may come on a later page; beyond this they are looked up by name. */
const MOST_LOOSE_MASTERS = 2_000;

/**
 * Joins assets with their masters over a whole walk. Several assets may name one master, and the halves can be pages
 * apart, so the key is always the asset; a master alone is no item (photos.md §6.4).
 */
export interface Pairing {
  /** Takes the halves of one page and gives back the items that are whole now, in the page's order. */
  page(records: readonly WireRecord[]): ListedAsset[];
  /** Masters that are still missing for assets seen so far. */
  wanted(): string[];
  /** Asset halves that name one of these masters, or none at all, given up. */
  giveUp(masters: ReadonlySet<string>): WireRecord[];
}

export function createPairing(zone: string, now: () => number): Pairing {
  const loose = new Map<string, WireRecord>();
  const waiting = new Map<string, WireRecord[]>();
  const orphans: WireRecord[] = [];
  return {
    page(records) {
      const masters = new Map(records.filter(({ recordType }) => recordType === 'CPLMaster').map((record) => [record.recordName, record]));
      const used = new Set<string>();
      const whole: ListedAsset[] = [];
      const join = (asset: WireRecord, master: WireRecord) => {
        used.add(master.recordName);
        whole.push(joinHalves(zone, asset, master, now()));
      };
      for (const record of records) {
        if (record.recordType !== 'CPLAsset') continue;
        const { masterId } = assetHalf(record);
        const master = masterId === undefined ? undefined : (masters.get(masterId) ?? loose.get(masterId));
        if (master) join(record, master);
        else if (masterId === undefined) orphans.push(record);
        else waiting.set(masterId, [...(waiting.get(masterId) ?? []), record]);
      }
      for (const [name, master] of masters) {
        for (const asset of waiting.get(name) ?? []) join(asset, master);
        waiting.delete(name);
        if (!used.has(name)) loose.set(name, master);
      }
      for (const name of loose.keys()) {
        if (loose.size <= MOST_LOOSE_MASTERS) break;
        loose.delete(name);
      }
      return whole;
    },
    wanted: () => [...waiting.keys()],
    giveUp(masters) {
      const given = [...waiting].filter(([name]) => masters.has(name));
      for (const [name] of given) waiting.delete(name);
      return [...orphans.splice(0), ...given.flatMap(([, assets]) => assets)];
    },
  };
}
