import type { RequestHandler, Response } from 'express';

/** What an open page is told, as small as it can be: parts that did not change are left out. */
export type Snapshot = Readonly<Record<string, string | number | boolean>>;

export interface EventParts {
  /** The present state of a page, by the names of its parts. `view` is what the page asked for. */
  readonly snapshot: (view: string, owner: boolean) => Promise<Snapshot>;
  readonly isOwner: (response: Response) => boolean;
}

const LOOK_MS = 1000;
const BEAT_MS = 5000;
const MOST_STREAMS = 40;

/** One stream per open page (server-sent events): at most one message a second, and a beat every five. */
export function events({ snapshot, isOwner }: EventParts): RequestHandler {
  let open = 0;
  return (request, response) => {
    if (open >= MOST_STREAMS) {
      response.status(503).json({ message: 'Too many pages are open.' });
      return;
    }
    open += 1;
    const view = request.query.view === 'home' ? 'home' : 'other';
    const owner = isOwner(response);
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.flushHeaders();
    response.write('retry: 3000\n\n');
    let last: Snapshot = {};
    let beatMs = 0;
    let busy = false;
    const look = async (): Promise<void> => {
      if (busy || response.writableNeedDrain) return;
      busy = true;
      try {
        const now = await snapshot(view, owner);
        const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => last[name] !== value));
        last = now;
        beatMs += LOOK_MS;
        if (Object.keys(changed).length > 0) response.write(`event: change\ndata: ${JSON.stringify(changed)}\n\n`);
        else if (beatMs >= BEAT_MS) response.write('event: beat\ndata: {}\n\n');
        else return;
        beatMs = 0;
      } catch {
        // The next look may succeed; without a beat the page says itself that it knows nothing.
      } finally {
        busy = false;
      }
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    void look();
    response.once('close', () => {
      clearInterval(timer);
      open -= 1;
    });
  };
}
