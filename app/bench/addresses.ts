import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { SimulatedICloud } from './simulated-icloud.ts';

/** One file as iCloud offers it. */
export interface Offered {
  readonly url: string;
  readonly size: number;
}

export interface OfferedFiles {
  readonly files: readonly Offered[];
  readonly cookies: string;
}

interface Login {
  readonly databaseUrl: string;
  readonly cookies: { readonly cookies: readonly { readonly key: string; readonly value: string; readonly domain: string }[] };
}
interface Page {
  readonly records: readonly { readonly recordType: string; readonly fields: Readonly<Record<string, { readonly value: unknown }>> }[];
}

const PAGE_ASSETS = 100;
const FILE_FIELDS = ['resOriginalRes', 'resOriginalAltRes', 'resOriginalVidComplRes', 'resJPEGFullRes', 'resVidFullRes', 'resSidecarRes'];

/** Lists the personal library with the program's own login and nothing else of the program: every kept file with its address. */
export async function listOffered(icloud: SimulatedICloud, sessionFile: string): Promise<OfferedFiles> {
  const login = JSON.parse(readFileSync(sessionFile, 'utf8')) as Login;
  const cookies = login.cookies.cookies
    .filter(({ domain }) => domain === 'icloud.com')
    .map(({ key, value }) => `${key}=${value}`)
    .join('; ');
  const files = new Map<string, Offered>();
  for (let rank = 0; ; rank += PAGE_ASSETS) {
    const { records } = await post<Page>(icloud.address, login.databaseUrl, cookies, photosFrom(rank));
    if (records.length === 0) return { files: [...files.values()], cookies };
    for (const { fields } of records) {
      for (const name of FILE_FIELDS) {
        const { downloadURL, size, fileChecksum } = (fields[name]?.value ?? {}) as Record<string, unknown>;
        // Equal bytes once, as the program fetches them.
        if (typeof downloadURL === 'string' && typeof size === 'number' && size > 0)
          files.set(String(fileChecksum), { url: downloadURL, size });
      }
    }
  }
}

function photosFrom(rank: number): object {
  const equals = (fieldName: string, type: string, value: unknown) => ({ fieldName, comparator: 'EQUALS', fieldValue: { type, value } });
  return {
    query: {
      recordType: 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted',
      filterBy: [equals('startRank', 'INT64', rank), equals('direction', 'STRING', 'ASCENDING')],
    },
    zoneID: { zoneName: 'PrimarySync' },
    desiredKeys: FILE_FIELDS,
    resultsLimit: 2 * PAGE_ASSETS,
  };
}

/** Not `fetch`: that one sets the Host header itself. */
function post<T>(address: string, databaseUrl: string, cookies: string, body: object): Promise<T> {
  const path = '/database/1/com.apple.photos.cloud/production/private/records/query?remapEnums=true&getCurrentSyncToken=true';
  const text = JSON.stringify(body);
  const headers = {
    Host: new URL(databaseUrl).hostname,
    Cookie: cookies,
    Origin: 'https://www.icloud.com',
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(text),
  };
  return new Promise((resolve, reject) => {
    const call = request(`${address}${path}`, { method: 'POST', headers }, async (answer) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const json = Buffer.concat(chunks).toString('utf8');
        if (answer.statusCode !== 200) throw new Error(`Listing failed with HTTP ${answer.statusCode}: ${json}`);
        resolve(JSON.parse(json) as T);
      } catch (error) {
        reject(error);
      }
    });
    call.on('error', reject);
    call.end(text);
  });
}
