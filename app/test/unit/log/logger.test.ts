import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger, type LoggerOptions } from '../../../src/adapters/log/logger.ts';
import { createRedactor } from '../../../src/adapters/log/redact.ts';
import type { LogFields } from '../../../src/ports/log.ts';

function start(options: Partial<LoggerOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'icps-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'photos-sync.log');
  const out = new PassThrough();
  const err = new PassThrough();
  const logger = createLogger({
    level: 'info',
    console: 'story',
    warnings: true,
    file: { path },
    redactor: createRedactor(['hush-hush']),
    out,
    err,
    ...options,
  });
  const read = () => readFileSync(path, 'utf8');
  return { ...logger, folder, path, read, out: () => String(out.read() ?? ''), err: () => String(err.read() ?? '') };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm;

function everyLevel(log: ReturnType<typeof start>['log']): void {
  log.debug('one file');
  log.info('the story', { files: 3, done: true, left: undefined });
  log.warn('a surprise');
  log.error('a failure', { path: 'a b.HEIC' });
}

describe('the file', () => {
  it('holds everything at its level with time, level, message and fields', async () => {
    const { log, close, read } = start();
    everyLevel(log);
    await close();
    expect(read()).toMatch(TIME);
    expect(read().replace(TIME, '')).toBe(
      'info  the story {"files":3,"done":true}\nwarn  a surprise\nerror a failure {"path":"a b.HEIC"}\n',
    );
  });

  it('holds per-file lines at level debug', async () => {
    const { log, close, read } = start({ level: 'debug' });
    everyLevel(log);
    await close();
    expect(read()).toContain('debug one file\n');
  });

  it('is complete when close resolves, however much was written', async () => {
    const { log, close, read } = start({ console: 'silent' });
    for (let line = 0; line < 5000; line++) log.info(`line ${line}`);
    await close();
    expect(read().trimEnd().split('\n')).toHaveLength(5000);
    expect(read()).toMatch(/line 4999\n$/);
  });

  it('is closed to everyone else, also when it was open before', async () => {
    const { log, close, path } = start();
    log.info('x');
    await close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    const again = start({ file: { path } });
    again.log.info('y');
    await again.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it('is rotated and keeps the newest lines under its own name', async () => {
    const { folder } = start();
    const path = join(folder, 'small.log');
    const { log, close } = start({ file: { path, maxBytes: 1000, maxFiles: 3 } });
    for (let line = 0; line < 200; line++) log.info(`line ${line}`);
    await close();
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('small'))
        .sort(),
    ).toEqual(['small.log', 'small.log.1', 'small.log.2']);
    const lines = ['small.log.2', 'small.log.1', 'small.log'].map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const text of lines) expect(text.length).toBeLessThanOrEqual(1000);
    expect(lines.join('')).toMatch(/line 197\n.*line 198\n.*line 199\n$/);
    expect(statSync(`${path}.2`).mode & 0o777).toBe(0o600);
  });

  it('waits for its folder instead of making it', async () => {
    const { folder } = start();
    const path = join(folder, 'later', 'log');
    const { log, close, err } = start({ file: { path } });
    log.info('first');
    expect(existsSync(join(folder, 'later'))).toBe(false);
    await new Promise((done) => setImmediate(done));
    mkdirSync(join(folder, 'later'));
    log.info('second');
    await close();
    expect(readFileSync(path, 'utf8').replace(TIME, '')).toBe('info  first\ninfo  second\n');
    expect(err()).toBe('');
  });

  it('says once that it cannot be written and lets the run go on', async () => {
    const { folder } = start();
    const { log, close, out, err } = start({ file: { path: folder } });
    log.info('first');
    log.info('second');
    await close();
    expect(out()).toBe('first\nsecond\n');
    expect(err()).toMatch(/^Warning: the log cannot be written: EISDIR.*\n$/);
  });
});

