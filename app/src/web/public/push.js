// Notifications of this browser: the service sends them when it needs somebody, and nothing else.
import { base, byId } from './app.js';

const box = byId('push');
const button = byId('push-button');
const says = byId('push-says');

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
const send = (method, body) =>
  fetch(`${base}/api/push/subscribe`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

async function show() {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  button.textContent = subscription ? 'Stop notifications here' : 'Notify me in this browser';
  button.onclick = () => (subscription ? stop(subscription) : start(registration)).catch(failed).then(show);
}

async function start(registration) {
  if ((await Notification.requestPermission()) !== 'granted') {
    says.textContent = 'The browser does not allow notifications from this page.';
    return;
  }
  const { publicKey } = await (await fetch(`${base}/api/push/key`)).json();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) });
  const answer = await send('POST', subscription.toJSON());
  says.textContent = answer.ok ? 'You hear from us here when a code or a decision is needed.' : 'The service did not take it.';
}

async function stop(subscription) {
  await send('DELETE', { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
  says.textContent = '';
}

function failed() {
  says.textContent = 'That did not work in this browser.';
}

// Browsers offer this over HTTPS only.
if (box && 'PushManager' in window && 'serviceWorker' in navigator) {
  box.hidden = false;
  void show();
}
