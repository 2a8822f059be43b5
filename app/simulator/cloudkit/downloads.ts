import type { Account } from '../auth/account.ts';
import type { Route } from '../http/answer.ts';
import { type Answer, type Call, cookiesOf, header } from '../http/answer.ts';
import type { DownloadLinks } from './download-links.ts';

/** What came back without cookies: 17 bytes and HTTP 200 (photos.md §12.1). */
const NO_COOKIES_BODY = 'No Session Cookie';
const PATH = /^\/B\/([\w-]{56})\/(.+)$/;
const RANGE = /^bytes=(\d+)-(\d*)$/;

const HEADERS = {
  'Accept-Ranges': 'bytes',
  'Access-Control-Allow-Credentials': 'false',
  'Access-Control-Allow-Methods': 'GET,OPTIONS',
  'Access-Control-Allow-Origin': 'https://www.icloud.com',
  'Cache-Control': 'no-transform,private,max-age=2592000,s-maxage=2592000',
  'Content-Type': 'application/octet-stream',
  Server: 'AppleHttpServer/3faf4ee9434b',
};
const plain = (status: number, body: string): Answer => ({ status, headers: { 'Content-Type': 'text/plain' }, body });

function download(call: Call, account: Account, links: DownloadLinks): Answer {
  const [, checksums = '', placeholder = ''] = PATH.exec(call.path) ?? [];
  if (checksums === '') return plain(400, 'Bad Request');
  const cookies = cookiesOf(call);
  const webToken = cookies.get('X-APPLE-WEBAUTH-TOKEN');
  if (webToken === undefined) return plain(200, NO_COOKIES_BODY);
  if (!links.isSigned(checksums, call.query)) return plain(403, 'Forbidden');
  if (links.hasExpired(call.query, account.now())) return plain(410, 'Gone');
  if (account.logins.loginOf(webToken) === undefined) return plain(401, 'Unauthorized');
  const resource = links.find(checksums, call.query);
  if (resource === undefined) return plain(404, 'Not Found');
  const name = encodeURIComponent(decodeURIComponent(placeholder));
  const headers = {
    ...HEADERS,
    'Content-Disposition': `attachment; filename="${name}"; filename*=UTF-8''${name}`,
    'Last-Modified': new Date(account.now()).toUTCString(),
  };
  const { content } = resource;
  const [, from, to] = RANGE.exec(header(call, 'range') ?? '') ?? [];
  if (from === undefined) return { status: 200, headers, file: { content, start: 0, end: content.size } };
  const start = Number(from);
  if (start >= content.size) return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${content.size}` } };
  const end = to === undefined || to === '' ? content.size : Math.min(Number(to) + 1, content.size);
  const range = { 'Content-Range': `bytes ${start}-${end - 1}/${content.size}` };
  return { status: 206, headers: { ...headers, ...range }, file: { content, start, end } };
}

/** *.icloud-content.com: the bytes. */
export function downloadRoutes(account: Account, links: DownloadLinks): (method: string) => Route {
  return (method) => ({
    kind: 'download',
    handle: (call) => (method === 'GET' ? download(call, account, links) : plain(405, 'Method Not Allowed')),
  });
}
