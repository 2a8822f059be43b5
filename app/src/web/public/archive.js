// Archiving an album: the plan first, and what iCloud would lose only behind a red button.
import { base, command } from './app.js';
import { make, sizeText } from './panel.js';

const WORDS = {
  'shared-library': 'in the Shared Library',
  favorite: 'favourites',
  hidden: 'hidden',
  'not-in-archive': 'not in the folder',
  'not-proven': 'not proven to be here',
  'in-other-albums': 'also in other albums',
  'left-album': 'no longer in the album',
  'changed-in-icloud': 'changed since',
  'gone-already': 'gone already',
  unclear: 'unclear',
  refused: 'refused by iCloud',
};
const items = (count) => `${count.toLocaleString('en-US')} ${count === 1 ? 'item' : 'items'}`;

/** `album`: path of its folder in iCloud. Nothing changes before a button says so. */
export async function openArchive(album, name) {
  const dialog = make('dialog', { className: 'sheet' });
  dialog.setAttribute('aria-labelledby', 'archive-title');
  const content = make('div');
  content.setAttribute('role', 'status');
  const body = make(
    'div',
    { className: 'sheet-body', tabIndex: 0 },
    make('h2', { id: 'archive-title', textContent: `Archive “${name}”` }),
    make('p', {
      className: 'lead',
      textContent:
        'The album becomes a fixed folder on your disk. Nothing is deleted before you press the red button, and nothing that is not proven to be here.',
    }),
    content,
  );
  const foot = make('div', { className: 'sheet-foot' });
  const cancel = make('button', { type: 'button', className: 'quiet', textContent: 'Cancel', autofocus: true });
  cancel.addEventListener('click', () => dialog.close());
  foot.append(cancel);
  dialog.append(body, foot);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  content.replaceChildren(make('p', { className: 'note', textContent: 'Comparing the album with iCloud …' }));
  const planned = await command('archive', { album, dryRun: true, remoteDelete: true });
  const plan = planned.result?.archives?.[0];
  if (!plan) {
    content.replaceChildren(problem(planned));
    return;
  }
  content.replaceChildren(...showPlan(plan));
  const keep = make('button', { type: 'button', className: 'other', textContent: 'Archive, keep in iCloud' });
  keep.addEventListener('click', () => carryOut({ album, remoteDelete: false }));
  foot.append(keep);
  const goes = plan.remote?.deleted.length ?? 0;
  if (goes > 0) {
    const both = make('button', { type: 'button', className: 'danger', textContent: `Archive and delete ${goes.toLocaleString('en-US')}` });
    both.addEventListener('click', () => carryOut({ album, remoteDelete: true, yes: true }));
    foot.append(both);
  }

  async function carryOut(args) {
    for (const button of foot.querySelectorAll('button:not(.quiet)')) button.remove();
    cancel.textContent = 'Close';
    content.replaceChildren(make('p', { textContent: 'Copying, reading back, comparing … You can close this; it goes on by itself.' }));
    const done = await command('archive', args);
    const report = done.result?.archives?.[0];
    content.replaceChildren(...(report ? outcome(report) : [problem(done)]));
  }
}

function problem({ problem: message, advice, err }) {
  return make('p', { className: 'error', textContent: [message ?? err ?? 'That did not work.', advice].filter(Boolean).join(' ') });
}

function showPlan({ files, bytes, remote, problems }) {
  const goes = remote?.deleted.length ?? 0;
  const stays = remote?.kept.length ?? 0;
  const reasons = Object.entries(Object.groupBy(remote?.kept ?? [], ({ why }) => why)).map(
    ([why, kept]) => `${kept.length} ${WORDS[why] ?? why}`,
  );
  return [
    make('p', {
      textContent: `${files.toLocaleString('en-US')} ${files === 1 ? 'file' : 'files'}, ${sizeText(bytes)}, become real files of their own.`,
    }),
    shares(goes, stays),
    make(
      'div',
      { className: 'plan-sides' },
      side(
        'Deleted from iCloud',
        `${items(goes)}${goes > 0 ? `, ${sizeText(remote.bytes)}` : ''}`,
        goes > 0 ? 'They stay in Recently Deleted for a while, from where they can be brought back.' : 'Nothing.',
      ),
      side('Stays in iCloud', items(stays), reasons.length > 0 ? `${reasons.join(', ')}. All stay on this disk.` : ''),
    ),
    proofs(remote),
    ...(problems ?? []).map(({ examples, advice }) => make('p', { className: 'error', textContent: `${examples[0] ?? ''} ${advice}` })),
  ].filter(Boolean);
}

function shares(goes, stays) {
  const all = goes + stays;
  if (all === 0) return undefined;
  const at = (goes / all) * 100;
  const bar = make('div', { className: 'share' });
  bar.innerHTML = `<svg viewBox="0 0 100 9" preserveAspectRatio="none" aria-hidden="true"><rect class="goes" width="${at}" height="9"/><rect class="stays" x="${at}" width="${100 - at}" height="9"/></svg>`;
  return bar;
}

const side = (what, figure, more) =>
  make(
    'div',
    {},
    make('p', { className: 'what', textContent: what }),
    make('p', { className: 'figure', textContent: figure }),
    make('p', { className: 'note', textContent: more }),
  );

/** What is proven before the first item is deleted, in this order. */
function proofs(remote) {
  if (!remote || remote.deleted.length === 0) return undefined;
  const row = (text, note) => make('li', {}, make('span', { textContent: text }), make('span', { textContent: note }));
  return make(
    'ul',
    { className: 'proofs' },
    row('Every file is copied and read back', 'before'),
    row('Its bytes equal Apple’s checksums', 'before'),
    row('An off-site copy holds it, if one is set up', 'before'),
    row('Favourites and albums are read again', 'before each batch'),
    ...(remote.stopped ? [make('li', { className: 'amber' }, make('span', { textContent: remote.stopped }))] : []),
  );
}

function outcome({ id, path, files, bytes, complete, remote, problems }) {
  const words = complete
    ? `${path} is archived: ${files.toLocaleString('en-US')} files, ${sizeText(bytes)}, every one read back and compared.`
    : `${path} is not complete yet. Archive it again to go on.`;
  const parts = [make('p', { className: complete ? 'good' : 'amber', textContent: words })];
  for (const { examples, advice } of problems ?? [])
    parts.push(make('p', { className: 'error', textContent: `${examples[0] ?? ''} ${advice}` }));
  if (!remote) return parts;
  parts.push(make('p', { textContent: `${items(remote.deleted.length)} deleted in iCloud (${sizeText(remote.bytes)}).` }));
  if (remote.stopped) parts.push(make('p', { className: 'amber', textContent: remote.stopped }));
  const until = Math.min(...remote.deleted.map(({ recoverableUntilMs }) => recoverableUntilMs ?? Number.POSITIVE_INFINITY));
  if (Number.isFinite(until)) {
    const undo = make('button', { type: 'button', textContent: 'Undo: bring them back' });
    undo.addEventListener('click', async () => {
      undo.disabled = true;
      const answer = await command('archive undo', { id });
      undo.replaceWith(
        make('p', {
          textContent: answer.exitCode === 0 ? 'They are back in iCloud.' : (answer.problem ?? answer.err ?? 'That did not work.'),
        }),
      );
    });
    parts.push(
      make('p', {
        className: 'note',
        textContent: `You can undo it until ${new Date(until).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}.`,
      }),
      undo,
    );
  }
  parts.push(make('p', {}, make('a', { href: `${base}/albums`, textContent: 'All albums' })));
  return parts;
}
