import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgressDisplay } from '../../../src/cli/progress-bar.ts';
import { FETCHING, fakeOutput, IDLE, LISTING, MB, progress, screenOf } from './screen.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0); // a forgotten timer would keep the process alive
  vi.useRealTimers();
});

function onTerminal(columns = 120, rows?: number) {
  const { output, text } = fakeOutput({ isTTY: true, columns });
  return { display: createProgressDisplay(output), text, screen: () => screenOf(text(), rows) };
}

describe('on a terminal', () => {
  it('shows one line that follows the run', () => {
    const { display, screen } = onTerminal();
    display.show(LISTING);
    expect(screen().lines).toEqual(['████████░░░░░░░░░░░░░░░░░░░░░░  25% listing 12,400 of about 48,211 items']);
    display.show(FETCHING);
    vi.advanceTimersByTime(1000);
    expect(screen().lines).toEqual([
      '████████░░░░░░░░░░░░░░░░░░░░░░  25% fetching files 1,234 of 48,211 · 3.2 GB of 12.8 GB · 12.0 MB/s · 13 min left',
    ]);
    expect(screen().cursorShown).toBe(false);
    display.done();
  });

  it.each([
    ['before the number of items is known', progress({ listed: 3 }), 'listing 3 items'],
    [
      'while files are fetched beside the listing',
      progress({ listed: 3, downloaded: 1, downloadedBytes: 2 * MB }, { bytesPerSecond: MB }),
      'listing 3 items · 1 file fetched · 2.0 MB · 1.0 MB/s',
    ],
    ['when all is there', progress({ listed: 3 }, { expectedItems: 3, remainingMs: 0 }), 'listed 3 items, nothing to fetch'],
    [
      'when iCloud promised more items than it listed',
      progress({ listed: 3, downloaded: 1 }, { expectedItems: 9, missingFiles: 1, remainingMs: 5000 }),
      '███████████████░░░░░░░░░░░░░░░  50% fetching files 1 of 2 · 5.0 s left',
    ],
  ])('says what goes on %s', (_when, state, line) => {
    const { display, screen } = onTerminal();
    display.show(state);
    expect(screen().lines).toEqual([line]);
    display.done();
  });

  it.each([0, 1, 5, 20, 40, 60, 80, 100, 200])('stays on one line in a window of %i columns', (columns) => {
    const { display, screen } = onTerminal(columns);
    for (const state of [LISTING, FETCHING, IDLE]) {
      display.show(state);
      vi.advanceTimersByTime(1000);
      expect(screen().lines.length).toBeLessThanOrEqual(1);
      expect((screen().lines[0] ?? '').length).toBeLessThan(columns || 80);
    }
    display.done();
  });

  it('keeps a bar and the time left at 80 columns', () => {
    const { display, screen } = onTerminal(80);
    display.show(FETCHING);
    expect(screen().lines[0]).toMatch(/^█+░+ {2}25% fetching files 1,234 of 48,211 · 12.0 MB\/s · 13 min left$/);
    display.done();
  });

  it('prints text above the bar, also when the screen scrolls', () => {
    const { display, screen } = onTerminal(120, 4);
    display.line('before');
    display.show(LISTING);
    const printed = Array.from({ length: 12 }, (_, number) => `text ${number}`);
    for (const text of printed) {
      display.line(text);
      vi.advanceTimersByTime(300);
      expect(screen().lines.at(-1)).toContain('listing 12,400');
    }
    display.line('two\nlines');
    expect(screen().lines.slice(0, -1)).toEqual(['before', ...printed, 'two', 'lines']);
    display.done();
    expect(screen().lines).toEqual(['before', ...printed, 'two', 'lines']);
  });

  it('leaves nothing behind: line, cursor, timer, listener', () => {
    const listeners = process.listenerCount('exit');
    const { display, text, screen } = onTerminal();
    display.show(LISTING);
    expect(process.listenerCount('exit')).toBe(listeners + 1);
    display.line('kept');
    display.done();
    display.done();
    expect(screen()).toEqual({ lines: ['kept'], cursorShown: true, row: 1 });
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(process.listenerCount('SIGINT')).toBe(0);
    const written = text();
    vi.advanceTimersByTime(60_000);
    expect(text()).toBe(written);
  });

  it('starts anew after done', () => {
    const { display, screen } = onTerminal();
    display.show(LISTING);
    display.done();
    display.line('Code?');
    display.show(FETCHING);
    expect(screen().lines).toEqual(['Code?', expect.stringContaining('fetching files')]);
    display.done();
  });

  it('redraws five times a second at most, however often it is told', () => {
    const { display, text } = onTerminal();
    for (let listed = 0; listed < 1000; listed++) {
      display.show(progress({ listed }));
      vi.advanceTimersByTime(1);
    }
    expect(text().split('listing').length - 1).toBeLessThanOrEqual(7);
    display.done();
  });
});

describe('without a terminal', () => {
  it('says a plain line every minute, not before the first is over', () => {
    const { output, text } = fakeOutput({ isTTY: false });
    const plain: string[] = [];
    const display = createProgressDisplay(output, { plainLine: (line) => void plain.push(line) });
    display.show(LISTING);
    expect(plain).toEqual([]);
    for (let second = 0; second < 185; second++) {
      vi.advanceTimersByTime(1000);
      display.show(second < 90 ? LISTING : FETCHING);
    }
    expect(plain).toEqual([
      'Listing 12,400 of about 48,211 items',
      'Fetching files 1,234 of 48,211, 3.2 GB of 12.8 GB, 12.0 MB/s, 13 min left',
      'Fetching files 1,234 of 48,211, 3.2 GB of 12.8 GB, 12.0 MB/s, 13 min left',
    ]);
    expect(text()).toBe('');
    display.done();
  });

  it('prints text as it is, and progress to the output when no other place is given', () => {
    const { output, text } = fakeOutput({ isTTY: false });
    const display = createProgressDisplay(output, { plainEveryMs: 1000 });
    display.line('first');
    display.show(LISTING);
    vi.advanceTimersByTime(1000);
    display.show(LISTING);
    display.done();
    expect(text()).toBe('first\nListing 12,400 of about 48,211 items\n');
  });
});

describe('silent', () => {
  it.each([true, false])('writes nothing at all (terminal: %s)', (isTTY) => {
    const { output, text } = fakeOutput({ isTTY, columns: 80 });
    const plain: string[] = [];
    const display = createProgressDisplay(output, { silent: true, plainEveryMs: 0, plainLine: (line) => void plain.push(line) });
    display.show(LISTING);
    display.line('text');
    display.done();
    expect([text(), plain]).toEqual(['', []]);
  });
});
