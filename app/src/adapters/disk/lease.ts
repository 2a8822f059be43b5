import { readFile, unlink } from 'node:fs/promises';
import { errnoOf } from './disk-problem.ts';
import { writeWhole } from './write-whole.ts';

/** Who holds a lock, for people and for machines that the kernel's lock does not reach (SMB, NFS; decisions.md 7). */
export interface Lease {
  /** One per taken lock. */
  readonly instance: string;
  readonly host: string;
  /** Changes with every start of the machine; containers on one machine share it. Undefined where the system does not tell. */
  readonly bootId: string | undefined;
  readonly pid: number;
  readonly command: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly beatAt: number;
}

/** Undefined when there is none. One that cannot be understood counts as none: it is written whole or not at all. */
export async function readLease(path: string): Promise<Lease | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const lease = JSON.parse(text) as Lease;
    return typeof lease?.instance === 'string' && typeof lease.beatAt === 'number' ? lease : undefined;
  } catch {
    return undefined;
  }
}

export function writeLease(path: string, lease: Lease): Promise<void> {
  return writeWhole(path, `${JSON.stringify(lease)}\n`, { durable: false });
}

export async function removeLease(path: string, instance: string): Promise<void> {
  if ((await readLease(path))?.instance === instance) await unlink(path);
}

export async function bootId(): Promise<string | undefined> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim() || undefined;
}

export function describeLease({ command, pid, host, startedAt }: Lease): string {
  return `"${command}" (process ${pid} on ${host}) since ${new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}
