import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

/** One photo over the timeline, with the proof of its files beside it. Its script fills it. */
export function viewerDialog(): Html {
  const button = (id: string, name: Parameters<typeof icon>[0], label: string) =>
    html`<button type="button" id="${id}" aria-label="${label}" title="${label}">${icon(name)}</button>`;
  return html`<dialog class="viewer" id="viewer" aria-labelledby="viewer-name">
<div class="stage" id="stage">
<div class="stage-bar">${button('viewer-close', 'close', 'Close')}<span class="grow"></span><div class="switch" id="viewer-switch" role="group" aria-label="Version" hidden><button type="button" id="show-edited" aria-pressed="true">Edited</button><button type="button" id="show-original" aria-pressed="false">Original</button></div>${button('viewer-live', 'live', 'Play the live film')}${button('viewer-info', 'info', 'Details')}<a id="viewer-download" href="#" aria-label="Download" title="Download" download>${icon('download')}</a></div>
<div class="stage-picture" id="stage-picture"></div>
${button('viewer-back', 'back', 'Newer')}${button('viewer-forward', 'forward', 'Older')}
</div>
<div class="panel" id="panel" tabindex="0" role="region" aria-label="Details"><h2 id="viewer-name"></h2><div id="panel-content"></div></div>
</dialog>
`;
}
