import { isKnownResource } from './records.ts';
import type { WireRecord } from './wire.ts';

/** Kinds of files that this version does not know and iCloud has shown: asked for by name from then on. */
export interface ExtraResources {
  /** Prefixes of resource fields (`resOriginalNew`), sorted. */
  names(): readonly string[];
  learn(records: readonly WireRecord[]): void;
}

/** Where the names outlive a restart. */
export interface ExtraResourceMemory {
  read(): string | undefined;
  write(names: string): void;
}

/** Nothing sensible has more; a broken answer must not blow up every later question. */
const MOST = 20;

export function createExtraResources(memory: ExtraResourceMemory | undefined): ExtraResources {
  const known = new Set(memory?.read()?.split(',').filter(isResource));
  return {
    names: () => [...known].sort(),
    learn(records) {
      const before = known.size;
      for (const { fields = {} } of records) {
        for (const field of Object.keys(fields)) {
          const prefix = /^(res\w{1,60})Res$/.exec(field)?.[1];
          if (prefix !== undefined && !isKnownResource(prefix) && known.size < MOST) known.add(prefix);
        }
      }
      if (known.size > before) memory?.write([...known].sort().join(','));
    },
  };
}

const isResource = (name: string) => /^res\w{1,60}$/.test(name);
