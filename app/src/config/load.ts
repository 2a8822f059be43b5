import { join, resolve } from 'node:path';
import { Problem } from '../domain/problem.ts';
import { misspellings, settingNotices } from './notices.ts';
import { channelGaps } from './notify-gaps.ts';
import type { SettingFacts } from './setting.ts';
import { type SettingKey, Settings, settingList } from './settings.ts';
import { findGiven, type Given, readDotenv, Unreadable } from './sources.ts';

export interface LoadOptions {
  /** Flags by key, as the command line parser gives them. */
  readonly argv?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Sentences for the owner: nothing is wrong, but something is not as they may think. */
  readonly notices: readonly string[];
  /** Values that must never be shown; for the redactor. */
  readonly secrets: readonly string[];
}

/** Reads every setting from wherever it was given, or throws Problem `settings-invalid` that names all wrong ones at once. */
export function loadSettings({ argv = {}, env, cwd }: LoadOptions): LoadedSettings {
  const { names: dotenv, notice } = readDotenv(cwd);
  const sources = { argv, env, dotenv, cwd };
  const wrong: string[] = [];
  const secrets: string[] = [];
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const { key, facts } of settingList()) {
    const given = findGiven(key, facts, sources);
    if (given instanceof Unreadable) {
      wrong.push(given.line);
      continue;
    }
    if (given && facts.secret) secrets.push(given.text);
    const parsed = Settings.shape[key].safeParse(given?.text);
    if (parsed.success) values[key] = parsed.data;
    else wrong.push(wrongLine(facts, given));
  }
  wrong.push(...channelGaps(values));
  if (wrong.length > 0) throw new Problem('settings-invalid', [headline(wrong.length), ...wrong.map((line) => `  ${line}`)].join('\n'));
  const settings = settled(values as Omit<Settings, 'configDir'> & { configDir?: string }, cwd);
  const notices = [...settingNotices(settings), ...misspellings([...Object.keys(env), ...Object.keys(dotenv)])];
  return { settings, notices: notice === undefined ? notices : [notice, ...notices], secrets };
}

/** Folders become absolute here, so that nobody downstream depends on the working directory. */
function settled(values: Omit<Settings, 'configDir'> & { configDir?: string }, cwd: string): Settings {
  const dataDir = resolve(cwd, values.dataDir);
  return { ...values, dataDir, configDir: values.configDir ? resolve(cwd, values.configDir) : join(dataDir, '.photos-sync') };
}

const headline = (count: number): string => (count === 1 ? 'One setting cannot be used:' : `${count} settings cannot be used:`);

function wrongLine(facts: SettingFacts, given: Given | undefined): string {
  const name = facts.flag ? `${facts.env} (${facts.flag})` : facts.env;
  return `${name} is ${facts.secret ? '(not shown)' : quoted(given?.text ?? '')} ${given?.from ?? ''}: expected ${facts.expects}.`;
}

/** In quotes, on one line, and short: a whole file may have been pasted by mistake. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
