import type { Access } from './gate.ts';
import type { Route } from './route.ts';

/** One address with its route, in the order in which the router looks at them. */
export interface ServedPath {
  readonly path: string;
  readonly access: Route['access'];
}

/** Who may use an address: what the router would find first. `:name` in a path stands for one part of an address. */
export function accessTable(served: readonly ServedPath[]): (path: string) => Access {
  const exact = new Map<string, number>();
  const patterns: { readonly pattern: RegExp; readonly index: number }[] = [];
  for (const [index, { path }] of served.entries()) {
    if (path.includes(':')) patterns.push({ pattern: patternOf(path), index });
    else if (!exact.has(path)) exact.set(path, index);
  }
  return (path) => {
    const byName = exact.get(path) ?? Number.POSITIVE_INFINITY;
    const byPattern = patterns.find(({ pattern }) => pattern.test(path))?.index ?? Number.POSITIVE_INFINITY;
    return served[Math.min(byName, byPattern)]?.access ?? 'unknown';
  };
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
