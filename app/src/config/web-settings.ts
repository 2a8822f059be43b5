import { basePath, hostList, httpUrl, networkList, secretLine, secretToken, wholeNumber } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'web';

export const webSettings = {
  port: setting(wholeNumber(1, 65_535).default(80), {
    env: 'PORT',
    flag: '--port',
    short: '-P',
    placeholder: 'number',
    expects: 'a whole number from 1 to 65535',
    help: 'Port that takes sign-in codes.',
    group,
  }),
  webBasePath: setting(basePath().default(''), {
    env: 'WEB_BASE_PATH',
    flag: '--web-base-path',
    placeholder: 'path',
    expects: 'a path such as /photos-sync (letters, digits, dot, dash, underscore)',
    help: 'Prefix when a reverse proxy serves this below a path of its own.',
    group,
  }),
  webPassword: setting(secretLine().optional(), {
    env: 'WEB_PASSWORD',
    expects: 'one line of text',
    help: 'Password of the page and of requests from other machines (HTTP Basic, any user name).',
    group,
    secret: true,
  }),
  webToken: setting(secretToken().optional(), {
    env: 'WEB_TOKEN',
    expects: 'one line of printable ASCII characters without blanks',
    help: 'Token for programs on other machines (`Authorization: Bearer …`).',
    group,
    secret: true,
  }),
  webReadOnly: toggle({
    env: 'WEB_READ_ONLY',
    flag: '--web-read-only',
    help: 'The page and the API show everything and change nothing; sign-in codes come by `enter_mfa`.',
    group,
  }),
  thumbnails: toggle(
    {
      env: 'THUMBNAILS',
      help: 'Fetch small pictures from iCloud, so that the page can show photos that browsers do not understand.',
      group,
    },
    true,
  ),
  thumbnailCache: setting(wholeNumber(10, 1_000_000).default(4000), {
    env: 'THUMBNAIL_CACHE',
    flag: '--thumbnail-cache',
    placeholder: 'megabytes',
    expects: 'a whole number of megabytes, at least 10',
    help: 'Room for small pictures in the state folder; those not looked at for the longest time go first.',
    group,
  }),
  webAllowedHosts: setting(hostList().default([]), {
    env: 'WEB_ALLOWED_HOSTS',
    flag: '--web-allowed-hosts',
    placeholder: 'names',
    expects: 'host names separated by commas, without http:// and without a port',
    help: 'Further host names under which browsers may reach the port. Addresses and home network names always may.',
    group,
  }),
  webTrustedProxies: setting(networkList().default([]), {
    env: 'WEB_TRUSTED_PROXIES',
    flag: '--web-trusted-proxies',
    placeholder: 'networks',
    expects: 'IP addresses or networks such as 172.18.0.0/16, separated by commas',
    help: 'Reverse proxies whose `X-Forwarded-For` tells who is asking.',
    group,
  }),
  webUrl: setting(httpUrl().optional(), {
    env: 'WEB_URL',
    flag: '--web-url',
    placeholder: 'url',
    expects: 'an address that starts with http:// or https://',
    help: 'Address of the web page as you reach it: notifications link to it. Its host name may reach the port like those in `WEB_ALLOWED_HOSTS`.',
    group,
  }),
};
