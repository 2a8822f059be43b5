// On every page: what is true now, how old that is, and the choice of colours.
export const base = document.body.dataset.base ?? '';
export const byId = (id) => document.getElementById(id);

const QUIET_MS = 10_000;
const LOST_MS = 60_000;
const listeners = [];
let lastBeatMs = Date.now();
let stream;
let short = document.title.split(' · ')[0];

/** Calls back with the parts of the state that have changed. */
export function onChange(listener) {
  listeners.push(listener);
}

const time = (ms) => new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

function showAge() {
  const ageMs = Date.now() - lastBeatMs;
  const lost = ageMs > QUIET_MS && !document.hidden;
  document.body.classList.toggle('lost', lost);
  const seconds = Math.round(ageMs / 1000);
  const age = seconds < 2 ? 'As of now' : `As of ${seconds} seconds ago`;
  const foot = byId('foot-age');
  const text = lost ? `Not connected. Last heard at ${time(lastBeatMs)}` : age;
  if (foot && foot.textContent !== text) foot.textContent = text;
  if (ageMs > LOST_MS && !document.hidden) {
    document.title = 'Not connected · Photos Sync';
    for (const listener of listeners) listener({ lost: true });
  }
}

function apply(change) {
  if (change.next !== undefined && byId('foot-next')) byId('foot-next').textContent = change.next;
  if (change.short !== undefined) short = change.short;
  if (document.body.dataset.place === 'home') document.title = `${short} · Photos Sync`;
  if (change.problems !== undefined) {
    for (const mark of document.querySelectorAll('[data-count=problems]')) {
      mark.textContent = change.problems > 0 ? change.problems.toLocaleString('en-US') : '';
      mark.classList.toggle('amber', change.problems > 0);
    }
    for (const dot of document.querySelectorAll('[data-dot=more]')) dot.hidden = change.problems === 0;
  }
  if (change.needsPerson !== undefined) for (const dot of document.querySelectorAll('[data-dot=home]')) dot.hidden = !change.needsPerson;
  for (const listener of listeners) listener(change);
}

function listen() {
  if (stream || document.hidden || document.body.classList.contains('plain')) return;
  const view = document.body.dataset.place === 'home' ? 'home' : 'other';
  stream = new EventSource(`${base}/events?view=${view}`);
  const beat = () => {
    lastBeatMs = Date.now();
    showAge();
  };
  stream.addEventListener('change', (event) => {
    beat();
    apply(JSON.parse(event.data));
  });
  stream.addEventListener('beat', beat);
  stream.addEventListener('error', () => {
    // 401 after a restart of the service: the session is gone, and the browser would not try again by itself.
    if (stream?.readyState === EventSource.CLOSED) {
      stream = undefined;
      setTimeout(listen, 5000);
    }
  });
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    stream?.close();
    stream = undefined;
  } else {
    lastBeatMs = Date.now();
    listen();
  }
});
setInterval(showAge, 1000);
listen();

const THEMES = ['system', 'light', 'dark'];
const NAMES = { system: 'System colours', light: 'Light', dark: 'Dark' };
for (const button of document.querySelectorAll('.appearance')) {
  const label = button.querySelector('span');
  const now = () => document.documentElement.dataset.theme ?? 'system';
  const say = () => {
    label.textContent = NAMES[now()];
    button.setAttribute('aria-label', `Appearance: ${NAMES[now()]}`);
  };
  button.hidden = false;
  say();
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(now()) + 1) % THEMES.length];
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem('theme', next);
    } catch {
      // It lasts as long as this page.
    }
    say();
  });
}

/** Asks the service for a command and waits for its end, however long that takes. */
export async function command(name, args = {}) {
  let answer = await fetch(`${base}/api/command`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ command: name, args }),
  });
  while (answer.status === 202) {
    const { job } = await answer.json();
    answer = await fetch(`${base}/api/jobs/${job}`, { headers: { Accept: 'application/json' } });
  }
  const said = await answer.json();
  return answer.ok ? said : { exitCode: 1, problem: said.message, out: '', err: '' };
}

if ('serviceWorker' in navigator && document.body.hasAttribute('data-owner')) {
  navigator.serviceWorker.register(`${base}/sw.js`, { scope: `${base}/` }).catch(() => undefined);
}

// A small picture that cannot be had leaves its grey place, not the sign of a broken one.
document.addEventListener(
  'error',
  ({ target }) => target instanceof HTMLImageElement && target.matches('.strip img, .cover img, .row-picture img') && target.remove(),
  true,
);
for (const image of document.querySelectorAll('.strip img, .cover img, .row-picture img'))
  if (image.complete && image.naturalWidth === 0 && image.src) image.remove();
