import type { ServiceState } from '../../domain/service-state.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { formatTime } from './when.ts';

/** Nothing goes on without a code; whether a sign-in still waits for it is another question. */
export function needsCode({ phase, codeAwaited, need }: ServiceState): boolean {
  return codeAwaited || phase === 'waiting-for-code' || (phase === 'idle' && need?.code === 'code-needed');
}

/** Nothing goes on before a device lets the web read the photos. */
export function needsApproval({ phase, need }: ServiceState): boolean {
  return phase === 'waiting-for-approval' || need?.code === 'approval-needed' || need?.code === 'web-access-off';
}

/** The field for the six digits: one field, so that phones can fill it in by themselves. `problem`: what became of the last code. */
export function codeEntry(basePath: string, problem: string | undefined): Html {
  const wrong = problem === undefined ? undefined : html` aria-invalid="true" aria-describedby="code-error"`;
  const says =
    problem === undefined
      ? undefined
      : html`<p class="error" role="alert" id="code-error">${icon('problems')}<span>${problem}</span></p>\n`;
  return html`<form method="post" action="${basePath}/code" class="code-form" autocomplete="off" data-code>
<label for="code" class="hear">Six digits</label>
<div class="row"><input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="6" pattern="[0-9]{6}" title="Six digits" required autofocus${wrong}>
<button class="main">Continue</button></div>
${says}</form>
`;
}

const CODE_LIFE_MS = 10 * 60_000;

/** Every way to get a code, or another one. */
export function resendChoices({ phones, codeAwaited, sinceMs, nextCodeMs }: ServiceState, basePath: string): Html {
  // Without a list Apple still takes the wish and chooses the number itself.
  const numbers = phones.length > 0 ? phones : [{ id: undefined, maskedNumber: '' }];
  const until = codeAwaited ? html`<p class="note">the last one is good until ${formatTime(sinceMs + CODE_LIFE_MS)}</p>` : undefined;
  const wait =
    nextCodeMs === undefined
      ? undefined
      : html`<p class="amber" id="resend-wait">Many codes were asked for lately. The next one can be sent at ${formatTime(nextCodeMs)}<span data-until="${nextCodeMs}"></span>; asking sooner could lock the account for codes.</p>\n`;
  const device = resend(basePath, {
    isHeld: wait !== undefined,
    method: 'device',
    phoneId: undefined,
    label: codeAwaited ? 'Show it on my Apple devices again' : 'Send the code to my Apple devices',
    more: 'iPhone, iPad or Mac signed in to this account',
  });
  return html`<section>
<div class="section-head"><h2>${codeAwaited ? 'Nothing there?' : 'Ask for a code'}</h2>${until}</div>
${wait}<ul class="choices">
${device}${numbers.map(
  ({ id, maskedNumber }) =>
    html`${resend(basePath, { isHeld: wait !== undefined, method: 'sms', phoneId: id, label: 'Text message', more: maskedNumber })}${resend(basePath, { isHeld: wait !== undefined, method: 'voice', phoneId: id, label: 'Phone call', more: maskedNumber })}`,
)}</ul>
<p class="note">From a shell: <code>docker exec photos-sync enter_mfa 123456</code></p>
</section>
`;
}

interface Choice {
  /** Not possible at the moment. */
  readonly isHeld: boolean;
  readonly method: 'device' | 'sms' | 'voice';
  readonly phoneId: number | undefined;
  readonly label: string;
  readonly more: string;
}

const VERBS = { device: 'Send', sms: 'Send', voice: 'Call' } as const;
const SIGNS = { device: 'phone', sms: 'message', voice: 'call' } as const;

function resend(basePath: string, { isHeld, method, phoneId, label, more }: Choice): Html {
  const phone = phoneId === undefined ? undefined : html`<input type="hidden" name="phoneNumberId" value="${phoneId}">`;
  const full = `${VERBS[method]}: ${label} ${more}`.trim();
  return html`<li>${icon(SIGNS[method])}<div><p>${label}</p><p class="note">${more}</p></div><form method="post" action="${basePath}/resend"><input type="hidden" name="method" value="${method}">${phone}<button aria-label="${full}"${isHeld ? html` disabled aria-describedby="resend-wait"` : undefined}>${VERBS[method]}</button></form></li>
`;
}

/** What Advanced Data Protection asks of a person, step by step. */
export function approvalSteps({ phase, need }: ServiceState): Html {
  const webAccessOff = need?.code === 'web-access-off';
  const waiting = phase === 'waiting-for-approval';
  return html`<ol class="steps">
${step('done', 'Signed in', 'The account and its password are accepted.')}${step(
  webAccessOff ? 'now' : 'done',
  webAccessOff ? 'Switch web access on' : 'Web access is on',
  'iPhone: Settings, your name, iCloud, Access iCloud Data on the Web.',
)}${step(
  webAccessOff ? 'later' : 'now',
  'Approve on your iPhone',
  waiting
    ? 'A window that asks for access to iCloud data is open on it now. Tap Allow.'
    : 'Press “Ask again”; a window opens on your iPhone. Unlock it and tap Allow.',
)}${step('later', 'Keys arrive', 'The sync starts by itself. Apple ends this access after about an hour; the next sync asks again if needed.')}</ol>
`;
}

/** One step of a list that has an order. */
export function step(state: 'done' | 'now' | 'later', title: string, says: Html | string, action?: Html): Html {
  const sign = state === 'done' ? html`${icon('tick')}<span class="hear">done</span>` : undefined;
  return html`<li class="step-${state}"${state === 'now' ? html` aria-current="step"` : undefined}><span class="step-sign">${sign}</span><div><h3>${title}</h3><p>${says}</p>${action}</div></li>
`;
}
