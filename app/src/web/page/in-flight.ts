import type { FileInFlight, Progress, ServiceState } from '../../domain/service-state.ts';
import { type Html, html } from './html.ts';
import { formatWhen } from './when.ts';
import { items, size } from './words.ts';

/** A page shows the slowest; the rest come and go faster than anybody reads. */
const SHOWN = 5;

/** What a sync is at, while it fetches: the files on their way, and how fast they come. */
export function inFlightSection(state: ServiceState, nowMs: number): Html | undefined {
  const { inFlight = [], progress, phase, sinceMs } = state;
  if (phase !== 'syncing' || inFlight.length === 0) return undefined;
  const started = formatWhen(sinceMs, nowMs);
  return html`<section class="two">
<div><div class="section-head"><h2 id="coming">On the way</h2><p class="note">${items(inFlight.length, 'file')} at a time</p></div>
<ul class="rows" aria-labelledby="coming">${inFlight.slice(0, SHOWN).map(entry)}</ul></div>
<div><div class="section-head"><h2>Speed</h2></div>
<dl class="upkeep">
${progress && figures(progress)}<div><dt>Started</dt><dd><p class="says">${started.charAt(0).toUpperCase()}${started.slice(1)}</p></dd></div>
</dl></div>
</section>
`;
}

function figures({ bytesPerSecond, counts, missingFiles, missingBytes }: Progress): Html {
  const speed = bytesPerSecond > 0 ? `${size(bytesPerSecond)}/s` : 'Nothing came in the last seconds';
  return html`<div><dt>Now</dt><dd><p class="says">${speed}</p></dd></div>
<div><dt>Files</dt><dd><p class="says">${items(counts.downloaded, 'file')} stored and verified</p><p class="note">${items(missingFiles, 'file')}, ${size(missingBytes)} to go</p></dd></div>
`;
}

function entry({ path, bytes }: FileInFlight): Html {
  const at = path.lastIndexOf('/');
  return html`<li><div><p>${path.slice(at + 1)}</p><p class="note">${path.slice(0, Math.max(0, at))}</p></div><p class="note">${size(bytes)}</p></li>
`;
}
