import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedSettings, type LoadOptions, loadSettings } from '../../../src/config/load.ts';
import { Problem } from '../../../src/domain/problem.ts';

/** An empty folder that disappears after the test. */
export function scratchFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'icps-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

export function load(options: Partial<LoadOptions> = {}): LoadedSettings {
  return loadSettings({ env: {}, cwd: scratchFolder(), ...options });
}

/** The message of the refusal; fails when the settings are accepted. */
export function refusal(options: Partial<LoadOptions>): string {
  try {
    load(options);
  } catch (error) {
    if (error instanceof Problem && error.code === 'settings-invalid') return error.message;
    throw error;
  }
  throw new Error('These settings were accepted.');
}
