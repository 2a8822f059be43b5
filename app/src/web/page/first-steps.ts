import type { ServiceState } from '../../domain/service-state.ts';
import type { Facts } from '../facts.ts';
import { needsApproval, needsCode, step } from './code-entry.ts';
import { type Html, html } from './html.ts';
import { size } from './words.ts';

/** Until the first sync has ended: what is needed, what of it is done, and what can be relied on. */
export function firstSteps(state: ServiceState, facts: Facts | undefined): Html {
  const { need } = state;
  const isSyncing = state.phase === 'syncing';
  const asksAccount = need?.code === 'password-refused' || need?.code === 'password-missing';
  const asksCode = needsCode(state) || needsApproval(state);
  const free = facts?.space === undefined ? '' : ` ${size(facts.space.free)} are free on its volume.`;
  const folder =
    facts === undefined
      ? step('now', 'A place to store', 'We look at the library folder.')
      : step('done', 'A place to store', `The library folder is there and has our marker.${free}`);
  const account = step(
    asksAccount ? 'now' : 'done',
    'An Apple Account',
    'Its password is read from a secret and is never shown or logged.',
  );
  const code = step(
    isSyncing ? 'done' : asksCode ? 'now' : 'later',
    'A code from Apple',
    isSyncing
      ? 'Apple trusts this server for about a month.'
      : 'Six digits on your iPhone, iPad or Mac. The first sync starts right after them.',
  );
  const sync = step(isSyncing ? 'now' : 'later', 'First sync', 'You see how many items there are, and how long they will take.');
  return html`<section><ol class="steps">
${folder}${account}${code}${sync}</ol></section>
<section><div class="section-head"><h2>Good to know</h2></div>
<dl class="upkeep">
${fact('One way', 'iCloud is only read.', 'The one exception is an archive that you start yourself.')}${fact('Plain files', 'Folders by year and month, original names.', 'Any viewer or file manager can read them without us.')}${fact('Removals', 'Go to the Trash first.', 'Unusually many at once are held back until you decide.')}</dl></section>
`;
}

function fact(name: string, says: string, more: string): Html {
  return html`<div><dt>${name}</dt><dd><p class="says">${says}</p><p class="note">${more}</p></dd></div>
`;
}
