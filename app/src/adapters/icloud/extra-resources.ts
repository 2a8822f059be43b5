import { isKnownResource } from './records.ts';
import type { WireRecord } from './wire.ts';

/** Kinds of files that this version does not know and iCloud has shown: asked for by name from then on. Kinds of records are only remembered. */
export interface ExtraResources {
  /** Prefixes of resource fields (`resOriginalNew`), sorted. */
  names(): readonly string[];
  learn(records: readonly WireRecord[]): void;
}

/** Where the names outlive a restart; `doctor` reads them there. Kinds of records are written as `type:CPLNew`. */
export interface ExtraResourceMemory {
  read(): string | undefined;
  write(names: string): void;
}

/** Nothing sensible has more; a broken answer must not blow up every later question. */
const MOST = 20;

/** Records that the photo databases hold besides items and albums, known to be of no use here (photos.md §6.3). */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'CPLAsset',
  'CPLMaster',
  'CPLAlbum',
  'CPLContainerRelation',
  'CPLLibraryInfo',
  'CPLSharedLibraryQuota',
  'CPLFaceCrop',
  'CPLPerson',
  'CPLMemory',
  'CPLSuggestion',
  'CheckIndexingState',
]);

export function createExtraResources(memory: ExtraResourceMemory | undefined): ExtraResources {
  const remembered = memory?.read()?.split(',') ?? [];
  const known = new Set(remembered.filter(isResource));
  const types = new Set(remembered.filter(isType));
  return {
    names: () => [...known].sort(),
    learn(records) {
      const before = known.size + types.size;
      for (const { recordType, fields = {} } of records) {
        const type = `type:${recordType}`;
        if (recordType && !KNOWN_TYPES.has(recordType) && isType(type) && types.size < MOST) types.add(type);
        for (const field of Object.keys(fields)) {
          const prefix = /^(res\w{1,60})Res$/.exec(field)?.[1];
          if (prefix !== undefined && !isKnownResource(prefix) && known.size < MOST) known.add(prefix);
        }
      }
      if (known.size + types.size > before) memory?.write([...known, ...types].sort().join(','));
    },
  };
}

const isType = (name: string) => /^type:\w{1,60}$/.test(name);
const isResource = (name: string) => /^res\w{1,60}$/.test(name);
