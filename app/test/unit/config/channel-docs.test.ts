import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingList } from '../../../src/config/settings.ts';
import { fileNames, maybeFile } from '../../../src/config/sources.ts';
import { load } from './scratch.ts';

const DOCS = new URL('../../../../docs/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, DOCS), 'utf8');
const PAGES = readdirSync(new URL('notifications/', DOCS)).map((name) => `notifications/${name}`);
/** Every name under which a setting can be given. */
const NAMES = new Set(settingList().flatMap(({ facts }) => [facts.env, ...(maybeFile(facts) ? fileNames(facts.env) : [])]));

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly environment?: Readonly<Record<string, unknown>>; readonly secrets?: readonly string[] }>
  >;
  readonly secrets?: Readonly<Record<string, unknown>>;
}
const examplesOf = (page: string): Compose[] =>
  [...read(page).matchAll(/```yaml\n(services:.*?)```/gs)].map(([, text = '']) => parse(text) as Compose);

describe.each(PAGES)('docs/%s', (page) => {
  it('has an example for compose that names only settings that exist, each with its secret', () => {
    const examples = examplesOf(page);
    expect(examples.length).toBeGreaterThan(0);
    for (const { services, secrets = {} } of examples) {
      const { environment = {}, secrets: granted = [] } = services['photos-sync'] ?? {};
      for (const [name, value] of Object.entries(environment)) {
        expect(NAMES, name).toContain(name);
        if (!name.endsWith('_FILE')) continue;
        const secret = String(value).replace('/run/secrets/', '');
        expect([name, granted.includes(secret), secret in secrets]).toEqual([name, true, true]);
      }
    }
  });

  it('has an example that the program accepts', () => {
    for (const { services } of examplesOf(page)) {
      const given = Object.entries(services['photos-sync']?.environment ?? {});
      // What stands in a secret's file is up to its owner.
      const env = Object.fromEntries(
        given.map(([name, value]) => (name.endsWith('_FILE') ? [name.slice(0, -5), anyValueOf(name)] : [name, String(value)])),
      );
      expect(() => load({ env })).not.toThrow();
    }
  });

  it('is named on the overview', () => {
    expect(read('notifications.md')).toContain(`(${page})`);
  });
});

const anyValueOf = (name: string): string => (name.includes('URL_') ? 'https://example.com/x' : 'secret');

it('every setting of a channel is named on a page of its own', () => {
  const pages = PAGES.map(read).join('\n') + read('notifications.md');
  for (const { facts } of settingList()) if (facts.group === 'notifications') expect(pages).toContain(facts.env);
});

it.each(['notifications.md', 'metrics.md', 'api.md', 'home-assistant.md', 'uptime-kuma.md', ...PAGES])(
  'the links of docs/%s lead somewhere',
  (page) => {
    for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect([link, existsSync(new URL(link, new URL(page, DOCS)))]).toEqual([link, true]);
  },
);
