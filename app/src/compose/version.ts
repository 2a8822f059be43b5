import { readFileSync } from 'node:fs';

/** Of this program, as package.json says. It lies one folder higher once the sources are compiled. */
export function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {
      // The other place then.
    }
  }
  return 'unknown';
}
