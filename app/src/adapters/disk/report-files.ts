import { mkdir } from 'node:fs/promises';
import { onDisk } from './disk-problem.ts';
import { writeWhole } from './write-whole.ts';

/** Reports as JSON, one file each, in the state folder. */
export function createReportFiles(folder: string) {
  return {
    /** Answers the path. */
    save: (name: string, value: object, nowMs: number): Promise<string> =>
      onDisk(folder, `write a report to ${folder}`, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
        const path = `${folder}/${name}-${stamp}.json`;
        await writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`, { durable: true });
        return path;
      }),
  };
}
