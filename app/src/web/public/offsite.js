// What the second copies hold, and how it comes back.
import { byId, command } from './app.js';
import { dayText, make, sizeText } from './panel.js';

const says = byId('snapshots-say');
const show = byId('snapshots-show');
const SHOWN = 30;

const time = (at) => `${dayText(Date.parse(at))}, ${new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
const count = (value) => (value === null ? '' : value.toLocaleString('en-US'));
const words = ({ problem, advice, err, out }) => [problem ?? (err || out) ?? 'That did not work.', advice].filter(Boolean).join(' ');

async function list() {
  show.disabled = true;
  says.textContent = 'Asking the second copy …';
  const answer = await command('off-site snapshots');
  show.disabled = false;
  if (!answer.result?.targets) {
    says.textContent = words(answer);
    return;
  }
  says.textContent = answer.exitCode === 0 ? '' : words(answer);
  byId('snapshots-list').replaceChildren(...answer.result.targets.map(table));
}

function table({ target, snapshots }) {
  const whole = snapshots.filter(({ kind }) => kind === 'whole').reverse();
  const rows = whole.slice(0, SHOWN).map((snapshot) => {
    const restore = make('button', { type: 'button', textContent: 'Restore…' });
    restore.setAttribute('aria-label', `Restore from ${target}, ${time(snapshot.at)}…`);
    restore.addEventListener('click', () => openRestore(target, snapshot));
    const cells = [count(snapshot.files), snapshot.bytes === null ? '' : sizeText(snapshot.bytes)];
    const when = make('th', { scope: 'row' }, time(snapshot.at), ' ', make('code', { textContent: snapshot.id.slice(0, 8) }));
    return make('tr', {}, when, ...cells.map((textContent) => make('td', { textContent })), make('td', {}, restore));
  });
  const note = `${whole.length.toLocaleString('en-US')} ${whole.length === 1 ? 'snapshot' : 'snapshots'}, newest first`;
  const head = make('tr', {}, ...['When', 'Files', 'Bytes', 'Back'].map((textContent) => make('th', { scope: 'col', textContent })));
  const parts = [
    make('caption', { className: 'note', textContent: `${target}: ${note}` }),
    make('thead', {}, head),
    make('tbody', {}, ...rows),
  ];
  return make('table', { className: 'figures' }, ...parts);
}

/** A restore writes where it is told to, so it is asked for in a shell, not over a page; here stand the words for it. */
function openRestore(target, { id, at }) {
  const words = `docker exec -it photos-sync icloud-photos-sync off-site restore --target ${target} --snapshot ${id.slice(0, 12)} --to /restored`;
  const dialog = make('dialog', { className: 'sheet' });
  dialog.setAttribute('aria-labelledby', 'restore-title');
  const close = make('button', { type: 'button', className: 'quiet', textContent: 'Close', autofocus: true });
  close.addEventListener('click', () => dialog.close());
  const copy = make('button', { type: 'button', className: 'main', textContent: 'Copy the command' });
  copy.addEventListener('click', async () => {
    const copied = await navigator.clipboard?.writeText(words).then(
      () => true,
      () => false,
    );
    copy.textContent = copied ? 'Copied' : 'Select it and copy it';
  });
  dialog.append(
    make(
      'div',
      { className: 'sheet-body', tabIndex: 0 },
      make('h2', { id: 'restore-title', textContent: `Restore from ${time(at)}` }),
      make('p', {
        className: 'lead',
        textContent:
          'Files come back into an empty folder and are compared one by one. Nothing in the library changes. It is done in a shell, because it writes wherever it is told to.',
      }),
      make('pre', { className: 'log' }, make('code', { textContent: words })),
      make(
        'p',
        { className: 'note' },
        'Behind it: paths of the library such as ',
        make('code', { textContent: '_All-Photos/2024/2024-05' }),
        ', or ',
        make('code', { textContent: '--album Trips/Lisbon' }),
        ', or nothing for everything. ',
        make('code', { textContent: '/restored' }),
        ' is a folder as the container sees it.',
      ),
    ),
    make('div', { className: 'sheet-foot' }, close, copy),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

if (show) {
  show.hidden = false;
  show.addEventListener('click', list);
}
