export type Region = 'world' | 'china';

/** Apple's addresses by region (authentication.md §2). The sign-in host is the global one for both: the mainland one answered 503 for months. */
export interface Endpoints {
  /** Origin and OAuth redirect address; no trailing slash. */
  readonly home: string;
  readonly auth: string;
  readonly setup: string;
  /** Hosts that may be given session cookies and asked for bytes. */
  readonly isContentHost: (host: string) => boolean;
}

/** Addresses of the region that holds now: an account may turn out to live in the other one while we run. */
export function endpointsOf(region: () => Region): Endpoints {
  const top = () => (region() === 'china' ? 'icloud.com.cn' : 'icloud.com');
  return {
    get home() {
      return `https://www.${top()}`;
    },
    auth: 'https://idmsa.apple.com/appleauth/auth',
    get setup() {
      return `https://setup.${top()}/setup/ws/1`;
    },
    isContentHost: (host) => /(^|\.)icloud-content\.com(\.cn)?$/.test(host) || /\.cdn-apple\.com$/.test(host),
  };
}

/** The region that a login answer names, capitals as they come (authentication.md §2). */
export function regionOf(domainToUse: string): Region | undefined {
  if (/(^|\.)icloud\.com\.cn$/i.test(domainToUse)) return 'china';
  return /(^|\.)icloud\.com$/i.test(domainToUse) ? 'world' : undefined;
}

/** A current desktop browser: the service is the web page's (authentication.md §3.1). */
export const USER_AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15';
