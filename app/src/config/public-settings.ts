import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SettingFacts } from './setting.ts';
import { defaultOf, type SettingKey, type Settings, settingList } from './settings.ts';

/** Free text that says nothing about a person. */
const HARMLESS: ReadonlySet<SettingKey> = new Set(['schedule', 'tz']);

/** Settings that are not as by default, fit for a public report: what a person wrote freely is only said to be set. */
export function publicSettings(settings: Settings): readonly { readonly name: string; readonly value: string }[] {
  return settingList()
    .filter(({ key }) => !isDeepStrictEqual(settings[key], key === 'configDir' ? join(settings.dataDir, '.photos-sync') : defaultOf(key)))
    .map(({ key, facts }) => ({ name: facts.env, value: shown(key, facts, settings[key]) }));
}

function shown(key: SettingKey, facts: SettingFacts, value: unknown): string {
  if (facts.secret) return '(set)';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `(${value.length} entries)`;
  if (typeof value === 'string' && (HARMLESS.has(key) || isOneOf(facts.expects, value))) return value;
  return '(set)';
}

/** A choice between words that the setting itself names. */
function isOneOf(expects: string, value: string): boolean {
  return expects.split(/[\s,]+/).includes(value);
}
