import { type Html, html } from './html.ts';

/** The page's own signs, drawn on a grid of 20 with a line of 1.5. */
const PATHS = {
  home: 'M3.5 9 10 3.5 16.5 9v7h-4.5v-4.5h-4V16H3.5z',
  photos: 'M3 4h14v12H3zM3 13l4-4 3.5 3.5 2-2L17 14M13 7.6h.01',
  albums: 'M3 8h14v8H3zM5 5.5h10M6.5 3h7',
  problems: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6.5v4.2M10 13.4h.01',
  offsite: 'M10 12.5v-9M6.5 7 10 3.5 13.5 7M3.5 12.5v4h13v-4',
  trash: 'M3.5 5.5h13M7.5 5.5v-2h5v2M5 5.5l.8 11h8.4l.8-11M8.3 8.5v5M11.7 8.5v5',
  log: 'M3.5 5h13M3.5 10h13M3.5 15h8',
  settings: 'M3 6.5h7M14 6.5h3M3 13.5h3M10 13.5h7M12 4.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 11.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  more: 'M4.5 9.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM10 9.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM15.5 9.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l3.5 3.5',
  folder: 'M2.5 5h5l1.5 2h8.5v8.5h-15z',
  archive: 'M3 4h14v3.5H3zM4.2 7.5v8.5h11.6V7.5M8 10.5h4',
  phone: 'M6.5 2.5h7v15h-7zM9.3 15h1.4',
  message: 'M3 4.5h14v9H9l-3.5 3v-3H3z',
  call: 'M4 3.5h3l1.3 3.6-1.9 1.3a9.5 9.5 0 0 0 5.2 5.2l1.3-1.9 3.6 1.3v3C9.5 16.5 3.5 10.5 4 3.5z',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4',
  tick: 'M4.5 10.5 8.3 14 15.5 6.5',
  chevron: 'M8 5l5 5-5 5',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M12.5 4.5 7 10l5.5 5.5',
  forward: 'M7.5 4.5 13 10l-5.5 5.5',
  download: 'M10 3v9M6.5 9 10 12.5 13.5 9M3.5 16.5h13',
  live: 'M10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM10 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10 17.5v.01M17.5 10v.01M2.5 10v.01M10 2.5v.01M15.3 15.3v.01M4.7 4.7v.01M15.3 4.7v.01M4.7 15.3v.01',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.3v4.2M10 6.6h.01',
  pause: 'M7.5 5v10M12.5 5v10',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the word beside it says the same. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
}

export const LOGO: Html = html`<svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><path class="logo-back" d="M13 5h10a5 5 0 0 1 5 5v10" fill="none" stroke-width="2.6" stroke-linecap="round"/><rect class="logo-front" x="4" y="9" width="19" height="19" rx="5"/><path class="logo-tick" d="m8.6 18.6 3.6 3.5 6.4-7.2" fill="none" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** The sign beside the state; each has a silhouette of its own, so that colour never speaks alone. */
const GLYPHS = {
  good: '<circle cx="18" cy="18" r="17" fill="currentColor"/><path class="glyph-hole" d="m10.8 18.6 4.8 4.7 9.6-10"/>',
  turning: '<circle class="glyph-track" cx="18" cy="18" r="15"/><path class="glyph-arc" d="M18 3a15 15 0 0 1 15 15"/>',
  dots: '<circle cx="18" cy="18" r="15.5"/><path d="M11.5 18h.01M18 18h.01M24.5 18h.01" stroke-width="4"/>',
  hold: '<path d="M18 2.8 33.2 18 18 33.2 2.8 18zM15 13.5v9M21 13.5v9"/>',
  incomplete: '<path d="M24 4a15.3 15.3 0 1 1-12 0M11.5 18.6l4.6 4.5 8.6-9.4"/>',
  clock: '<circle cx="18" cy="18" r="15.5"/><path d="M18 9v9l5.5 4"/>',
  empty: '<circle cx="18" cy="18" r="15.5" stroke-dasharray="5 4.7"/>',
  paused: '<circle cx="18" cy="18" r="15.5"/><path d="M14.5 13v10M21.5 13v10"/>',
} as const;

export type GlyphName = keyof typeof GLYPHS;

export function glyph(name: GlyphName): Html {
  return {
    markup: `<svg class="glyph glyph-${name}" viewBox="0 0 36 36" width="36" height="36" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${GLYPHS[name]}</svg>`,
  };
}
