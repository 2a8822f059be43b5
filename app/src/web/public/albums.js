// Finding an album among many: what does not fit is hidden, nothing is asked for.
import { byId } from './app.js';

const field = byId('q');
field?.addEventListener('input', () => {
  const wanted = field.value.trim().toLowerCase();
  let found = 0;
  for (const folder of document.querySelectorAll('[data-folder]')) {
    let inside = 0;
    const whole = folder.querySelector('h2').textContent.toLowerCase().includes(wanted);
    for (const tile of folder.querySelectorAll('[data-name]')) {
      const fits = whole || tile.dataset.name.includes(wanted);
      tile.hidden = !fits;
      if (fits) inside += 1;
    }
    folder.hidden = inside === 0;
    found += inside;
  }
  byId('found').textContent = wanted === '' ? '' : `${found} ${found === 1 ? 'album' : 'albums'} found`;
});
byId('search')?.addEventListener('submit', (event) => event.preventDefault());
