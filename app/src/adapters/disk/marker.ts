import { readFile } from 'node:fs/promises';
import { Problem } from '../../domain/problem.ts';
import { errnoOf } from './disk-problem.ts';
import { writeWhole } from './write-whole.ts';

/** Says that a folder is a library of this program, and which one. */
export interface Marker {
  readonly libraryId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly madeBy: string;
}

export const OWN_FOLDER = '.photos-sync';
export const MARKER_PATH = `${OWN_FOLDER}/library.json`;

/** Undefined when there is none. One that cannot be understood is a broken disk, not a missing library. */
export async function readMarker(root: string): Promise<Marker | undefined> {
  let text: string;
  try {
    text = await readFile(`${root}/${MARKER_PATH}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
  try {
    const { libraryId, createdAt, madeBy } = JSON.parse(text) as Partial<Marker>;
    if (typeof libraryId === 'string' && libraryId !== '')
      return { libraryId, createdAt: String(createdAt ?? ''), madeBy: String(madeBy ?? '') };
  } catch {
    // falls through: same answer as for a marker without an id
  }
  throw new Problem('disk-error', `The library marker ${MARKER_PATH} in ${root} cannot be understood`);
}

export function writeMarker(root: string, marker: Marker): Promise<void> {
  return writeWhole(`${root}/${MARKER_PATH}`, `${JSON.stringify(marker, undefined, 2)}\n`, { durable: true });
}