describe('the terminal', () => {
  it('tells the story in plain sentences', async () => {
    const { log, close, out, err } = start();
    everyLevel(log);
    await close();
    expect(out()).toBe('the story\n');
    expect(err()).toBe('Warning: a surprise\nError: a failure\n');
  });

  it('leaves warnings to the log when they are suppressed', async () => {
    const { log, close, read, err } = start({ warnings: false });
    everyLevel(log);
    await close();
    expect(err()).toBe('Error: a failure\n');
    expect(read()).toContain('a surprise');
  });

  it('shows the log itself instead of writing the file', async () => {
    const { log, close, path, out, err } = start({ console: 'all', level: 'debug' });
    everyLevel(log);
    await close();
    expect(out().replace(TIME, '')).toBe(
      'debug one file\ninfo  the story {"files":3,"done":true}\nwarn  a surprise\nerror a failure {"path":"a b.HEIC"}\n',
    );
    expect(err()).toBe('');
    expect(existsSync(path)).toBe(false);
  });

  it('stays silent when asked to', async () => {
    const { log, close, read, out, err } = start({ console: 'silent' });
    everyLevel(log);
    await close();
    expect(out() + err()).toBe('');
    expect(read()).toContain('a failure');
  });

  it('needs no file', async () => {
    const { log, close, out, err } = start({ console: 'silent', file: undefined });
    everyLevel(log);
    await close();
    expect(out() + err()).toBe('');
  });

  it('tells the story whatever the level of the log', async () => {
    const { log, close, read, out } = start({ level: 'error' });
    everyLevel(log);
    await close();
    expect(out()).toBe('the story\n');
    expect(read().replace(TIME, '')).toBe('error a failure {"path":"a b.HEIC"}\n');
  });
});

describe('what a line holds', () => {
  it('is redacted in message, fields, errors and causes, on every way out', async () => {
    const { log, close, read, out, err } = start({ level: 'debug' });
    const error = new Error('outer hush-hush', { cause: new Error('inner hush-hush') });
    log.error('said hush-hush', { text: 'hush-hush', error } as unknown as LogFields);
    log.info('said hush-hush');
    log.debug('{"password":"something"}', { code: '918273' });
    await close();
    const everything = read() + out() + err();
    expect(everything).toContain('inner ***');
    expect(everything).not.toMatch(/hush|something|918273/);
  });

  it('cannot forge a second line or move the cursor', async () => {
    const { log, close, read, out } = start();
    log.info('IMG\r\u001b[2K1.HEIC\nsecond line');
    await close();
    expect(out()).toBe('IMG\uFFFD\uFFFD[2K1.HEIC\nsecond line\n');
    expect(read().replace(TIME, '')).toBe('info  IMG\uFFFD\uFFFD[2K1.HEIC\n    second line\n');
  });

  it('survives fields that no type allows', async () => {
    const { log, close, read } = start();
    const loop: Record<string, unknown> = { big: 1n, never: Number.NaN };
    loop.self = loop;
    log.info('odd', loop as LogFields);
    await close();
    expect(read()).toContain('odd {"big":"1","never":"NaN","self":"…"}');
  });
});

describe('the end', () => {
  it('drops what comes after close and closes twice without harm', async () => {
    const { log, close, read } = start();
    log.info('first');
    await Promise.all([close(), close()]);
    log.info('late');
    await close();
    expect(read()).not.toContain('late');
  });

  it('outlives a terminal that goes away', async () => {
    const out = new PassThrough();
    const { log, close, read } = start({ out });
    out.destroy(new Error('EPIPE'));
    log.info('still logged');
    await close();
    expect(read()).toContain('still logged');
  });
});

it('writes lines to the file at once, so that a crash loses none', async () => {
  const { log, close, read, path } = start();
  writeFileSync(path, '');
  log.info('first');
  log.info('second');
  expect(read().replace(TIME, '')).toBe('info  first\ninfo  second\n');
  await close();
});
