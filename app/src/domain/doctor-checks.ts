import type { Check, Verdict } from './doctor-report.ts';
import { formatBytes, formatDuration } from './format.ts';
import type { VolumeTraits } from './volume.ts';

type Fact = readonly [string, string];
const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

interface Volume {
  readonly is: 'none' | 'empty' | 'ours' | 'foreign';
  readonly fileSystem: string | undefined;
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly freeInodes: number | undefined;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly mode: string | undefined;
  readonly ownerIsUs: boolean | undefined;
  readonly traits: VolumeTraits | undefined;
}

/** Less than this, and a sync of a film may fill the disk. */
const LITTLE_BYTES = 1_000_000_000;
const FEW_INODES = 1_000;

/** A folder and the volume below it. */
export function volumeCheck(
  title: string,
  volume: Volume,
  files: readonly { readonly name: string; readonly bytes: number; readonly mode: string }[] = [],
): Check {
  if (volume.is === 'none')
    return {
      title,
      verdict: 'bad',
      facts: [['folder', 'is not there']],
      advice: 'Is the volume mounted, and DATA_DIR (or CONFIG_DIR) right? Before the first sync this is no fault: it makes the folder.',
    };
  const facts: Fact[] = [
    [
      'holds',
      {
        empty: 'nothing of ours',
        ours: title === 'Library' ? 'a library of this program' : 'our state',
        foreign: 'files, but no library of this program',
        none: '',
      }[volume.is],
    ],
    ['file system', volume.fileSystem ?? 'not told'],
    ['free', volume.freeBytes === undefined ? 'not told' : `${formatBytes(volume.freeBytes)} of ${formatBytes(volume.totalBytes ?? 0)}`],
    [
      'access',
      `read ${yesNo(volume.readable)}, write ${yesNo(volume.writable)}, mode ${volume.mode ?? '?'}, owner ${owner(volume.ownerIsUs)}`,
    ],
  ];
  if (volume.freeInodes !== undefined) facts.push(['free inodes', String(volume.freeInodes)]);
  const { traits } = volume;
  if (traits)
    facts.push(
      ['links', `symbolic ${yesNo(traits.symlinks)}, hard ${yesNo(traits.hardLinks)}`],
      [
        'names',
        `${traits.foldsCase ? 'case is folded' : 'case matters'}${traits.foldsForm ? ', forms are folded' : ''}, up to ${traits.nameLimitBytes} bytes`,
      ],
      [
        'times and modes',
        `steps of ${traits.timeStepMs} ms, before 1970 ${yesNo(traits.oldTimes)}, modes ${traits.modes ? 'kept' : 'not kept'}`,
      ],
      ['files above 4 GB', yesNo(traits.largeFiles)],
    );
  facts.push(...files.map(({ name, bytes, mode }): Fact => [name, `${formatBytes(bytes)}, mode ${mode}`]));
  const found = trouble(volume);
  return { title, verdict: found?.verdict ?? 'good', facts, advice: found?.advice };
}

const owner = (isUs: boolean | undefined): string => (isUs === undefined ? 'not told' : isUs ? 'this user' : 'another user');

function trouble(volume: Volume): { readonly verdict: Verdict; readonly advice: string } | undefined {
  if (!volume.readable || !volume.writable)
    return { verdict: 'bad', advice: 'Give the user of this service read and write permission to the folder, or mount it writable.' };
  if (volume.is === 'foreign')
    return {
      verdict: 'bad',
      advice: 'DATA_DIR holds files of something else. Choose an empty folder, or bring the files in with `import`.',
    };
  if ((volume.freeBytes ?? LITTLE_BYTES) < LITTLE_BYTES)
    return { verdict: 'bad', advice: 'Less than 1 GB is free: make room on the volume.' };
  if ((volume.freeInodes ?? FEW_INODES) < FEW_INODES)
    return { verdict: 'bad', advice: 'The volume can hold hardly any more files: it is out of inodes.' };
  if (volume.traits && !volume.traits.symlinks)
    return { verdict: 'note', advice: 'This volume holds no symbolic links, so albums have no folders here. All photos are backed up.' };
  return undefined;
}

const BEAT_MS = 60_000;

