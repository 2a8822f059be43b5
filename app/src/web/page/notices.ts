import { type Html, html } from './html.ts';

/** What a form led to, shown once. The address carries only the name, so nobody can put words here. `code`: said at the code field. */
const NOTICES = {
  'code-accepted': { bad: false, text: 'Apple accepted the code. The sync goes on.' },
  'code-refused': { bad: true, code: true, text: 'Apple did not accept the code. Check the digits, or ask for a new code.' },
  'code-checking': { bad: false, text: 'Apple has the code and has not answered yet. This page shows what comes of it.' },
  'code-not-awaited': { bad: true, text: 'No sign-in is waiting for a code right now.' },
  'code-failed': { bad: true, text: 'The code could not be handed to Apple. Try again in a minute; the log says why.' },
  'code-format': { bad: true, code: true, text: 'A code has six digits.' },
  'code-resent': { bad: false, text: 'Apple was asked for a new code.' },
  'sync-asked': { bad: false, text: 'Sync requested.' },
  'not-now': { bad: true, text: 'Not possible right now; see below what goes on.' },
  paused: { bad: false, text: 'Paused. No sync until you go on.' },
  'command-done': { bad: false, text: 'Done.' },
  'retry-begun': { bad: false, text: 'It is being tried again now.' },
  'retry-asked': { bad: false, text: 'It is tried again with the next sync.' },
  'command-asked': { bad: false, text: 'It has begun; this page shows how it goes.' },
  'command-failed': { bad: true, text: 'That did not work. The log says why.' },
  resumed: { bad: false, text: 'Syncs go on as scheduled.' },
} as const satisfies Record<string, Notice>;

export interface Notice {
  readonly bad: boolean;
  readonly text: string;
  readonly code?: true;
}

export type NoticeId = keyof typeof NOTICES;

export function noticeOf(id: unknown): Notice | undefined {
  return typeof id === 'string' && Object.hasOwn(NOTICES, id) ? NOTICES[id as NoticeId] : undefined;
}

/** Above everything else; bad news is told at once by screen readers. */
export function noticeLine(notice: Notice | undefined): Html | undefined {
  return notice && html`<p class="notice${notice.bad ? ' bad' : ''}" role="${notice.bad ? 'alert' : 'status'}">${notice.text}</p>\n`;
}
