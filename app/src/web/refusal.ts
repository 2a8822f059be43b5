import type { Request, Response } from 'express';
import { html } from './page/html.ts';

const TITLES: Readonly<Record<number, string>> = {
  401: 'Locked',
  403: 'Closed',
  404: 'Nothing here',
  429: 'Too many tries',
  500: 'Something broke on our side',
};

/**
 * Says no: as JSON to programs, as a small page to browsers. The page stands alone, because whoever is refused here
 * would be refused a style sheet, too.
 */
export function refuse(request: Request, response: Response, status: number, message: string): void {
  response.status(status).vary('Accept');
  if (request.accepts(['json', 'html']) !== 'html') {
    response.json({ message });
    return;
  }
  const title = TITLES[status] ?? 'Not possible';
  response.type('html').send(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Photos Sync</title>
</head>
<body><main><h1>${title}</h1><p>${message}</p></main></body>
</html>
`.markup,
  );
}
