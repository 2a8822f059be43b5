import type { Request, Response } from 'express';
import { html } from './page/html.ts';
import { type PageFrame, renderPlain } from './page/shell.ts';

const TITLES: Readonly<Record<number, string>> = {
  401: 'Locked',
  403: 'Closed',
  404: 'Nothing here',
  429: 'Too many tries',
  500: 'Something broke on our side',
};

/** Looks like the other pages, and nothing can be sent from it. */
const REFUSAL_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Says no: as JSON to programs, as a small page to browsers. */
export function refuse(request: Request, response: Response, status: number, message: string): void {
  response.status(status).vary('Accept');
  if (request.accepts(['json', 'html']) !== 'html') {
    response.json({ message });
    return;
  }
  const title = TITLES[status] ?? 'Not possible';
  const frame = frameOf(request);
  response.set('Content-Security-Policy', REFUSAL_POLICY).type('html');
  response.send(renderPlain(frame, title, html`<h1>${title}</h1>\n<p class="lead">${message}</p>\n`).markup);
}

/** Where the page's own files lie; the application knows it. */
function frameOf({ app }: Request): Pick<PageFrame, 'basePath' | 'staticPath'> {
  const { frame } = app.locals as { frame?: Pick<PageFrame, 'basePath' | 'staticPath'> };
  return frame ?? { basePath: '', staticPath: '/static/0' };
}
