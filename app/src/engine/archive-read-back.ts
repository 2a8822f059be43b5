import type { ArchiveMember } from '../domain/archive-plan.ts';
import type { VerifiedCopy, VerifiedFile } from '../domain/verified.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';

/**
 * Reads every archived file of an item once more and compares size, Apple's checksum and SHA-256 with what the catalog remembers.
 * The only maker of a VerifiedCopy. Undefined when one of them is missing or differs in anything.
 */
export async function readBack(store: ArchiveStore, member: ArchiveMember, signal: AbortSignal): Promise<VerifiedCopy | undefined> {
  const files: VerifiedFile[] = [];
  for (const { kind, path, size, checksum, sha256, proof, finding } of member.files) {
    if (!member.renditions.some((rendition) => rendition.kind === kind && rendition.checksum === checksum)) continue; // an older version, kept beside
    const got = await store.readBack(path, signal);
    if (got?.size !== size || got.checksum !== checksum || got.sha256 !== sha256) return undefined;
    if (proof !== 'apple' || finding !== null) return undefined;
    files.push({ kind, path, size, checksum, sha256 });
  }
  const isWhole = member.renditions.every(({ kind }) => files.some((file) => file.kind === kind));
  if (!isWhole || files.length === 0) return undefined;
  const { zone, asset, name } = member;
  return { zone, asset, name, files } as unknown as VerifiedCopy;
}
