import type { RequestHandler } from 'express';
import type { LibraryDoor } from '../../ports/library-door.ts';
import { plainName } from '../content-key.ts';
import { mediaType } from '../media-type.ts';
import { sendJson } from '../safe-headers.ts';
import { away, wholeNumber } from './timeline.ts';

/** Everything that is known of one item, with the proof of each of its files. */
export function showItem(library: () => LibraryDoor | undefined): RequestHandler {
  return async (request, response) => {
    const door = library();
    if (door === undefined) {
      away(response);
      return;
    }
    const row = wholeNumber(request.params.row);
    const item = row === undefined ? undefined : door.browse.item(row);
    if (item === undefined) {
      response.status(404).json({ message: 'There is no such item here.' });
      return;
    }
    const { row: id, shown, files, details, ...rest } = item;
    await sendJson(request, response, {
      id,
      ...rest,
      ...details,
      key: plainName(shown),
      files: files.map((file) => ({ ...file, ...mediaType(file.path) })),
    });
  };
}
