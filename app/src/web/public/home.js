// Home and sign-in: parts are replaced as the service sends them; what somebody types, or has to be told of it, is left alone.
import { byId, onChange } from './app.js';

const isBusy = (region) => {
  const field = region.querySelector('input[name=code]');
  return field !== null && (field === document.activeElement || field.value !== '' || region.querySelector('[role=alert]') !== null);
};

onChange((change) => {
  for (const name of ['state', 'now', 'detail']) {
    const region = byId(`region-${name}`);
    if (region === null || change[name] === undefined) continue;
    const stillAsked = change[name].includes('name="code"');
    if (isBusy(region) && stillAsked) continue;
    const focused = region.contains(document.activeElement) ? document.activeElement.textContent : undefined;
    region.innerHTML = change[name];
    if (focused) [...region.querySelectorAll('button, a')].find(({ textContent }) => textContent === focused)?.focus();
    if (name === 'detail') watchCalendar();
  }
  if (change.short !== undefined && byId('spoken')) byId('spoken').textContent = change.short;
  if (change.lost) {
    const [title, lead] = [document.querySelector('.state h1'), document.querySelector('.state .lead')];
    if (title) title.textContent = 'Cannot tell right now';
    if (lead) lead.textContent = 'The page lost contact with the service. What is stored does not depend on it.';
    for (const tick of document.querySelectorAll('.tick')) tick.remove();
  }
});

// Six digits are a whole code: pasted blanks go, and nobody has to press anything.
document.addEventListener('input', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.name !== 'code') return;
  const digits = target.value.replace(/\D/g, '').slice(0, 6);
  if (digits !== target.value) target.value = digits;
  if (digits.length === 6) target.form.requestSubmit();
});
document.addEventListener('paste', (event) => {
  const { target } = event;
  if (!(target instanceof HTMLInputElement) || target.name !== 'code') return;
  event.preventDefault();
  target.value = event.clipboardData?.getData('text') ?? '';
  target.dispatchEvent(new Event('input', { bubbles: true }));
});
document.addEventListener('submit', ({ target }) => {
  for (const button of target.querySelectorAll('button')) setTimeout(() => (button.disabled = true));
});

// How long until something is possible again; the service itself says when it is.
setInterval(() => {
  for (const place of document.querySelectorAll('[data-until]')) {
    const seconds = Math.ceil((Number(place.dataset.until) - Date.now()) / 1000);
    const text = seconds <= 0 ? '' : `, in ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}`;
    if (place.textContent !== text) place.textContent = text;
  }
}, 1000);

/** The squares are one tab stop; arrows go from night to night, and the line below says what is under the pointer. */
function watchCalendar() {
  const calendar = byId('calendar');
  const says = byId('calendar-says');
  if (!calendar || !says) return;
  const nights = [...calendar.querySelectorAll('.night')];
  let at = nights.length - 1;
  const show = (index) => {
    at = Math.min(nights.length - 1, Math.max(0, index));
    says.textContent = nights[at]?.querySelector('title')?.textContent ?? '';
  };
  calendar.tabIndex = 0;
  calendar.setAttribute('role', 'group');
  calendar.setAttribute('aria-label', 'Nights, arrow keys to move');
  calendar.addEventListener('pointerover', ({ target }) => {
    const index = nights.indexOf(target.closest?.('.night'));
    if (index >= 0) show(index);
  });
  calendar.addEventListener('click', ({ target }) => {
    const index = nights.indexOf(target.closest?.('.night'));
    if (index >= 0) show(index);
  });
  calendar.addEventListener('keydown', (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(at + step);
  });
}
watchCalendar();
