import { existsSync } from 'node:fs';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';

interface Named {
  readonly name: string;
  readonly value: string;
}

/** Versions of what this process runs on. */
export function runtimeVersions(programVersion: string): readonly Named[] {
  const { node, sqlite, openssl } = process.versions;
  return [
    { name: 'icloud-photos-sync', value: programVersion },
    { name: 'node', value: node },
    { name: 'sqlite', value: sqlite ?? 'unknown' },
    { name: 'openssl', value: openssl ?? 'unknown' },
    { name: 'system', value: `${platform()} ${release()} ${arch()}` },
    { name: 'processors', value: `${availableParallelism()}, ${Math.round(totalmem() / 1e9)} GB of memory` },
    { name: 'user', value: process.getuid?.() === 0 ? 'root' : 'not root' },
    { name: 'container', value: containerKind() },
    { name: 'time zone', value: `UTC${offset(-new Date().getTimezoneOffset())}` },
  ];
}

function containerKind(): string {
  const engine = existsSync('/run/.containerenv') ? 'Podman' : existsSync('/.dockerenv') ? 'Docker' : undefined;
  const image = existsSync('/etc/s6/photos-sync') ? 'our image' : undefined;
  return [engine, image].filter(Boolean).join(', ') || 'none seen';
}

function offset(minutes: number): string {
  const [sign, of] = minutes < 0 ? ['-', -minutes] : ['+', minutes];
  return `${sign}${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
}
