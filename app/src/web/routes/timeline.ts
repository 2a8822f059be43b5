import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { isFilterName, monthsOf, ratiosOf } from '../../engine/timeline.ts';
import type { ItemSummary } from '../../ports/browse.ts';
import type { LibraryDoor } from '../../ports/library-door.ts';
import { plainName } from '../content-key.ts';
import type { LibraryViews, Selection } from '../library-views.ts';
import { readArea } from '../map-view.ts';
import { sendJson } from '../safe-headers.ts';

export interface BrowseParts {
  readonly library: () => LibraryDoor | undefined;
  readonly views: LibraryViews;
}

const LONGEST_QUERY = 200;
const MOST_ITEMS = 400;
const AWAY = 'The library is not open at the moment.';

/** Months with their counts, and one byte of shape for each item: enough to lay the whole timeline out. */
export function timeline({ library, views }: BrowseParts): RequestHandler {
  return async (request, response) => {
    const door = library();
    const selected = door && (await views.select(door, selectionOf(request)));
    if (selected === undefined) {
      response.status(503).json({ message: AWAY });
      return;
    }
    const { timeline: all, view } = selected;
    const answer = {
      version: all.version,
      count: view.length,
      months: monthsOf(all, view).map(({ month, count }) => [month, count]),
      ratios: Buffer.from(ratiosOf(all, view)).toString('base64'),
    };
    const etag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 24)}"`;
    response.set({ ETag: etag, 'Cache-Control': 'private, no-cache' });
    if (request.get('if-none-match') === etag) {
      response.status(304).end();
      return;
    }
    await sendJson(request, response, answer);
  };
}

/** A window of a timeline: what its tiles say. */
export function itemWindow({ library, views }: BrowseParts): RequestHandler {
  return async (request, response) => {
    const door = library();
    if (door === undefined) {
      response.status(503).json({ message: AWAY });
      return;
    }
    const [version, from, count] = ['v', 'from', 'count'].map((name) => wholeNumber(request.query[name]));
    if (version === undefined || from === undefined || count === undefined || count > MOST_ITEMS) {
      response.status(400).json({ message: `v, from and count (up to ${MOST_ITEMS}) are needed` });
      return;
    }
    const selected = await views.select(door, selectionOf(request), version);
    if (selected === undefined) {
      // The library has changed since: the page asks for the timeline again and goes on where it was.
      response.status(409).json({ message: 'The timeline has changed' });
      return;
    }
    const rows = [...selected.view.slice(from, from + count)].map((at) => selected.timeline.rows[at] ?? 0);
    const found = new Map(door.browse.items(rows).map((item) => [item.row, item]));
    // Places stay where they are: what is gone meanwhile leaves a hole.
    await sendJson(request, response, { from, items: rows.map((row) => tile(found.get(row))) });
  };
}

function tile(item: ItemSummary | undefined) {
  if (item === undefined) return null;
  const { row, name, takenMs, flags, durationMs, shown } = item;
  return { id: row, name, takenMs, flags, ...(durationMs ? { durationMs } : {}), key: plainName(shown) };
}

export function selectionOf({ query }: Request): Selection {
  const { filter, album, q, near } = query;
  return {
    filter: isFilterName(filter) ? filter : 'all',
    album: wholeNumber(album),
    query: typeof q === 'string' ? q.slice(0, LONGEST_QUERY) : '',
    area: readArea(near),
  };
}

export function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function away(response: Response): void {
  response.status(503).json({ message: AWAY });
}
