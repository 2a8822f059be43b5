// The timeline: all rows are known from the start, only those near the window exist.
import { base, byId } from './app.js';
import { lastNotAbove, layOut, placesIn } from './layout.js';
import { createRail } from './rail.js';
import { ITEM, itemText, tileOf } from './tile.js';
import { createViewer } from './viewer.js';

const WINDOW = 100;
const MOST_HEIGHT = 8_000_000;
const CALM_MS = 80;
const FAST_SCREENS = 3;

const box = byId('timeline');
const content = byId('content');
const says = byId('grid-says');
const state = {
  timeline: undefined,
  layout: undefined,
  filter: 'all',
  query: '',
  windows: new Map(),
  tiles: new Map(),
  heads: new Map(),
  at: 0,
};
const { album, near } = box.dataset;
const address = new URL(location.href);
state.query = address.searchParams.get('q') ?? '';
state.filter = address.searchParams.get('filter') ?? 'all';

const selection = () =>
  new URLSearchParams({
    filter: state.filter,
    ...(album ? { album } : {}),
    ...(near ? { near } : {}),
    ...(state.query ? { q: state.query } : {}),
  });
const isPhone = () => innerWidth < 760;
const measures = () => (isPhone() ? { target: 128, gap: 2 } : { target: innerWidth >= 1080 ? 212 : 190, gap: 4 });

export async function load() {
  const answer = await fetch(`${base}/api/timeline?${selection()}`, { headers: { Accept: 'application/json' } });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) {
    says.textContent = 'The library is not open at the moment.';
    return;
  }
  const { version, count, months, ratios } = await answer.json();
  const bytes = Uint8Array.from(atob(ratios), (sign) => sign.charCodeAt(0));
  state.timeline = { version, count, months: months.map(([month, size]) => ({ month, count: size })), ratios: bytes };
  state.windows.clear();
  relayout();
  const everything = state.query === '' && state.filter === 'all';
  says.textContent =
    count > 0
      ? ''
      : everything
        ? 'No photos here yet.'
        : state.query === ''
          ? 'Nothing of that kind here.'
          : `Nothing found for “${state.query}”.`;
}

function relayout() {
  const { timeline, layout: before } = state;
  if (!timeline) return;
  const anchor = before ? itemAt(scrollTop()) : 0;
  const { target, gap } = measures();
  state.layout = layOut({ ...timeline, width: box.clientWidth, target, gap, head: isPhone() ? 58 : 54 });
  for (const tile of state.tiles.values()) tile.remove();
  for (const head of state.heads.values()) head.remove();
  state.tiles.clear();
  state.heads.clear();
  // Browsers cut off boxes above some 16 million pixels: beyond a cap the scroll position stands for a share of the whole.
  content.style.height = `${Math.min(state.layout.height, MOST_HEIGHT)}px`;
  if (before && anchor > 0) scrollToItem(anchor);
  rail.update(timeline.months, state.layout);
  draw();
}

const offset = () => box.getBoundingClientRect().top + scrollY;
const room = () => Math.max(1, Math.min(state.layout.height, MOST_HEIGHT) - innerHeight);
const factor = () => (state.layout.height > MOST_HEIGHT ? (state.layout.height - innerHeight) / room() : 1);
/** Where the top of the window is in the timeline, in its own pixels. */
const scrollTop = () => Math.max(0, (scrollY - offset() + headHeight()) * factor());
const headHeight = () => document.querySelector('.photos-head').offsetHeight;

function itemAt(top) {
  const { layout } = state;
  return layout.starts[lastNotAbove(layout.tops, layout.rows, top)] ?? 0;
}

function scrollToTop(top) {
  scrollTo({ top: top / factor() + offset() - headHeight(), behavior: 'instant' });
}

function scrollToItem(item) {
  const { layout } = state;
  const row = lastNotAbove(layout.starts, layout.rows, item);
  const isFirst = row === 0 || layout.rowMonths[row - 1] !== layout.rowMonths[row];
  scrollToTop(isFirst ? layout.monthTops[layout.rowMonths[row]] : layout.tops[row]);
}

let lastTop = 0;
let lastMs = 0;
let hurried = false;
let calm;

