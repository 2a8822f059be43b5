import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderConfiguration } from '../../../src/config/docs.ts';
import { settingList } from '../../../src/config/settings.ts';

describe('the settings page', () => {
  it('is up to date (else: scripts/generate-docs)', () => {
    expect(readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(renderConfiguration());
  });

  it('names every setting and every flag', () => {
    const page = renderConfiguration();
    for (const { facts } of settingList()) {
      expect(page).toContain(`| \`${facts.env}\` |`);
      if (facts.flag !== undefined) expect(page).toContain(facts.flag);
    }
  });
});
