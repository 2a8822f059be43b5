import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { ImportJournal } from '../../ports/import-journal.ts';
import { onDisk } from './disk-problem.ts';

/** A file of its own for each import, made with the first line: `import-20261120-021500.jsonl`. */
export function createImportJournal({ folder, name, nowMs }: { folder: string; name: string; nowMs: number }): ImportJournal {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const path = `${folder}/${name}-${stamp}.jsonl`;
  let opening: Promise<FileHandle> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const opened = async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(path, 'a', 0o600);
  };
  return {
    add: (line) =>
      onDisk(folder, `write ${path}`, async () => {
        opening ??= opened();
        const file = await opening;
        const writing = last.then(() => file.write(`${JSON.stringify(line)}\n`)); // one after the other: whole lines
        last = writing.catch(() => undefined);
        await writing;
      }),
    async close() {
      if (!opening) return undefined;
      await last;
      await (await opening).close();
      return path;
    },
  };
}
