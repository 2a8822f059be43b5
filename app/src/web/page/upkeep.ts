import type { ServiceState } from '../../domain/service-state.ts';
import { TRUST_DAYS } from '../../domain/trust-forecast.ts';
import type { Facts } from '../facts.ts';
import { type Html, html } from './html.ts';
import { offsiteOf } from './offsite-words.ts';
import { formatDay, formatWhen } from './when.ts';
import { ago, items, size } from './words.ts';

/** What keeps the backup alive: one statement and one grey line each. */
export function upkeepSection(state: ServiceState, facts: Facts | undefined, nowMs: number): Html {
  return html`<div class="section-head"><h2>Upkeep</h2></div>
<dl class="upkeep">
${offsite(state, nowMs)}${signIn(state, nowMs)}${facts && storage(facts)}${nextSync(state, nowMs)}</dl>
`;
}

function entry(name: string, says: Html | string, more: Html | string | undefined, tone = ''): Html {
  return html`<div><dt>${name}</dt><dd><p class="says ${tone}">${says}</p>${more === undefined ? undefined : html`<div class="note">${more}</div>`}</dd></div>
`;
}

function offsite(state: ServiceState, nowMs: number): Html {
  const targets = offsiteOf(state)?.targets ?? [];
  if (targets.length === 0) return entry('Off-site', 'No second copy yet', 'A fire or a thief would take both disk and backup.', 'amber');
  return html`${targets.map(({ name, lastSnapshotMs, snapshots, storedBytes, lastDrill, problem }) => {
    const says =
      lastSnapshotMs === undefined
        ? html`No snapshot yet on <b>${name}</b>`
        : html`Snapshot ${ago(nowMs - lastSnapshotMs)} on <b>${name}</b>`;
    const figures = [
      ...(snapshots === undefined ? [] : [items(snapshots, 'snapshot')]),
      ...(storedBytes === undefined ? [] : [size(storedBytes)]),
    ].join(', ');
    const drill = lastDrill === undefined ? 'No drill yet.' : `Last drill ${formatDay(lastDrill.atMs, nowMs)}: ${lastDrill.message}`;
    return entry(
      'Off-site',
      says,
      problem === undefined ? `${figures === '' ? '' : `${figures}. `}${drill}` : problem.message,
      problem === undefined ? '' : 'amber',
    );
  })}`;
}

function signIn({ trustDaysLeft, trustEndsMs, need }: ServiceState, nowMs: number): Html {
  if (need?.code === 'code-needed')
    return entry('Sign-in', `Needs a code since ${formatWhen(need.sinceMs, nowMs)}`, 'Apple asks about once a month.', 'amber');
  if (trustDaysLeft === undefined || trustEndsMs === undefined)
    return entry('Sign-in', 'Not known yet how long Apple trusts this server', undefined);
  const says = trustDaysLeft === 0 ? 'Apple may ask for a code any time now' : `Trusted until about ${formatDay(trustEndsMs, nowMs)}`;
  const left = Math.min(TRUST_DAYS, trustDaysLeft);
  return entry(
    'Sign-in',
    says,
    html`${trustBar(left)}${items(trustDaysLeft, 'day')} left. You hear from us 7, 3 and 1 days before.`,
    left <= 7 ? 'amber' : '',
  );
}

function trustBar(left: number): Html {
  const ticks = Array.from(
    { length: TRUST_DAYS },
    (_, day) => html`<rect x="${day * 8}" y="0" width="5" height="10" rx="1" class="${day < left ? 'on' : 'off'}"/>`,
  );
  return html`<svg class="trust${left <= 7 ? ' amber' : ''}" viewBox="0 0 ${TRUST_DAYS * 8 - 3} 10" role="img" aria-label="${left} of ${TRUST_DAYS} days left">${ticks}</svg>`;
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

function storage({ coverage, space, growth }: Facts): Html {
  const free = space === undefined ? '' : `, ${size(space.free)} free`;
  const month = growth.at(-1);
  return entry(
    'Storage',
    `${size(coverage.storedBytes)} used${free}`,
    month === undefined ? undefined : `${size(month.bytes)} stored in ${MONTH.format(new Date(`${month.month}-01T00:00:00Z`))}`,
    space !== undefined && space.free < space.total * 0.02 ? 'amber' : '',
  );
}

function nextSync({ paused, nextRunMs, phase }: ServiceState, nowMs: number): Html {
  if (phase === 'syncing')
    return entry('Sync', 'Running now', nextRunMs === undefined ? undefined : `The next one is ${formatWhen(nextRunMs, nowMs)}`);
  if (paused) return entry('Next sync', 'None while paused', undefined, 'amber');
  if (nextRunMs === undefined) return entry('Next sync', 'Not known yet', undefined);
  const when = formatWhen(nextRunMs, nowMs);
  return entry('Next sync', `${when.charAt(0).toUpperCase()}${when.slice(1)}`, undefined);
}
