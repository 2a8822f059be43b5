import type { openWebPage } from './web-page.ts';

/** A record as the change feed shows it. */
export interface Change {
  readonly recordName: string;
  readonly recordType: string | null;
  readonly deleted: boolean;
  readonly fields: Record<string, { value: number }>;
}
type Page = ReturnType<typeof openWebPage>;

/** Every change of a zone since a token, and the token after them. */
export async function readFeed(
  page: Page,
  zoneID: object,
  since?: string,
  where: 'private' | 'shared' = 'private',
): Promise<{ records: Change[]; token: string; pages: number[] }> {
  const records: Change[] = [];
  const pages: number[] = [];
  let token = since;
  for (;;) {
    const { body } = await page.database(
      '/changes/zone',
      { zones: [{ zoneID, ...(token === undefined ? {} : { syncToken: token }) }] },
      where,
    );
    const [zone] = body.zones;
    records.push(...zone.records);
    pages.push(zone.records.length);
    token = zone.syncToken as string;
    if (!zone.moreComing) return { records, token, pages };
  }
}

/** What kind of records came, tombstones as such, in alphabetical order. */
export const kindsOf = (records: readonly Change[]) =>
  records.map(({ recordType, deleted }) => (deleted ? 'tombstone' : recordType)).sort();
