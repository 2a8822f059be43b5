import type { ServiceState } from '../../domain/service-state.ts';
import { approvalSteps, codeEntry, needsCode, resendChoices } from './code-entry.ts';
import { type Html, html } from './html.ts';
import type { Notice } from './notices.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';

export interface SignInView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly state: ServiceState;
  readonly notice: Notice | undefined;
  readonly needsApproval: boolean;
}

/** All that a sign-in may want from a person, at an address of its own: messages lead here. */
export function renderSignIn({ frame, foot, state, notice, needsApproval }: SignInView): Html {
  const problem = notice?.bad ? notice.text : undefined;
  const body = needsApproval
    ? html`<h1>One more permission</h1>
<p class="lead">This account uses Advanced Data Protection. Photos are encrypted end to end, so one of your devices has to let this server read them. It takes about a minute.</p>
${approvalSteps(state)}`
    : needsCode(state)
      ? html`<h1>Enter the code</h1>
<p class="lead">Apple shows six digits on your iPhone, iPad or Mac.<span class="touch-only"> On this phone it appears above the keyboard.</span></p>
${state.codeAwaited ? codeEntry(frame.basePath, problem) : html`<p class="lead">No sign-in waits for one right now: ask for a code below.</p>\n`}${resendChoices(state, frame.basePath)}`
      : html`<h1>Signed in</h1>
<p class="lead">Nothing is needed from you. Apple asks for a code about once a month.</p>
<p><a class="button" href="${frame.basePath}/">Home</a></p>
`;
  return renderShell({ frame, foot, title: 'Sign-in', place: 'home', scripts: ['home'], body });
}
