import { isIP } from 'node:net';

/** The name in a Host header, lower case, without port; undefined when it is none. */
export function hostName(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]{2,45})\]|([^\s:/?#@[\]\\]{1,253}))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : undefined;
  return plain?.toLowerCase().replace(/\.$/, '') || undefined;
}

/** Names that no stranger can register, so that no web page can make a browser reach this port under one of them. */
const HOME_SUFFIXES = ['.local', '.lan', '.home.arpa', '.internal'];

/** Guards against DNS rebinding: a page of a stranger whose name suddenly points to this machine still sends its own name. */
export function isAllowedHost(name: string, allowed: readonly string[]): boolean {
  if (isIP(name) !== 0 || !name.includes('.') || HOME_SUFFIXES.some((suffix) => name.endsWith(suffix))) return true;
  return allowed.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one));
}

export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name === '127.0.0.1' || name === '::1';
}

/** The peer of the connection is this machine (or this container) itself. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address));
}

/** Whether a page of this very host sent the request. `null`, as sandboxed pages send it, is nobody. */
export function isSameOrigin(origin: string, hostHeader: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  const here = `${protocol}//${hostHeader}`;
  return /^https?:$/.test(protocol) && URL.canParse(here) && new URL(here).host === host;
}
