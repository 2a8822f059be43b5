import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createPrometheus } from '../../../src/adapters/metrics/prometheus.ts';
import type { MetricFacts } from '../../../src/domain/metric-facts.ts';
import { type ParsedSample, parsePrometheus } from '../../support/prometheus-text.ts';
import { factsWith, NOW, REPORT, STATE } from './facts.ts';

const docs = (path: string) => readFileSync(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8');

async function pageOf(facts: MetricFacts, runs = 1) {
  const { page, events } = createPrometheus({ facts: () => facts });
  for (let run = 0; run < runs; run++) events.ended(REPORT, 'schedule');
  return page.text();
}

const shown = (samples: readonly ParsedSample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples.find(
    (sample) => sample.name === `photos_sync_${name}` && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;

function dashboardQueries(): readonly string[] {
  const { panels } = JSON.parse(docs('grafana/dashboard.json')) as { panels: { targets?: { expr: string }[] }[] };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

describe('the metrics', () => {
  it('are read by a strict reader, and say what the service knows', async () => {
    const samples = parsePrometheus(await pageOf(factsWith()));
    expect(shown(samples, 'icloud_items')).toBe(84_312);
    expect(shown(samples, 'files', { kind: 'original', state: 'verified' })).toBe(84_300);
    expect(shown(samples, 'missing_files', { reason: 'content-mismatch' })).toBe(2);
    expect(shown(samples, 'last_success_timestamp_seconds')).toBe((NOW - 24 * 3_600_000) / 1000);
    expect(shown(samples, 'trust_expiry_timestamp_seconds')).toBe(NOW / 1000 + 12.5 * 86_400);
    expect(shown(samples, 'last_run_duration_seconds')).toBe(90.5);
    expect(shown(samples, 'need', { code: 'code-needed' })).toBe(1);
    expect(shown(samples, 'phase', { phase: 'syncing' })).toBe(1);
    expect(shown(samples, 'phase', { phase: 'idle' })).toBe(0);
    expect(shown(samples, 'offsite_ok', { target: 'nas "upstairs"' })).toBe(0);
    expect(shown(samples, 'notifications_waiting', { channel: 'ntfy' })).toBe(2);
    expect(shown(samples, 'findings', { code: 'file-damaged' })).toBe(1);
    expect(shown(samples, 'held_items')).toBe(438);
  });

  it('count runs, and forget what no longer holds', async () => {
    let facts = factsWith();
    const { page, events } = createPrometheus({ facts: () => facts });
    events.ended(REPORT, 'schedule');
    events.ended({ ...REPORT, outcome: 'complete', problems: [] }, 'person');
    await page.text();
    facts = factsWith({ state: { ...STATE, need: undefined, progress: undefined }, coverage: undefined });
    const samples = parsePrometheus(await page.text());
    expect(shown(samples, 'runs_total', { trigger: 'schedule', outcome: 'incomplete' })).toBe(1);
    expect(shown(samples, 'runs_total', { trigger: 'person', outcome: 'complete' })).toBe(1);
    expect(shown(samples, 'downloaded_bytes_total')).toBe(10_000_000);
    expect(shown(samples, 'run_problems_total', { code: 'content-mismatch' })).toBe(1);
    // Nothing old stays behind when it is not known any more.
    for (const name of ['need', 'icloud_items', 'complete', 'sync_missing_files'])
      expect([name, shown(samples, name)]).toEqual([name, undefined]);
  });

  it('say nothing of an account, a path or a person', async () => {
    const text = await pageOf(factsWith());
    expect(text).not.toMatch(/@|\/_All-Photos|sftp:|Apple wants/);
  });

  const promtool = process.env.PROMTOOL ?? 'promtool';
  const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

  it.skipIf(!hasPromtool)('pass promtool check metrics', async () => {
    expect(execFileSync(promtool, ['check', 'metrics'], { input: await pageOf(factsWith()), encoding: 'utf8' })).toBe('');
  });

  it.skipIf(!hasPromtool)('have a dashboard whose queries promtool understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'photos-dashboard-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const rules = dashboardQueries().map((expr, index) => ({ record: `query_${index}`, expr }));
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(execFileSync(promtool, ['check', 'rules', join(folder, 'rules.yml')], { encoding: 'utf8' })).toContain('SUCCESS');
  });

  it.skipIf(!hasPromtool)('have alert rules that promtool understands', () => {
    const file = new URL('../../../../docs/alerts.yml', import.meta.url).pathname;
    expect(execFileSync(promtool, ['check', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});

describe('whoever uses the metrics names only what exists', () => {
  const NAME = /\b(?:photos_sync|process)_[a-z0-9_]+/g;
  const existing = async () => new Set([...(await pageOf(factsWith())).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const namesIn = (text: string) => [...new Set(text.match(NAME))];

  it('the dashboard', async () => {
    const queries = dashboardQueries();
    expect(queries.length).toBeGreaterThan(10);
    const names = await existing();
    for (const query of queries) {
      expect(namesIn(query).length, query).toBeGreaterThan(0);
      for (const name of namesIn(query)) expect(names, query).toContain(name);
    }
  });

  it('the alert rules', async () => {
    const { groups } = parse(docs('alerts.yml')) as { groups: { rules: { alert: string; expr: string; annotations: object }[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    const names = await existing();
    for (const { alert, expr, annotations } of rules) {
      expect(annotations, alert).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
      for (const name of namesIn(expr)) expect(names, alert).toContain(name);
    }
  });

  it('and the page of the metrics names them all', async () => {
    const named = [...docs('metrics.md').matchAll(/^\| `([a-z0-9_]+)/gm)].map(([, name]) => name);
    expect(named.filter((name) => name?.startsWith('photos_sync_') || name?.startsWith('process_')).sort()).toEqual(
      [...(await existing())].sort(),
    );
  });
});
