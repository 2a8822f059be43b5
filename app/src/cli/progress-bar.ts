import cliProgress, { type Options, type Params } from 'cli-progress';
import { formatBytes, formatCount, formatDuration, plural } from '../domain/format.ts';
import type { Progress } from '../domain/service-state.ts';

export interface ProgressDisplayOptions {
  /** Without a terminal: least time between two lines of progress, 60 s. The first comes after that time, so a short run says nothing. */
  readonly plainEveryMs?: number;
  /** Where those lines go, the log for instance. To the output if not given. */
  readonly plainLine?: (text: string) => void;
  /** Shows and prints nothing at all. */
  readonly silent?: boolean;
}

/** Progress on a terminal as one line that moves, elsewhere as a line now and then. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Prints text to the output: above the bar while there is one. */
  line(text: string): void;
  /** Takes the bar away and gives the cursor back; has to be called, or the process does not end. `show` starts anew. */
  done(): void;
}

export function createProgressDisplay(output: NodeJS.WriteStream, options: ProgressDisplayOptions = {}): ProgressDisplay {
  if (options.silent) return { show() {}, line() {}, done() {} };
  return output.isTTY ? barDisplay(output) : plainDisplay(output, options);
}

function plainDisplay(output: NodeJS.WriteStream, { plainEveryMs = 60_000, plainLine }: ProgressDisplayOptions): ProgressDisplay {
  const line = (text: string): void => void output.write(`${text}\n`);
  const say = plainLine ?? line;
  let spokenMs: number | undefined;
  return {
    show(progress) {
      const nowMs = performance.now();
      spokenMs ??= nowMs;
      if (nowMs - spokenMs < plainEveryMs) return;
      spokenMs = nowMs;
      const { phase, details } = describe(progress);
      say([phase.replace(/^./, (first) => first.toUpperCase()), ...details].join(', '));
    },
    line,
    done() {
      spokenMs = undefined;
    },
  };
}

const REDRAWS_PER_SECOND = 5;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;
/** " 100% " */
const PERCENT_WIDTH = 6;

function barDisplay(output: NodeJS.WriteStream): ProgressDisplay {
  const bar = new cliProgress.SingleBar({
    stream: output,
    fps: REDRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the program's own business.
    gracefulExit: false,
    // The line is made to fit; the terminal's own wrapping stays as it is.
    linewrap: true,
    barsize: LONGEST_BAR,
    barCompleteChar: cliProgress.Presets.shades_classic.barCompleteChar,
    barIncompleteChar: cliProgress.Presets.shades_classic.barIncompleteChar,
    format: (options: Options, { maxWidth }: Params, { latest }: { latest: Progress }) => fitted(describe(latest), maxWidth - 1, options),
  });
  let latest: Progress | undefined;
  const done = (): void => {
    if (!latest) return;
    latest = undefined;
    process.off('exit', done);
    bar.stop();
  };
  return {
    show(progress) {
      if (latest) {
        latest = progress;
        bar.update({ latest });
        return;
      }
      latest = progress;
      // A terminal without a cursor must not be what a crash leaves behind.
      process.once('exit', done);
      bar.start(1, 0, { latest });
    },
    line(text) {
      // The bar ends by going back to where on the screen it began, so it must not live through lines that scroll it away.
      if (latest) bar.stop();
      output.write(`${text}\n`);
      if (latest) bar.start(1, 0, { latest });
    },
    done,
  };
}

interface Description {
  readonly phase: string;
  /** What can be done without comes first. */
  readonly details: readonly string[];
  /** 0 to 1, undefined where the whole is not known. */
  readonly share: number | undefined;
}

/** The whole number of items is a hint that may stay out of reach: once a time can be told, the listing has ended. */
function isListing({ counts, expectedItems, remainingMs }: Progress): boolean {
  return remainingMs === undefined && (expectedItems === undefined || counts.listed < expectedItems);
}

function describe(progress: Progress): Description {
  const { counts, expectedItems, missingFiles, missingBytes, bytesPerSecond, remainingMs } = progress;
  const fetched = counts.downloaded + counts.reused;
  const rate = bytesPerSecond >= 1 ? [`${formatBytes(bytesPerSecond)}/s`] : [];
  if (isListing(progress)) {
    const whole = expectedItems === undefined ? '' : ` of about ${formatCount(expectedItems)}`;
    return {
      phase: `listing ${formatCount(counts.listed)}${whole} items`,
      details: [...(fetched > 0 ? [`${plural(fetched, 'file')} fetched`, formatBytes(counts.downloadedBytes)] : []), ...rate],
      share: expectedItems === undefined ? undefined : shareOf(counts.listed, expectedItems),
    };
  }
  const files = fetched + missingFiles;
  if (files === 0) return { phase: `listed ${plural(counts.listed, 'item')}, nothing to fetch`, details: [], share: undefined };
  const bytes = counts.downloadedBytes + missingBytes;
  return {
    phase: `fetching files ${formatCount(fetched)} of ${formatCount(files)}`,
    details: [
      ...(bytes > 0 ? [`${formatBytes(counts.downloadedBytes)} of ${formatBytes(bytes)}`] : []),
      ...rate,
      ...(remainingMs ? [`${formatDuration(remainingMs)} left`] : []),
    ],
    share: bytes > 0 ? shareOf(counts.downloadedBytes, bytes) : shareOf(fetched, files),
  };
}

const shareOf = (part: number, whole: number): number => (whole > 0 ? Math.min(Math.max(part / whole, 0), 1) : 0);

/** One line of at most `width` characters: details go before the bar does, and the phase is what stays. */
function fitted({ phase, details, share }: Description, width: number, options: Options): string {
  const forBar = share === undefined ? 0 : SHORTEST_BAR + PERCENT_WIDTH;
  let shown = details;
  const text = (): string => [phase, ...shown].join(' · ');
  while (shown.length > 0 && text().length + forBar > width) shown = shown.slice(1);
  if (share === undefined) return text().slice(0, Math.max(width, 0));
  const barsize = Math.min(LONGEST_BAR, width - text().length - PERCENT_WIDTH);
  // Rounded down: 100% means all.
  const percent = `${Math.floor(share * 100)}%`.padStart(5);
  const drawn = barsize < SHORTEST_BAR ? '' : `${cliProgress.Format.BarFormat(share, { ...options, barsize })}${percent} `;
  return `${drawn}${text()}`.slice(0, Math.max(width, 0));
}
