import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RenditionKind } from '../../src/domain/asset.ts';
import { byteLength } from '../../src/domain/clean-name.ts';
import { fold } from '../../src/domain/fold.ts';
import { albumPath } from '../../src/domain/library-path.ts';
import { chooseBase, fileStem, identitySuffix, partName } from '../../src/domain/names.ts';
import { withFixture } from './shared-fixtures.ts';

interface Input {
  readonly master: string;
  readonly identity: string;
  readonly name: string | null;
  readonly uti?: string;
  readonly part?: string;
  readonly taken?: readonly string[];
  readonly siblings?: readonly string[];
  readonly limitBytes?: number;
}
interface Vectors {
  readonly suffixExamples: readonly { readonly identity: string; readonly suffix: string }[];
  readonly cases: readonly {
    readonly id: string;
    readonly why: string;
    readonly kind: string;
    readonly input: Input;
    readonly expect: string;
  }[];
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const KINDS: Readonly<Record<string, RenditionKind>> = {
  live: 'live-video',
  'live-edited': 'edited-video',
  adjustment: 'sidecar',
  edited: 'edited',
  alternative: 'alternative',
};

function fileName(input: Input): string {
  const taken = new Set((input.taken ?? []).map(fold));
  const limit = input.limitBytes === undefined ? {} : { limitBytes: input.limitBytes };
  const importName = input.name ?? undefined;
  // The vectors of parts give the part's type; the name's own extension stands for the original's.
  const stem = fileStem({ filename: importName, uti: input.uti, masterId: input.master, ...limit });
  const base = chooseBase({ stem, identity: input.identity, isTaken: (name) => taken.has(name), digest });
  return partName({ base, kind: KINDS[input.part ?? ''] ?? 'original', uti: input.uti, importName, siblings: input.siblings ?? [] });
}

function folderName(input: Input): string {
  const taken = new Set((input.taken ?? []).map(fold));
  return albumPath({ parentPath: '', name: input.name ?? '', identity: input.identity, isTaken: (name) => taken.has(name), digest });
}

withFixture('names.json', 'names as the vectors have them', (path) => {
  const vectors: Vectors = JSON.parse(readFileSync(path, 'utf8'));

  it('covers every vector there is', () => {
    expect(vectors.cases.length).toBeGreaterThanOrEqual(71);
    expect(vectors.suffixExamples.length).toBeGreaterThanOrEqual(2);
  });

  it.each(vectors.suffixExamples)('suffix of $identity', ({ identity, suffix }) => {
    expect(identitySuffix(identity, 6, digest)).toBe(suffix);
  });

  it.each(vectors.cases)('$id: $why', ({ kind, input, expect: wanted }) => {
    const name = kind === 'folder' ? folderName(input) : fileName(input);
    expect(name).toBe(wanted);
    expect(byteLength(`${name}.xmp`)).toBeLessThanOrEqual(input.limitBytes ?? 255);
  });
});