function draw() {
  const { layout, timeline } = state;
  if (!layout || layout.rows === 0) return;
  const top = scrollTop();
  const now = performance.now();
  const screensPerSecond = now > lastMs ? (Math.abs(top - lastTop) / innerHeight / (now - lastMs)) * 1000 : 0;
  hurried = now - lastMs < 250 && screensPerSecond > FAST_SCREENS * 4;
  [lastTop, lastMs] = [top, now];
  const margin = innerHeight * 1.2;
  const first = lastNotAbove(layout.tops, layout.rows, Math.max(0, top - margin));
  const last = lastNotAbove(layout.tops, layout.rows, top + innerHeight + margin);
  // In a box that is shorter than the timeline everything moves with the window.
  const shift = layout.height > MOST_HEIGHT ? top - top / factor() : 0;
  const wanted = new Set();
  for (let row = first; row <= last; row++) {
    for (const place of placesIn(layout, timeline.ratios, row)) {
      wanted.add(place.item);
      place.top = Math.round(layout.tops[row] - shift);
      place.height = Math.round(layout.heights[row]);
      putTile(place);
    }
  }
  for (const [item, tile] of state.tiles) {
    if (wanted.has(item) || tile === document.activeElement) continue;
    tile.remove();
    state.tiles.delete(item);
  }
  drawHeads(layout.rowMonths[first], layout.rowMonths[last], shift);
  rail.show(itemAt(top + 1), top);
  clearTimeout(calm);
  calm = setTimeout(() => fill(first, last), hurried ? CALM_MS : 0);
}

function putTile({ item, left, top, width, height }) {
  let tile = state.tiles.get(item);
  if (!tile) {
    tile = tileOf(item);
    state.tiles.set(item, tile);
    content.append(tile);
    const known = knownItem(item);
    if (known) tile.fill(known, hurried);
  }
  tile.style.transform = `translate(${left}px, ${top}px)`;
  tile.style.width = `${width}px`;
  tile.style.height = `${height}px`;
}

function drawHeads(from, to, shift) {
  const { layout, timeline, heads } = state;
  for (const [month, head] of heads) {
    if (month >= from && month <= to) continue;
    head.remove();
    heads.delete(month);
  }
  for (let month = from; month <= to; month++) {
    let head = heads.get(month);
    if (!head) {
      head = document.createElement('div');
      head.className = 'month-head';
      const [title, note] = [document.createElement('h2'), document.createElement('span')];
      title.textContent = monthName(timeline.months[month].month);
      note.className = 'note';
      note.textContent = itemText(timeline.months[month].count);
      head.append(title, note);
      heads.set(month, head);
      content.append(head);
    }
    head.style.transform = `translateY(${Math.round(layout.monthTops[month] - shift)}px)`;
  }
}

