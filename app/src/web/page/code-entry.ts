import { handling } from '../../domain/problem.ts';
import type { ServiceState } from '../../domain/service-state.ts';
import { type Html, html } from './html.ts';

/** Nothing goes on without a code; whether a sign-in still waits for it is another question. */
export function needsCode({ phase, codeAwaited, need }: ServiceState): boolean {
  return codeAwaited || phase === 'waiting-for-code' || (phase === 'idle' && need?.code === 'code-needed');
}

/** The field for the six digits. */
export function codeEntry(basePath: string): Html {
  return html`<section>
<h2>Enter the code</h2>
<form method="post" action="${basePath}/code" class="row" autocomplete="off">
<div><label for="code">Six digits</label><input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="6" pattern="[0-9]{6}" title="Six digits" required autofocus></div>
<button class="main">Continue</button>
</form>
</section>
`;
}

/** Every way to get a code, or another one. */
export function resendChoices({ phones, codeAwaited }: ServiceState, basePath: string): Html {
  // Without a list Apple still takes the wish and chooses the number itself.
  const numbers = phones.length > 0 ? phones : [{ id: undefined, maskedNumber: '' }];
  const device = resend(
    basePath,
    'device',
    undefined,
    codeAwaited ? 'Show it on my Apple devices again' : 'Send the code to my Apple devices',
  );
  return html`<section>
<h2>${codeAwaited ? 'Nothing there?' : 'Ask for a code'}</h2>
<div class="row">
${device}${numbers.map(
  ({ id, maskedNumber }) =>
    html`${resend(basePath, 'sms', id, `Text message ${maskedNumber}`)}${resend(basePath, 'voice', id, `Phone call ${maskedNumber}`)}`,
)}</div>
<p class="small row">${handling('code-needed').advice}</p>
</section>
`;
}

function resend(basePath: string, method: string, phoneId: number | undefined, label: string): Html {
  const phone = phoneId === undefined ? undefined : html`<input type="hidden" name="phoneNumberId" value="${phoneId}">`;
  return html`<form method="post" action="${basePath}/resend"><input type="hidden" name="method" value="${method}">${phone}<button>${label.trim()}</button></form>
`;
}
