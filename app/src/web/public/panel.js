// What is known of one photo: facts, files with their proof, checksums, history.
import { base } from './app.js';

const KINDS = {
  original: 'Original',
  edited: 'Edited',
  'live-video': 'Live film',
  'edited-video': 'Edited film',
  alternative: 'RAW partner',
  sidecar: 'Sidecar',
};
const TICK =
  '<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4.5 10.5 8.3 14 15.5 6.5"/></svg>';

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function sizeText(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(unit > 1 ? 2 : 1)} ${units[unit]}`;
}

export const dayText = (ms) => new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** The moment in the photo's own zone. */
function taken({ takenMs, offsetS, captureMs }) {
  if (takenMs === 0) return 'No date';
  const text = new Date(takenMs).toLocaleString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  if (captureMs === undefined) return `${text} (added)`;
  if (offsetS === undefined) return text;
  const hours = Math.abs(offsetS) / 3600;
  return `${text} (GMT${offsetS < 0 ? '−' : '+'}${Math.floor(hours)}${offsetS % 3600 ? `:${String(Math.round((hours % 1) * 60)).padStart(2, '0')}` : ''})`;
}

function facts(item) {
  const { width, height, latitude, longitude, albums, title, caption, keywords, flags, zone } = item;
  const marks = [
    [1, 'favourite'],
    [2, 'hidden'],
    [8, 'live'],
    [16, 'edited'],
    [4, 'only here'],
  ].filter(([bit]) => flags & bit);
  const place =
    latitude === undefined || longitude === undefined
      ? undefined
      : make('a', {
          href: `${base}/map?z=9&lat=${latitude.toFixed(4)}&lon=${longitude.toFixed(4)}`,
          textContent: `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`,
        });
  const links = albums.map(({ row, path }) => make('a', { href: `${base}/albums/${row}`, textContent: path }));
  const rows = [
    ['Size', width ? `${width} × ${height}, ${((width * height) / 1e6).toFixed(0)} MP` : undefined],
    ['Title', title],
    ['Caption', caption],
    ['Keywords', keywords?.join(', ')],
    ['Place', place],
    ['Albums', links.length > 0 ? make('span', {}, ...links.flatMap((link, index) => (index > 0 ? [', ', link] : [link]))) : undefined],
    ['Marks', marks.map(([, word]) => word).join(', ')],
    ['Library', zone === 'PrimarySync' ? undefined : 'Shared Library'],
  ].filter(([, value]) => value);
  return list(rows);
}

const list = (rows) =>
  make('dl', {}, ...rows.map(([name, value]) => make('div', {}, make('dt', { textContent: name }), make('dd', {}, value))));

function proof({ proof: kind, readAtMs }) {
  const words = {
    apple: 'Matches Apple’s checksum',
    unverifiable: 'Checksum of a form that cannot be recomputed',
    unconfirmed: 'Two downloads were identical; Apple’s checksum differs',
  }[kind];
  const line = make('p', { className: kind === 'apple' ? 'proof' : 'proof amber' });
  if (kind === 'apple') line.innerHTML = TICK;
  line.append(`${words}, read whole ${dayText(readAtMs)}`);
  return line;
}

function file(one, id) {
  const name = KINDS[one.kind] ?? one.kind.replace('other:', '');
  const head = make(
    'p',
    { className: 'file-head' },
    make('a', { href: `${base}/media/${id}/${encodeURIComponent(one.kind)}?download`, textContent: name, title: 'Download' }),
    make('span', { textContent: sizeText(one.size) }),
  );
  return make('div', { className: 'file' }, head, make('p', {}, make('code', { textContent: one.path })), proof(one));
}

function copyable(text, shown) {
  const button = make('button', { type: 'button', className: 'quiet copy', title: 'Copy' }, make('code', { textContent: shown }));
  button.addEventListener('click', async () => {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    button.title = 'Copied';
  });
  return button;
}

function history({ addedMs, captureMs, files }) {
  const events = [
    ...(captureMs === undefined ? [] : [[captureMs, 'Taken']]),
    ...(addedMs === undefined ? [] : [[addedMs, 'Added to iCloud']]),
    ...files.map(({ kind, storedAtMs }) => [storedAtMs, `${KINDS[kind] ?? kind} stored here`]),
    ...(files.length > 0 ? [[Math.min(...files.map(({ readAtMs }) => readAtMs)), 'All files read and equal']] : []),
  ].sort(([a], [b]) => a - b);
  return list(events.map(([ms, what]) => [dayText(ms), what]));
}

export function panel(item) {
  const [first] = item.files;
  return [
    make('p', { className: 'note', textContent: taken(item) }),
    make('section', {}, facts(item)),
    make(
      'section',
      {},
      make('h3', { textContent: `On disk, ${item.files.length} ${item.files.length === 1 ? 'file' : 'files'}` }),
      ...item.files.map((one) => file(one, item.id)),
    ),
    first &&
      make(
        'section',
        {},
        make('h3', { textContent: `Checksums of the ${(KINDS[first.kind] ?? 'file').toLowerCase()}` }),
        list([
          ['Apple', copyable(first.checksum, first.checksum)],
          ['SHA-256', copyable(first.sha256, first.sha256.replace(/(.{4})/g, '$1 ').trim())],
        ]),
      ),
    make('section', {}, make('h3', { textContent: 'History' }), history(item)),
  ].filter(Boolean);
}
