import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Reads sizes as JSON, writes a file of each the safe way (temporary name, data to the disk, final name) and prints the seconds it took. */
const AT_ONCE = 8;
const PER_FOLDER = 300;

const [, , folder = ''] = process.argv;
if (folder === '') throw new Error('Usage: node bench/write-files.ts <folder> < sizes.json');
const sizes = JSON.parse(await text(process.stdin)) as number[];
const bytes = Buffer.alloc(Math.max(...sizes), 'x');
const startedMs = performance.now();
for (let first = 0; first < sizes.length; first += PER_FOLDER) await mkdir(join(folder, String(first / PER_FOLDER)), { recursive: true });

async function writeFile(index: number, size: number): Promise<void> {
  const temporary = join(folder, `${index}.part`);
  const file = await open(temporary, 'wx');
  try {
    await file.write(bytes, 0, size);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, String(Math.floor(index / PER_FOLDER)), `${index}.jpg`));
}

// One list of work for all: whoever is free takes the next.
const work = sizes.entries();
const workers = Array.from({ length: AT_ONCE }, async () => {
  for (const [index, size] of work) await writeFile(index, size);
});
await Promise.all(workers);
process.stdout.write(String((performance.now() - startedMs) / 1000));
