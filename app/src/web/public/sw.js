// Makes the page installable and shows notifications. It keeps nothing: what is shown must never be older than it says.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data?.json() ?? {};
  } catch {
    message = { body: event.data?.text() ?? '' };
  }
  const { title = 'Photos Sync', body = '', tag = 'photos-sync', url } = message;
  const icon = new URL('icon.svg', self.registration.scope).href;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon, data: { url } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { scope } = self.registration;
  const wanted = new URL(event.notification.data?.url ?? '', scope);
  // Only ever a page of ours, whatever a message says.
  const target = wanted.href.startsWith(scope) ? wanted.href : scope;
  const open = async () => {
    const pages = await self.clients.matchAll({ type: 'window' });
    const page = pages.find(({ url }) => url.startsWith(scope));
    if (page) return (await page.navigate(target))?.focus();
    return self.clients.openWindow(target);
  };
  event.waitUntil(open());
});