export function monthName(month) {
  if (month === '') return 'No date';
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

const knownItem = (item) => state.windows.get(Math.floor(item / WINDOW))?.[item % WINDOW];

/** Asks for what the tiles near the window say, the visible ones first. */
function fill(first, last) {
  const { layout, tiles } = state;
  for (const [item, tile] of tiles) {
    const known = knownItem(item);
    if (known) tile.fill(known, false);
  }
  const middle = Math.floor(itemAt(scrollTop() + innerHeight / 2) / WINDOW);
  const from = Math.floor(layout.starts[first] / WINDOW);
  const to = Math.floor(Math.max(0, layout.starts[last + 1] - 1) / WINDOW);
  const needed = [];
  for (let at = from; at <= to; at++) if (!state.windows.has(at)) needed.push(at);
  needed.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  for (const at of needed) void fetchWindow(at);
}

async function fetchWindow(at) {
  const { version } = state.timeline;
  state.windows.set(at, []);
  const query = selection();
  query.set('v', version);
  query.set('from', at * WINDOW);
  query.set('count', WINDOW);
  const answer = await fetch(`${base}/api/items?${query}`, { headers: { Accept: 'application/json' } }).catch(() => undefined);
  if (state.timeline.version !== version) return;
  if (answer?.status === 409) return load();
  if (!answer?.ok) {
    state.windows.delete(at);
    return;
  }
  const { items } = await answer.json();
  state.windows.set(at, items);
  if (state.windows.size > 60) forgetWindows(at);
  for (const [item, tile] of state.tiles)
    if (Math.floor(item / WINDOW) === at && items[item % WINDOW]) tile.fill(items[item % WINDOW], false);
}

function forgetWindows(near) {
  for (const at of state.windows.keys()) if (Math.abs(at - near) > 20) state.windows.delete(at);
}

/** One item, fetched if it has to be. */
async function itemNumber(item) {
  if (item < 0 || item >= state.timeline.count) return undefined;
  if (!knownItem(item)) await fetchWindow(Math.floor(item / WINDOW));
  return knownItem(item);
}

const rail = createRail({ onMonth: (month) => scrollToTop(state.layout.monthTops[month] + (month > 0 ? 2 : 0)) });
const viewer = createViewer({
  item: itemNumber,
  path: (id) => `${base}/photos/${id}`,
  home: location.pathname.replace(/\/photos\/\d+$/, '/photos') + location.search,
  onClose(item) {
    if (item === undefined) return;
    if (!state.tiles.has(item)) scrollToItem(item);
    requestAnimationFrame(() => {
      draw();
      select(item);
    });
  },
});

function select(item) {
  state.at = item;
  const tile = state.tiles.get(item);
  tile?.focus({ preventScroll: false });
}

/** From one photo to the next by where they lie, not by their number. */
function neighbour(item, key) {
  const { layout, timeline } = state;
  if (key === 'ArrowLeft') return Math.max(0, item - 1);
  if (key === 'ArrowRight') return Math.min(timeline.count - 1, item + 1);
  const row = lastNotAbove(layout.starts, layout.rows, item);
  const monthStart = () => timeline.months.slice(0, layout.rowMonths[row]).reduce((sum, { count }) => sum + count, 0);
  if (key === 'Home') return monthStart();
  if (key === 'End') return monthStart() + timeline.months[layout.rowMonths[row]].count - 1;
  const next = row + (key === 'ArrowDown' ? 1 : -1);
  if (next < 0 || next >= layout.rows) return item;
  const here = placesIn(layout, timeline.ratios, row).find((place) => place.item === item);
  const centre = here.left + here.width / 2;
  const places = placesIn(layout, timeline.ratios, next);
  return places.reduce((best, place) => (distance(place, centre) < distance(best, centre) ? place : best)).item;
}
const distance = ({ left, width }, centre) => Math.abs(left + width / 2 - centre);

content.addEventListener('keydown', (event) => {
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key) || !state.layout?.rows) return;
  event.preventDefault();
  const current = event.target[ITEM] ?? itemAt(scrollTop());
  const next = event.target === content ? current : neighbour(current, event.key);
  const { layout } = state;
  const row = lastNotAbove(layout.starts, layout.rows, next);
  const [top, bottom] = [layout.tops[row], layout.tops[row] + layout.heights[row]];
  const shown = scrollTop();
  if (top < shown) scrollToTop(top - 60);
  else if (bottom > shown + innerHeight - headHeight()) scrollToTop(bottom - innerHeight + headHeight() + 8);
  draw();
  select(next);
});
content.addEventListener('click', (event) => {
  const tile = event.target.closest('.tile');
  if (!tile) return;
  event.preventDefault();
  state.at = tile[ITEM];
  viewer.open(tile[ITEM]);
});

let pending = false;
addEventListener(
  'scroll',
  () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      draw();
    });
  },
  { passive: true },
);
let resized;
addEventListener('resize', () => {
  clearTimeout(resized);
  resized = setTimeout(relayout, 120);
});

const field = byId('q');
field.value = state.query;
let typing;
function remember() {
  const url = new URL(location.href);
  url.search = '';
  if (near) url.searchParams.set('near', near);
  if (state.filter !== 'all') url.searchParams.set('filter', state.filter);
  if (state.query) url.searchParams.set('q', state.query);
  history.replaceState(null, '', url);
  viewer.home = url.pathname + url.search;
}
field.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    state.query = field.value.trim();
    remember();
    scrollTo({ top: 0 });
    void load();
  }, 250);
});
byId('search').addEventListener('submit', (event) => event.preventDefault());
for (const button of document.querySelectorAll('[data-filter]')) {
  const press = () => {
    for (const other of document.querySelectorAll('[data-filter]'))
      other.setAttribute('aria-pressed', String(other.dataset.filter === state.filter));
  };
  press();
  button.addEventListener('click', () => {
    state.filter = button.dataset.filter;
    press();
    remember();
    scrollTo({ top: 0 });
    void load();
  });
}
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.matches('input')) return;
  event.preventDefault();
  field.focus();
});
byId('archive')?.addEventListener('click', async ({ currentTarget }) => {
  const { openArchive } = await import('./archive.js');
  openArchive(currentTarget.dataset.album, currentTarget.dataset.name);
});

await load();
const [, direct] = /\/photos\/(\d+)$/.exec(location.pathname) ?? [];
if (direct) viewer.openId(Number(direct));
