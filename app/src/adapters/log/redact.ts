import { REDACTION_RULES } from './redaction-rules.ts';

export interface Redactor {
  redact(text: string): string;
  /** From now on this value is removed as well: a code somebody typed, a token that was just issued. */
  add(secret: string): void;
}

/** Shorter than every registered value, so that replacing can never go on for ever. */
const REMOVED = '***';
/** Shorter values occur in ordinary text by chance. */
const SHORTEST_SECRET = 4;
/** Base64 of a part of a text is only telling from this length on. */
const SHORTEST_PART = 8;

/**
 * Removes what must not be read by whoever gets to see a log: the given values in every form in which they travel, and
 * what looks like Apple's tokens, signed addresses, codes, phone numbers and e-mail addresses.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  const add = (secret: string): void => {
    if (secret.length < SHORTEST_SECRET) return;
    for (const form of formsOf(secret)) forms.add(form);
    // Longest first: of two values that begin alike, the whole longer one has to go.
    const longestFirst = [...forms].sort((one, other) => other.length - one.length);
    pattern = new RegExp(longestFirst.map(literally).join('|'), 'g');
  };
  const withoutRegistered = (text: string): string => (pattern === undefined ? text : text.replace(pattern, REMOVED));

  for (const secret of secrets) add(secret);
  return {
    add,
    redact(text) {
      let result = withoutRegistered(text);
      for (const { pattern: rule, by } of REDACTION_RULES) result = result.replace(rule, by);
      // What was left and right of a removed part may together form a registered value again.
      for (let round = 0; round < 8; round++) {
        const next = withoutRegistered(result);
        if (next === result) return result;
        result = next;
      }
      return REMOVED;
    },
  };
}

function formsOf(secret: string): readonly string[] {
  const text = secret.toWellFormed(); // encodeURIComponent refuses half a surrogate pair
  const encoded = encodeURIComponent(text);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const bytes = Buffer.from(text, 'utf8');
  const base64 = bytes.toString('base64').replace(/={1,2}$/, '');
  const forms = [
    secret,
    text,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    form,
    ...[base64, ...innerBase64(bytes)].flatMap((one) => [one, one.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(one)]),
  ];
  return forms.filter((one) => one.length >= SHORTEST_SECRET);
}

/**
 * Base64 of a longer text that contains the value, as in `Authorization: Basic` (user:password): only the characters
 * that do not depend on the neighbours, for each of the three ways the value can be aligned.
 */
function innerBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2]
    .map((offset) => {
      const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
      const first = offset === 0 ? 0 : offset + 1;
      return whole.toString('base64').slice(first, Math.floor((whole.length * 8) / 6));
    })
    .filter((part) => part.length >= SHORTEST_PART);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
