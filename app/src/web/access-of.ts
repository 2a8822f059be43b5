import type { Access } from './gate.ts';
import type { Route } from './route.ts';

/** Who may use an address, by the very paths that the router knows. `:name` in a path stands for one part of an address. */
export function accessTable(routes: readonly { readonly paths: readonly string[]; readonly access: Route['access'] }[]) {
  const exact = new Map<string, Route['access']>();
  const patterns: { readonly pattern: RegExp; readonly access: Route['access'] }[] = [];
  for (const { paths, access } of routes) {
    for (const path of paths) {
      if (path.includes(':')) patterns.push({ pattern: patternOf(path), access });
      else exact.set(path, access);
    }
  }
  return (path: string): Access => exact.get(path) ?? patterns.find(({ pattern }) => pattern.test(path))?.access ?? 'unknown';
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
