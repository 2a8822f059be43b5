import { type Html, html } from './html.ts';
import { type PageFrame, renderPlain } from './shell.ts';

export interface UnlockView {
  readonly frame: Pick<PageFrame, 'basePath' | 'staticPath'>;
  /** Where the browser wanted to go. */
  readonly next: string;
  readonly problem?: string | undefined;
  /** False: WEB_PASSWORD is not set, so no password opens this page. */
  readonly canOpen: boolean;
}

/** The door: asks for the page's own password. */
export function renderUnlock({ frame, next, problem, canOpen }: UnlockView): Html {
  const { basePath } = frame;
  const says = problem === undefined ? undefined : html`<p class="error" role="alert" id="password-error">${problem}</p>\n`;
  const form = html`<p class="lead">This page shows your photos. It opens with the password set in <code>WEB_PASSWORD</code>.</p>
<form method="post" action="${basePath}/unlock" class="stack">
<input type="hidden" name="next" value="${next}">
<input type="text" name="username" value="photos" autocomplete="username" class="hear" tabindex="-1" aria-hidden="true" readonly>
<label for="password">Page password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${problem === undefined ? undefined : html` aria-invalid="true" aria-describedby="password-error"`}>
${says}<button class="main">Open</button>
</form>
`;
  const closed = html`<p class="lead">Set <code>WEB_PASSWORD</code> or <code>WEB_PASSWORD_FILE</code> and start the container again to open this page from here.</p>
<p class="small">A sign-in code can be handed in without it: <code>docker exec photos-sync enter_mfa</code> and the six digits.</p>
`;
  return renderPlain(frame, 'Locked', html`<h1>Photos Sync</h1>\n${canOpen ? form : closed}`);
}

/**
 * A link in a message or on another site sends no cookie (SameSite=Strict), although the owner is logged in. This page asks
 * for the same address once more, as a page of this site.
 */
export function renderOnceMore(frame: Pick<PageFrame, 'basePath' | 'staticPath'>, address: string): Html {
  const again = html`<meta http-equiv="refresh" content="0; url=${address}">\n`;
  return renderPlain(frame, 'Opening', html`<p><a href="${address}">Open the page</a></p>\n`, again);
}
