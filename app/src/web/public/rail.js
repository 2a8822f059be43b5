// The dates at the right edge: years by how many photos they hold, and a handle that can be dragged.
import { byId } from './app.js';

const NEAR_PX = 16;

export function createRail({ onMonth }) {
  const rail = byId('rail');
  const mark = byId('rail-mark');
  const label = byId('rail-label');
  let months = [];
  let starts = [];
  let total = 0;
  let current = 0;
  let resting;

  const shortName = ({ month }) =>
    month === ''
      ? 'No date'
      : new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const monthAt = (share) => {
    const item = share * total;
    let at = starts.findIndex((start) => start > item) - 1;
    if (at < 0) at = months.length - 1;
    return Math.max(0, Math.min(months.length - 1, at));
  };

  function update(list) {
    months = list;
    starts = [];
    total = 0;
    for (const { count } of months) {
      starts.push(total);
      total += count;
    }
    rail.hidden = months.length < 2;
    rail.setAttribute('aria-valuemax', String(Math.max(0, months.length - 1)));
    for (const old of rail.querySelectorAll('.rail-year')) old.remove();
    let lastYear;
    let lastTop = -NEAR_PX;
    for (const [index, { month }] of months.entries()) {
      const year = month.slice(0, 4);
      const top = (starts[index] / total) * rail.clientHeight;
      if (year === lastYear || year === '') continue;
      lastYear = year;
      if (top - lastTop < NEAR_PX) continue;
      lastTop = top;
      const sign = document.createElement('span');
      sign.className = 'rail-year';
      sign.textContent = year;
      sign.style.top = `${top}px`;
      sign.setAttribute('aria-hidden', 'true');
      rail.append(sign);
    }
  }

  function show(item) {
    if (months.length === 0) return;
    const share = total === 0 ? 0 : item / total;
    current = monthAt(share);
    const top = `${share * rail.clientHeight}px`;
    mark.style.top = top;
    label.style.top = top;
    label.textContent = shortName(months[current]);
    rail.setAttribute('aria-valuenow', String(current));
    rail.setAttribute('aria-valuetext', label.textContent);
    rail.classList.add('moving');
    clearTimeout(resting);
    resting = setTimeout(() => rail.classList.remove('moving'), 1200);
  }

  function drag({ clientY }) {
    const { top, height } = rail.getBoundingClientRect();
    onMonth(monthAt(Math.min(0.9999, Math.max(0, (clientY - top) / height))));
  }
  rail.addEventListener('pointerdown', (event) => {
    rail.setPointerCapture(event.pointerId);
    drag(event);
  });
  rail.addEventListener('pointermove', (event) => {
    if (rail.hasPointerCapture(event.pointerId)) drag(event);
  });
  rail.addEventListener('keydown', (event) => {
    const year = months[current]?.month.slice(0, 4);
    const older = () => months.findIndex(({ month }, at) => at > current && month.slice(0, 4) !== year);
    const newer = () => {
      const last = months.findLastIndex(({ month }, at) => at < current && month.slice(0, 4) !== year);
      return last < 0 ? 0 : months.findIndex(({ month }) => month.slice(0, 4) === months[last].month.slice(0, 4));
    };
    const to = {
      ArrowDown: () => current + 1,
      ArrowRight: () => current + 1,
      ArrowUp: () => current - 1,
      ArrowLeft: () => current - 1,
      PageDown: () => (older() < 0 ? months.length - 1 : older()),
      PageUp: newer,
      Home: () => 0,
      End: () => months.length - 1,
    }[event.key]?.();
    if (to === undefined) return;
    event.preventDefault();
    onMonth(Math.max(0, Math.min(months.length - 1, to)));
  });
  return { update, show };
}
