// One photo of the grid. Its address names its content, so a browser keeps it for a year.
import { base } from './app.js';

export const ITEM = Symbol('item');
const FAVORITE = 1;
const ONLY_HERE = 4;
const LIVE = 8;
const EDITED = 16;
const VIDEO = 32;

export const itemText = (count) => `${count.toLocaleString('en-US')} ${count === 1 ? 'item' : 'items'}`;
export const isVideo = ({ flags }) => (flags & VIDEO) !== 0;
export const isLive = ({ flags }) => (flags & LIVE) !== 0;
export const isEdited = ({ flags }) => (flags & EDITED) !== 0;
export const thumbOf = ({ id, key }, size) => `${base}/thumb/${size}/${id}/${key}`;

const SIGNS = {
  film: '<svg viewBox="0 0 20 20"><path d="M6 4.5v11l9-5.5z"/></svg>',
  live: '<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="2"/><circle cx="10" cy="10" r="4.6"/><circle cx="10" cy="10" r="7.4" stroke-dasharray=".1 3.2"/></svg>',
  favorite:
    '<svg viewBox="0 0 20 20"><path d="M10 16.5C4.6 13 3 10.6 3 8.1A3.6 3.6 0 0 1 10 6.5a3.6 3.6 0 0 1 7 1.6c0 2.500-1.600 4.900-7 8.400z"/></svg>',
  edited:
    '<svg viewBox="0 0 20 20"><path d="M3 7h7M14.500 7h2.500M3 13.500h2.500M10 13.500h7"/><circle cx="12.200" cy="7" r="2"/><circle cx="7.600" cy="13.500" r="2"/></svg>',
};

export function length(ms) {
  const seconds = Math.round(ms / 1000);
  const rest = String(seconds % 60).padStart(2, '0');
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}:${rest}`
    : `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${rest}`;
}

export function dayOf({ takenMs }) {
  return takenMs === 0
    ? 'no date'
    : new Date(takenMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** Badges in words, for those who do not see them. */
function label(item) {
  const kind = isVideo(item) ? `Video${item.durationMs ? `, ${length(item.durationMs)}` : ''}` : 'Photo';
  const marks = [
    [FAVORITE, 'favourite'],
    [LIVE, 'live'],
    [EDITED, 'edited'],
    [ONLY_HERE, 'only here'],
  ].filter(([bit]) => item.flags & bit);
  return [kind, dayOf(item), item.name, ...marks.map(([, word]) => word)].join(', ');
}

function badge(kind, text = '') {
  const sign = document.createElement('span');
  sign.className = `badge badge-${kind}`;
  sign.innerHTML = SIGNS[kind];
  sign.append(text);
  return sign;
}

export function tileOf(number) {
  const tile = document.createElement('button');
  tile.type = 'button';
  tile.className = 'tile';
  tile.tabIndex = -1;
  tile.setAttribute('aria-label', 'Photo');
  tile[ITEM] = number;
  let filled;
  let picture;
  tile.fill = (item, hurried) => {
    if (filled !== item.id) {
      filled = item.id;
      tile.setAttribute('aria-label', label(item));
      tile.replaceChildren();
      if (isVideo(item)) tile.append(badge('film', item.durationMs ? length(item.durationMs) : ''));
      if (isLive(item)) tile.append(badge('live'));
      if (item.flags & FAVORITE) tile.append(badge('favorite'));
      if (isEdited(item) && !isVideo(item)) tile.append(badge('edited'));
      picture = undefined;
    }
    if (picture || hurried) return;
    picture = new Image();
    picture.alt = '';
    picture.decoding = 'async';
    const shown = picture;
    picture.addEventListener('error', () => {
      const name = document.createElement('span');
      name.className = 'tile-name';
      name.textContent = item.name;
      shown.replaceWith(name);
    });
    picture.src = thumbOf(item, 'small');
    tile.prepend(picture);
    if (isLive(item)) playOnHover(tile, item);
  };
  return tile;
}

/** The film of a live photo runs while the pointer rests on it, or while a finger is held on it. */
function playOnHover(tile, item) {
  let film;
  let waiting;
  let held = false;
  const stop = () => {
    clearTimeout(waiting);
    film?.remove();
    film = undefined;
  };
  const play = () => {
    clearTimeout(waiting);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    waiting = setTimeout(() => {
      film = document.createElement('video');
      Object.assign(film, { muted: true, autoplay: true, playsInline: true, loop: true, src: `${base}/media/${item.id}/live-video` });
      film.addEventListener('error', stop);
      tile.append(film);
    }, 350);
  };
  tile.addEventListener('pointerenter', ({ pointerType }) => pointerType === 'mouse' && play());
  tile.addEventListener('pointerleave', stop);
  tile.addEventListener('pointerdown', ({ pointerType }) => {
    held = false;
    if (pointerType === 'touch') play();
  });
  tile.addEventListener('pointercancel', stop);
  // A finger that was held saw the film: it does not mean to open the photo, nor the browser's menu.
  tile.addEventListener('contextmenu', (event) => film && event.preventDefault());
  tile.addEventListener('pointerup', ({ pointerType }) => {
    if (pointerType !== 'touch') return;
    held = film !== undefined;
    stop();
  });
  const swallow = (event) => {
    if (held && event.detail > 0) event.stopPropagation();
    held = false;
  };
  tile.addEventListener('click', swallow, { capture: true });
}
