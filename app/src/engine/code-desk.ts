import type { CodeDesk, CodeVerdict, ResendRequest } from '../ports/code-desk.ts';

/** What came in while a code was awaited. `settle` tells the door that brought a code how Apple took it. */
export type CodeEvent =
  | { readonly is: 'code'; readonly code: string; readonly settle: (verdict: CodeVerdict) => void }
  | { readonly is: 'resend'; readonly request: ResendRequest };

/** The sign-in's side of the desk. */
export interface CodeInbox {
  /** The next thing that comes in; rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<CodeEvent>;
  /** No code is awaited any more; codes that were not looked at are told so. */
  close(): void;
}

/** One desk for all doors: whoever brings a code, the one sign-in that waits gets it. */
export function createCodeDesk(): CodeDesk & { open(): CodeInbox } {
  let inbox: { events: CodeEvent[]; notify: (() => void) | undefined } | undefined;
  const put = (event: CodeEvent) => {
    inbox?.events.push(event);
    inbox?.notify?.();
  };
  return {
    awaiting: () => inbox !== undefined,
    submit(code) {
      if (!inbox) return Promise.resolve('not-awaited');
      return new Promise((settle) => put({ is: 'code', code, settle }));
    },
    resend(request) {
      if (!inbox) return false;
      put({ is: 'resend', request });
      return true;
    },
    open() {
      const mine: NonNullable<typeof inbox> = { events: [], notify: undefined };
      inbox = mine;
      return {
        async next(signal) {
          signal.throwIfAborted();
          if (mine.events.length === 0) {
            await new Promise<void>((resolve, reject) => {
              const onAbort = () => reject(signal.reason);
              signal.addEventListener('abort', onAbort, { once: true });
              mine.notify = () => {
                signal.removeEventListener('abort', onAbort);
                resolve();
              };
            });
            mine.notify = undefined;
          }
          return mine.events.shift() as CodeEvent;
        },
        close() {
          if (inbox === mine) inbox = undefined;
          for (const event of mine.events.splice(0)) if (event.is === 'code') event.settle('not-awaited');
        },
      };
    },
  };
}
