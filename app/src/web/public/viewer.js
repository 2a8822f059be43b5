// One photo, large, with the proof of its files.
import { base, byId } from './app.js';
import { panel } from './panel.js';
import { isEdited, isLive, isVideo, thumbOf } from './tile.js';

const DISPLAYABLE = /\.(jpe?g|png|gif|webp|avif)$/i;

export function createViewer({ item: itemNumber, path, home, onClose }) {
  const dialog = byId('viewer');
  const picture = byId('stage-picture');
  let number;
  let item;
  let original = false;
  let turn = 0;
  const self = { open, openId, home };

  async function open(at) {
    const found = await itemNumber(at);
    if (!found) return;
    number = at;
    show(found);
  }

  /** By its own address: the timeline may not know where it is. */
  async function openId(id) {
    const answer = await fetch(`${base}/api/items/${id}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    number = undefined;
    show(await answer.json());
  }

  function show(found) {
    item = found;
    original = false;
    if (!dialog.open) {
      dialog.classList.toggle('no-panel', innerWidth <= 900 ? false : localStorage.getItem('panel') === 'no');
      history.pushState({ viewer: true }, '', path(item.id));
      dialog.showModal();
    } else history.replaceState({ viewer: true }, '', path(item.id));
    byId('viewer-name').textContent = item.name;
    byId('viewer-switch').hidden = !isEdited(item) || isVideo(item);
    byId('viewer-live').hidden = !isLive(item);
    byId('viewer-back').hidden = number === undefined || number === 0;
    byId('viewer-forward').hidden = number === undefined;
    pressed();
    void draw();
    void describe();
    if (number !== undefined) void preload(number + 1);
  }

  function pressed() {
    byId('show-edited').setAttribute('aria-pressed', String(!original));
    byId('show-original').setAttribute('aria-pressed', String(original));
    const kind = isEdited(item) && !original ? (isVideo(item) ? 'edited-video' : 'edited') : 'original';
    byId('viewer-download').href = `${base}/media/${item.id}/${kind}?download`;
  }

  async function draw() {
    turn += 1;
    const mine = turn;
    const shown = item;
    if (isVideo(shown)) {
      const film = document.createElement('video');
      Object.assign(film, { controls: true, autoplay: true, playsInline: true, poster: thumbOf(shown, 'large') });
      film.src = `${base}/media/${shown.id}/${isEdited(shown) ? 'edited-video' : 'original'}`;
      film.addEventListener(
        'error',
        () => film.isConnected && picture.replaceChildren(sorry('This browser cannot play this film. It can be downloaded.')),
      );
      picture.replaceChildren(film);
      return;
    }
    const image = new Image();
    image.alt = shown.name;
    image.src = thumbOf(shown, 'small');
    image.addEventListener(
      'error',
      () => image.isConnected && picture.replaceChildren(sorry('This browser cannot show this kind of file. It can be downloaded.')),
    );
    picture.replaceChildren(image);
    // The small one stands in until the large one is there.
    const large = new Image();
    large.decoding = 'async';
    large.src = largeOf(shown);
    try {
      await large.decode();
      if (mine === turn) image.src = large.src;
    } catch {
      const own = `${base}/media/${shown.id}/original`;
      if (mine === turn && original) {
        image.src = own;
      }
    }
  }

  function largeOf(shown) {
    if (original && isEdited(shown)) return `${base}/media/${shown.id}/original`;
    if (!isEdited(shown) && DISPLAYABLE.test(shown.name)) return `${base}/media/${shown.id}/original`;
    return thumbOf(shown, 'large');
  }

  function sorry(text) {
    const words = document.createElement('p');
    words.textContent = text;
    return words;
  }

  async function describe() {
    const { id } = item;
    const answer = await fetch(`${base}/api/items/${id}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok || item.id !== id) return;
    const detail = await answer.json();
    byId('panel-content').replaceChildren(...panel(detail));
    byId('panel').scrollTop = 0;
  }

  async function preload(next) {
    const following = await itemNumber(next);
    if (following && !isVideo(following)) new Image().src = thumbOf(following, 'small');
  }

  function playLive() {
    const film = document.createElement('video');
    film.className = 'over';
    Object.assign(film, { autoplay: true, playsInline: true, src: `${base}/media/${item.id}/live-video` });
    film.addEventListener('ended', () => film.remove());
    film.addEventListener('error', () => film.remove());
    picture.append(film);
  }

  function step(by) {
    if (number !== undefined) void open(number + by);
  }
  function swap() {
    if (byId('viewer-switch').hidden) return;
    original = !original;
    pressed();
    void draw();
  }
  function togglePanel() {
    const hidden = dialog.classList.toggle('no-panel');
    localStorage.setItem('panel', hidden ? 'no' : 'yes');
  }

  byId('viewer-close').addEventListener('click', () => dialog.close());
  byId('viewer-back').addEventListener('click', () => step(-1));
  byId('viewer-forward').addEventListener('click', () => step(1));
  byId('viewer-live').addEventListener('click', playLive);
  byId('viewer-info').addEventListener('click', togglePanel);
  byId('show-edited').addEventListener('click', () => original && swap());
  byId('show-original').addEventListener('click', () => !original && swap());
  dialog.addEventListener('keydown', (event) => {
    if (event.target.matches('video')) return;
    const act = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), e: swap, l: () => isLive(item) && playLive(), i: togglePanel }[
      event.key
    ];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  let startX;
  picture.addEventListener('pointerdown', ({ clientX, pointerType }) => {
    startX = pointerType === 'touch' ? clientX : undefined;
  });
  picture.addEventListener('pointerup', ({ clientX }) => {
    if (startX !== undefined && Math.abs(clientX - startX) > 60) step(clientX < startX ? 1 : -1);
    startX = undefined;
  });
  dialog.addEventListener('close', () => {
    picture.replaceChildren();
    turn += 1;
    if (history.state?.viewer) history.back();
    onClose(number);
  });
  addEventListener('popstate', () => {
    if (dialog.open && !history.state?.viewer) dialog.close();
    else if (!dialog.open && !history.state?.viewer && /\/photos\/\d+$/.test(location.pathname)) history.replaceState(null, '', self.home);
  });
  return self;
}
