import { formatCount } from '../../domain/format.ts';
import type { ServiceState } from '../../domain/service-state.ts';
import type { Facts } from '../facts.ts';
import { html } from './html.ts';
import type { Sentence } from './sentence.ts';
import { formatDay, formatWhen } from './when.ts';

const DAY_MS = 86_400_000;
/** A comparison with iCloud counts as fresh for two periods of the schedule, as health does. */
export function isFresh({ listedAtMs }: Facts['coverage'], { periodMs }: ServiceState, nowMs: number): boolean {
  return listedAtMs !== undefined && nowMs - listedAtMs <= 2 * Math.max(periodMs, DAY_MS / 2);
}

/** Complete, but for a question that has been answered since. */
export function endedWell({ lastRun, need }: ServiceState): boolean {
  return lastRun?.outcome === 'complete' || (lastRun?.code === 'removals-held' && need === undefined);
}

/** The answer that everything here works for; said only when the catalog proves each part of it. */
export function provenSentence(state: ServiceState, nowMs: number, facts: Facts | undefined): Sentence | undefined {
  if (facts === undefined || !endedWell(state) || state.lastSuccessMs === undefined) return undefined;
  const { coverage } = facts;
  const { read } = coverage;
  if (!coverage.complete || coverage.listedAtMs === undefined || !isFresh(coverage, state, nowMs)) return undefined;
  const files = coverage.kinds.reduce((sum, { listed }) => sum + listed, 0);
  const verified = coverage.kinds.reduce((sum, kind) => sum + kind.verified, 0);
  const [all, bytes] = [html`<b>${formatCount(coverage.assets)} items</b>`, html`<b>${formatCount(verified)} files</b>`];
  const compared = formatWhen(coverage.listedAtMs, nowMs).replace(', ', ' at ');
  if (read.files < read.allFiles) {
    const since = read.oldestMs === undefined ? 'they arrived' : formatDay(read.oldestMs, nowMs);
    return {
      short: 'Complete',
      title: 'Complete',
      lead: html`All ${all} are on this disk. Their bytes matched Apple’s checksums on arrival, but ${formatCount(read.allFiles - read.files)} were not read back since ${since}.`,
      tone: 'good',
      glyph: 'good',
    };
  }
  const odd = files - verified;
  const rest = odd === 0 ? undefined : html` ${formatCount(odd)} more could not be compared with Apple’s checksum; see below.`;
  return {
    short: 'Complete',
    title: coverage.intact ? 'Complete and intact' : 'Complete',
    lead: html`All ${all} in iCloud are on this disk, and the bytes of ${odd === 0 ? 'all ' : ''}${bytes} match Apple’s own checksums.${rest} Compared with iCloud ${compared}; every file was read whole within the last ${read.days} days.`,
    tone: 'good',
    glyph: 'good',
  };
}
