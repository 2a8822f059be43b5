import type { RenditionKind } from '../../domain/asset.ts';
import type { Coverage, KindCoverage } from '../../domain/coverage.ts';
import { formatCount } from '../../domain/format.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { formatWhen } from './when.ts';
import { items } from './words.ts';

const NAMES: Readonly<Partial<Record<RenditionKind, string>>> = {
  original: 'Originals',
  'live-video': 'Live films',
  edited: 'Edited versions',
  'edited-video': 'Edited films',
  alternative: 'RAW partners',
  sidecar: 'Sidecars',
};
const ORDER = Object.keys(NAMES);

/** Kinds in the order in which people think of them; what this version does not know comes last. */
function sorted(kinds: readonly KindCoverage[]): readonly KindCoverage[] {
  const rank = ({ kind }: KindCoverage) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return kinds.toSorted((a, b) => rank(a) - rank(b));
}

/** What iCloud holds and what of it is proven to be here. `fresh`: the comparison is young enough for ticks. */
export function coverageSection(coverage: Coverage, nowMs: number, fresh: boolean): Html {
  const { listedAtMs, kinds } = coverage;
  const when = listedAtMs === undefined ? 'not compared to the end yet' : `compared ${formatWhen(listedAtMs, nowMs)}`;
  const known = sorted(kinds);
  const sum = known.reduce(
    (all, kind) => ({
      kind: 'original',
      listed: all.listed + kind.listed,
      listedBytes: all.listedBytes + kind.listedBytes,
      stored: all.stored + kind.stored,
      verified: all.verified + kind.verified,
      unconfirmed: all.unconfirmed + kind.unconfirmed,
      unverifiable: all.unverifiable + kind.unverifiable,
    }),
    NOTHING,
  );
  const rows = known.map((kind) => row(NAMES[kind.kind] ?? kind.kind.replace('other:', ''), kind, fresh));
  return html`<div class="section-head"><h2 id="coverage">Coverage</h2><p class="note${fresh ? '' : ' amber'}">${when}</p></div>
<table class="figures" aria-labelledby="coverage">
<thead><tr><th scope="col">Kind</th><th scope="col">In iCloud</th><th scope="col">On disk</th><th scope="col">Verified</th></tr></thead>
<tbody>
${rows}</tbody>
<tfoot>
${row('All files', sum, fresh)}</tfoot>
</table>
${footnote(coverage, sum)}`;
}

const NOTHING: KindCoverage = {
  kind: 'original',
  listed: 0,
  listedBytes: 0,
  stored: 0,
  verified: 0,
  unconfirmed: 0,
  unverifiable: 0,
};

function row(name: string, { listed, stored, verified, unconfirmed, unverifiable }: KindCoverage, fresh: boolean): Html {
  const whole = listed === stored && stored === verified + unconfirmed + unverifiable;
  const tick =
    whole && fresh ? html`<span class="tick">${icon('tick')}<span class="hear">complete</span></span>` : html`<span class="tick"></span>`;
  const figure = (value: number, of: number) => html`<td${value < of ? html` class="amber"` : undefined}>${formatCount(value)}</td>`;
  return html`<tr><th scope="row">${name}</th><td>${formatCount(listed)}</td>${figure(stored, listed)}<td${
    verified + unconfirmed + unverifiable < listed ? html` class="amber"` : undefined
  }>${formatCount(verified)}${tick}</td></tr>
`;
}

function footnote({ noLongerListed, albums, leftOut }: Coverage, { unconfirmed, unverifiable }: KindCoverage): Html {
  const without = leftOut.reduce((sum, { files }) => sum + files, 0);
  const parts = [
    `${items(albums, 'album')}.`,
    without === 0
      ? 'Nothing is left out by a setting.'
      : `${items(without, 'file')} ${without === 1 ? 'is' : 'are'} left out by a setting.`,
    ...(unconfirmed > 0
      ? [`${items(unconfirmed, 'file')} came twice with the same bytes although Apple's checksum differs; they count as unconfirmed.`]
      : []),
    ...(unverifiable > 0 ? [`${items(unverifiable, 'file')} have a checksum of a form that cannot be recomputed.`] : []),
    ...(noLongerListed > 0
      ? [
          `${items(noLongerListed)} stored here ${noLongerListed === 1 ? 'is' : 'are'} no longer in iCloud; nothing was taken away for that.`,
        ]
      : []),
  ];
  return html`<p class="note">${parts.join(' ')}</p>\n`;
}
