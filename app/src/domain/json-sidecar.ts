import type { AssetDetails, RenditionKind } from './asset.ts';
import type { Description } from './description.ts';

const WRITTEN_BY = 'icloud-photos-sync';

/** A file of the asset, as it lies here. */
export interface DescribedFile {
  readonly kind: RenditionKind;
  readonly name: string;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
}

/** Everything we know of an asset, for programs to come. The same input gives the same bytes. */
export function renderJsonSidecar(description: Description, details: AssetDetails, files: readonly DescribedFile[]): string {
  return `${JSON.stringify({ writtenBy: WRITTEN_BY, schema: 1, ...description, details, files }, undefined, 2)}\n`;
}

/** Whether a file of that name is ours to replace. */
export function isOwnJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'writtenBy' in value && value.writtenBy === WRITTEN_BY;
  } catch {
    return false;
  }
}
