import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second here, whatever the kernel's own tick is. */
const TICKS_PER_S = 100;
const NOTHING = { cpuS: 0, peakRssMb: 0 };

/** User and system time and the largest resident size of a process so far; zeros when it has ended. */
export function usageOf(pid: number): { readonly cpuS: number; readonly peakRssMb: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold spaces, so counting starts behind it: state is 0, utime 11, stime 12.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peakKb = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
    return { cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S, peakRssMb: peakKb / 1024 };
  } catch {
    return NOTHING;
  }
}

/** Seconds that all cores together have been busy since the machine started. */
export function machineBusyS(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? '')
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_S;
}
