import type { RequestHandler } from 'express';

/** What makes the page installable; its addresses depend on the base path, so it is no file. */
export function manifest(basePath: string, staticPath: string): RequestHandler {
  const icon = (size: number, purpose: 'any' | 'maskable') => ({
    src: `${staticPath}/icon-${size}.png`,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  });
  const content = {
    name: 'Photos Sync',
    short_name: 'Photos Sync',
    id: `${basePath}/`,
    start_url: `${basePath}/`,
    scope: `${basePath}/`,
    display: 'standalone',
    background_color: '#101413',
    theme_color: '#101413',
    icons: [icon(192, 'any'), icon(512, 'any'), icon(512, 'maskable')],
  };
  return (_request, response) => {
    response.set({ 'Cache-Control': 'no-cache', 'Content-Type': 'application/manifest+json' }).send(JSON.stringify(content));
  };
}
