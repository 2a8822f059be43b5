/** Where a repository lies, as far as this program has to know it: for a look before the engine starts, and for messages. */
export type Location =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'ssh'; readonly user: string | undefined; readonly host: string; readonly port: number; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }
  /** A cloud service that only the engine knows. */
  | { readonly kind: 'other' };

const SSH_PORT = 22;

export function locationOf(repository: string): Location {
  const url = /^(?:sftp|ssh):\/\//.test(repository) && URL.canParse(repository) ? new URL(repository) : undefined;
  if (url)
    return {
      kind: 'ssh',
      user: url.username === '' ? undefined : decodeURIComponent(url.username),
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? SSH_PORT : Number(url.port),
      path: decodeURIComponent(url.pathname),
    };
  const [, user, host, path] = /^sftp:(?:([^@/]+)@)?([^:/]+):(.*)$/.exec(repository) ?? [];
  if (host !== undefined && path !== undefined) return { kind: 'ssh', user, host, port: SSH_PORT, path };
  const [, web] = /^(?:rest|s3):(https?:\/\/.*)$/.exec(repository) ?? [];
  if (web !== undefined) return { kind: 'http', url: web };
  return repository.startsWith('/') ? { kind: 'folder', path: repository } : { kind: 'other' };
}

/** For people: an address without the password that may stand in it. */
export function shownAs(repository: string): string {
  return repository.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@');
}
