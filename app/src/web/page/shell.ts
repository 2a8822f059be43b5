import { type Html, html } from './html.ts';
import { type IconName, icon, LOGO } from './icons.ts';

/** What every page needs to know about where it is shown. */
export interface PageFrame {
  /** Empty, or `/prefix`. */
  readonly basePath: string;
  /** Where the page's own files lie; the address holds their version. */
  readonly staticPath: string;
  /** With a login; without one a page only shows the state. */
  readonly owner: boolean;
  readonly readOnly: boolean;
  /** A session that can be ended. */
  readonly canLogOut: boolean;
}

export type Place = 'home' | 'photos' | 'albums' | 'problems' | 'offsite' | 'trash' | 'log' | 'settings' | 'more' | 'none';

export interface ShellView {
  readonly frame: PageFrame;
  readonly title: string;
  readonly place: Place;
  readonly foot: Foot;
  /** Names of scripts besides the one that every page has. */
  readonly scripts?: readonly string[];
  readonly wide?: boolean;
  readonly head?: Html;
  readonly body: Html;
}

/** The lines at the foot of the sidebar, and the marks on its entries. */
export interface Foot {
  /** What comes next: `Next sync at 02:00`. */
  readonly next: string;
  /** When this page was true: `09:40`. */
  readonly asOf: string;
  readonly needsPerson: boolean;
  readonly problems: number;
}

interface Entry {
  readonly place: Place & IconName;
  readonly path: string;
  readonly label: string;
}

const GROUPS: readonly (readonly Entry[])[] = [
  [
    { place: 'home', path: '/', label: 'Home' },
    { place: 'photos', path: '/photos', label: 'Photos' },
    { place: 'albums', path: '/albums', label: 'Albums' },
  ],
  [
    { place: 'problems', path: '/problems', label: 'Problems' },
    { place: 'offsite', path: '/offsite', label: 'Off-site' },
    { place: 'trash', path: '/trash', label: 'Trash' },
  ],
  [
    { place: 'log', path: '/log', label: 'Log' },
    { place: 'settings', path: '/settings', label: 'Settings' },
  ],
];
const BAR: readonly Entry[] = [...(GROUPS[0] ?? []), { place: 'more', path: '/more', label: 'More' }];
/** Below 760 pixels these are reached through "More". */
const BEHIND_MORE: ReadonlySet<Place> = new Set(['problems', 'offsite', 'trash', 'log', 'settings', 'more']);

/** A whole page. All of it is in this one answer: it can be read without any script. */
export function renderShell(view: ShellView): Html {
  const { frame, foot, scripts = [], wide } = view;
  return html`${head(frame, view.title, ['app', ...scripts], view.head)}
<body data-base="${frame.basePath}" data-place="${view.place}"${frame.owner ? html` data-owner` : undefined}${frame.readOnly ? html` data-read-only` : undefined}>
<a class="skip" href="#main">Skip to content</a>
<header class="side">
<a class="brand" href="${frame.basePath}/">${LOGO}<span>Photos Sync</span></a>
<nav aria-label="Main" class="side-nav">
${GROUPS.map((group) => html`<ul>${group.map((entry) => html`<li>${entryLink(entry, view)}</li>`)}</ul>\n`)}</nav>
<div class="foot">
<p id="foot-next">${foot.next}</p>
<p id="foot-age">As of ${foot.asOf}</p>
${frame.readOnly ? html`<p>Read-only page</p>\n` : undefined}${frame.owner ? undefined : html`<p>Read-only page: set WEB_PASSWORD to see and do more here.</p>\n`}<button type="button" class="quiet appearance" id="appearance" hidden>${icon('sun')}<span>Appearance</span></button>
${frame.canLogOut ? html`<form method="post" action="${frame.basePath}/lock"><button class="quiet">Log out</button></form>\n` : undefined}</div>
</header>
<main id="main" class="${wide ? 'wide' : 'column'}" tabindex="-1">
${view.body}</main>
<nav aria-label="Main, short" class="bar"><ul>
${BAR.map((entry) => html`<li>${barLink(entry, view)}</li>`)}
</ul></nav>
</body>
</html>
`;
}

/** A page that stands alone: log-in, refusals, what went wrong. */
export function renderPlain(frame: Pick<PageFrame, 'basePath' | 'staticPath'>, title: string, body: Html, extraHead?: Html): Html {
  return html`${head(frame, title, [], extraHead)}
<body class="plain">
<main id="main">
${LOGO}
${body}</main>
</body>
</html>
`;
}

function head(
  { basePath, staticPath }: Pick<PageFrame, 'basePath' | 'staticPath'>,
  title: string,
  scripts: readonly string[],
  extra?: Html,
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#101413" media="(prefers-color-scheme: dark)">
<title>${title} · Photos Sync</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="${staticPath}/icon-180.png">
<link rel="manifest" href="${basePath}/manifest.webmanifest">
<link rel="stylesheet" href="${staticPath}/app.css">
<script src="${staticPath}/theme.js"></script>
${scripts.map((name) => html`<script type="module" src="${staticPath}/${name}.js"></script>\n`)}${extra}</head>`;
}

function entryLink({ place, path, label }: Entry, { frame, place: current, foot }: ShellView): Html {
  const { problems } = foot;
  const mark = html`<span class="count${problems > 0 ? ' amber' : ''}" data-count="problems">${problems > 0 ? problems.toLocaleString('en-US') : ''}</span>`;
  const isHere = place === current;
  return html`<a href="${frame.basePath}${path}" title="${label}"${isHere ? html` aria-current="page"` : undefined}>${icon(place)}<span class="label">${label}</span>${place === 'problems' ? mark : undefined}</a>`;
}

function barLink({ place, path, label }: Entry, { frame, place: current, foot }: ShellView): Html {
  const isHere = place === current || (place === 'more' && BEHIND_MORE.has(current));
  const marked = (place === 'home' && foot.needsPerson) || (place === 'more' && foot.problems > 0);
  const dot =
    place === 'home' || place === 'more'
      ? html`<span class="dot" data-dot="${place}"${marked ? undefined : html` hidden`}><span class="hear">${place === 'home' ? 'needs you' : 'problems'}</span></span>`
      : undefined;
  return html`<a href="${frame.basePath}${path}"${isHere ? html` aria-current="page"` : undefined}>${icon(place)}<span>${label}</span>${dot}</a>`;
}
