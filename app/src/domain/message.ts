/** One thing said to the owner, whatever channel carries it. Holds no secrets: it leaves the house. */
export interface Message {
  readonly kind: 'problem' | 'recovered' | 'notice' | 'summary' | 'test';
  /** How loud a phone may be about it: `high` for what stands still until somebody acts, `low` for good news. */
  readonly urgency: 'low' | 'normal' | 'high';
  /** What it is about. A later message on the same topic takes the place of an earlier one that was not read yet. */
  readonly topic: string;
  /** One line, at most 60 characters. */
  readonly title: string;
  /** What happened, what is safe, what to do. */
  readonly text: string;
  /** The page of the service (`WEB_URL`), never with a token. */
  readonly link?: string | undefined;
  /** Epoch ms. */
  readonly atMs: number;
}

/** What `notify test` sends. */
export function testMessage(link: string | undefined, nowMs: number): Message {
  return {
    kind: 'test',
    urgency: 'normal',
    topic: 'test',
    title: 'This is a test',
    text: 'Messages from Photos Sync arrive here. You hear from it when the backup needs you, and when that is over.',
    link,
    atMs: nowMs,
  };
}
