import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import type { SettingFacts } from './setting.ts';

/** Text that somebody gave for a setting, and the words for where it came from. */
export interface Given {
  readonly text: string;
  readonly from: string;
}

/** A setting that cannot even be read; becomes a line of the error. */
export class Unreadable {
  readonly line: string;
  constructor(line: string) {
    this.line = line;
  }
}

export type Names = Readonly<Record<string, string | undefined>>;

export interface Sources {
  /** Parsed flags by key. */
  readonly argv: Readonly<Record<string, unknown>>;
  readonly env: Names;
  /** Content of the .env file. */
  readonly dotenv: Names;
  /** Relative names of files start here. */
  readonly cwd: string;
}

/** Flag before environment before file before .env; what is empty was not set. */
export function findGiven(key: string, facts: SettingFacts, sources: Sources): Given | Unreadable | undefined {
  const flag = asText(sources.argv[key]);
  if (flag) return { text: flag, from: 'from the command line' };
  return among(facts, sources.env, 'from the environment', sources.cwd) ?? among(facts, sources.dotenv, 'from .env', sources.cwd);
}

export function maybeFile(facts: SettingFacts): boolean {
  return facts.secret === true || facts.fromFile === true;
}

/** The names under which a file is given: docker's habit and that of the linuxserver.io images. */
export function fileNames(env: string): readonly string[] {
  return [`${env}_FILE`, `FILE__${env}`];
}

function among(facts: SettingFacts, names: Names, from: string, cwd: string): Given | Unreadable | undefined {
  const text = names[facts.env];
  const files = maybeFile(facts) ? fileNames(facts.env).filter((name) => names[name]) : [];
  const set = [...(text ? [facts.env] : []), ...files];
  if (set.length > 1) return new Unreadable(`${set.join(' and ')} are both set (${from}): expected only one of them.`);
  if (text) return { text, from };
  const [name] = files;
  return name === undefined ? undefined : readGiven(name, names[name] ?? '', cwd);
}

function readGiven(name: string, path: string, cwd: string): Given | Unreadable | undefined {
  try {
    // Editors and `echo` end a file with a line break that is no part of the password; only one, and only at the end.
    const text = readFileSync(resolve(cwd, path), 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\r?\n$/, '');
    return text === '' ? undefined : { text, from: `from the file ${path}` };
  } catch (error) {
    return new Unreadable(`${name} names ${path}, which cannot be read (${codeOf(error)}): expected a file that this user may read.`);
  }
}

/** Reads .env without touching process.env. A missing file is normal. */
export function readDotenv(cwd: string): { readonly names: Names; readonly notice: string | undefined } {
  try {
    return { names: parse(readFileSync(resolve(cwd, '.env'))), notice: undefined };
  } catch (error) {
    const code = codeOf(error);
    return {
      names: {},
      notice: code === 'ENOENT' || code === 'ENOTDIR' ? undefined : `The file .env cannot be read (${code}); it is passed over.`,
    };
  }
}

function asText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