export function lockCheck(
  locks: readonly {
    readonly lock: string;
    readonly command: string;
    readonly onThisMachine: boolean;
    readonly startedAtMs: number;
    readonly beatAtMs: number;
  }[],
  nowMs: number,
): Check {
  if (locks.length === 0) return { title: 'Locks', verdict: 'good', facts: [['held by', 'nobody']] };
  const isStale = locks.some(({ beatAtMs }) => nowMs - beatAtMs > BEAT_MS);
  return {
    title: 'Locks',
    verdict: isStale ? 'note' : 'good',
    facts: locks.map(
      ({ lock, command, onThisMachine, startedAtMs, beatAtMs }): Fact => [
        lock,
        `"${command}" on ${onThisMachine ? 'this machine' : 'another machine or container'} since ${new Date(startedAtMs).toISOString()}, last sign of life ${formatDuration(Math.max(0, nowMs - beatAtMs))} ago`,
      ],
    ),
    advice: isStale
      ? 'A run ended without giving its lock back. The next one takes it over; on another machine that needs --force.'
      : undefined,
  };
}

export function serviceCheck(health: string | undefined): Check {
  const verdict = health === 'stale' || health === 'broken' ? 'bad' : 'good';
  return {
    title: 'Service',
    verdict,
    facts: [['health', health ?? 'no service answers']],
    advice: verdict === 'bad' ? 'See `icloud-photos-sync status` and the log.' : undefined,
  };
}

export function portCheck({ port, answers }: { readonly port: number; readonly answers: boolean }, health: string | undefined): Check {
  const isMissing = health !== undefined && !answers;
  return {
    title: 'Web port',
    verdict: isMissing ? 'note' : 'good',
    facts: [[`port ${port}`, answers ? 'something answers' : 'nothing answers']],
    advice: isMissing ? 'The service runs without its page: the port was taken or forbidden. Set PORT to a free one.' : undefined,
  };
}

/** How far a connection came, and how long each step took, ms. */
export type Reached =
  | {
      readonly is: 'answered';
      readonly host: string;
      readonly status: number;
      readonly dnsMs: number | undefined;
      readonly tcpMs: number | undefined;
      readonly tlsMs: number | undefined;
      readonly totalMs: number;
      /** How far this machine's clock is ahead of the server's, ms; undefined when it told no date. Exact to a second or so. */
      readonly aheadMs: number | undefined;
    }
  | { readonly is: 'failed'; readonly host: string; readonly at: 'name' | 'connection' | 'encryption' | 'answer'; readonly code: string };

const WAYS_OUT = {
  name: 'The name cannot be found: check the DNS of this machine or container.',
  connection: 'No connection: a firewall, a proxy, or no route from this container?',
  encryption: 'No trusted encryption: if a proxy re-signs traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
  answer: 'The connection stands but no answer came: a proxy or filter in between?',
} as const;

/** Clocks that differ by more make sign-ins and signed addresses fail. */
const BAD_CLOCK_MS = 60_000;
const ODD_CLOCK_MS = 5_000;

export function networkChecks(reached: readonly Reached[]): readonly Check[] {
  const failed = reached.find((one) => one.is === 'failed');
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`);
  const network: Check = {
    title: 'Network',
    verdict: failed ? 'bad' : 'good',
    facts: reached.map(
      (one): Fact => [
        one.host,
        one.is === 'answered'
          ? `HTTP ${one.status} in ${ms(one.totalMs)} (name ${ms(one.dnsMs)}, connection ${ms(one.tcpMs)}, TLS ${ms(one.tlsMs)})`
          : `failed at the ${one.at} (${one.code})`,
      ],
    ),
    advice: failed && WAYS_OUT[failed.at],
  };
  return [network, clockCheck(reached)];
}

/** The quickest answer tells the time best. */
function clockCheck(reached: readonly Reached[]): Check {
  const [best] = reached
    .flatMap((one) => (one.is === 'answered' && one.aheadMs !== undefined ? [{ totalMs: one.totalMs, aheadMs: one.aheadMs }] : []))
    .sort((a, b) => a.totalMs - b.totalMs);
  if (!best) return { title: 'Clock', verdict: 'note', facts: [['compared with Apple', 'not possible']] };
  const offMs = Math.abs(best.aheadMs);
  const off = offMs < 1500 ? 'right to a second or so' : `${formatDuration(offMs)} ${best.aheadMs > 0 ? 'ahead' : 'behind'}`;
  return {
    title: 'Clock',
    verdict: offMs > BAD_CLOCK_MS ? 'bad' : offMs > ODD_CLOCK_MS ? 'note' : 'good',
    facts: [['compared with Apple', off]],
    advice: offMs > ODD_CLOCK_MS ? 'Set the clock of this machine by NTP: sign-ins and signed addresses depend on it.' : undefined,
  };
}
