import { unlink } from 'node:fs/promises';
import { companionPaths } from '../../domain/sidecar-path.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';

/**
 * Takes the sidecars of a photo along to its new place (absolute paths, folder made already). Call it before the photo
 * itself is renamed: whoever finds the photo finds them. What lies in the way stays, and so does the sidecar.
 */
export async function moveCompanions(from: string, to: string): Promise<void> {
  const targets = companionPaths(to);
  for (const [index, companion] of companionPaths(from).entries()) {
    const target = targets[index];
    if (target === undefined || !(await lookAt(companion))?.isFile() || (await lookAt(target)) !== undefined) continue;
    await patientRename(companion, target);
  }
}

/** Removes them with the photo for good. */
export async function dropCompanions(path: string): Promise<void> {
  for (const companion of companionPaths(path)) if ((await lookAt(companion))?.isFile()) await unlink(companion);
}
