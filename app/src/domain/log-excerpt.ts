/**
 * Lines of the log without the names of photos, albums and folders: for a report that may be shown to strangers. What is
 * left tells when what happened; with names taken out of free text, rather too much goes than too little.
 */

/** Words that begin with a capital letter and are nobody's name. */
const OUR_WORDS: ReadonlySet<string> = new Set(
  'Apple Apples Ctrl DNS Everything HTTP ICloud Photos Library Node Not Nothing SQLite Sync TLS Trash Verify Verified'
    .toLowerCase()
    .split(' '),
);
/** Facts that go with a line and hold no name. */
const PLAIN_FACTS: ReadonlySet<string> = new Set([
  'method',
  'host',
  'status',
  'ms',
  'code',
  'how',
  'bytes',
  'files',
  'outcome',
  'errno',
  'finding',
  'kind',
]);

export function maskLogLine(line: string): string {
  const [, head = '', text = '', fields = ''] = /^(\d{4}-\S+ \w+ +)?(.*?)( ?\{"(?:[^"\\]|\\.)*":.*\})?$/s.exec(line) ?? [];
  return `${head}${maskText(text)}${fields === '' ? '' : ` ${maskFields(fields)}`}`;
}

function maskText(text: string): string {
  return text
    .replace(/"[^"]*"|“[^”]*”|`[^`]*`/g, '…')
    .replace(/(: ).+$/s, '$1…')
    .split(' ')
    .map((word, index) => (isName(word, index) ? '…' : word))
    .join(' ')
    .replace(/…(?: …)+/g, '…');
}

function isName(word: string, index: number): boolean {
  const bare = word.replace(/^[(]+|[.,;:!?)]+$/g, '');
  if (/[/\\]/.test(bare) || /\.[A-Za-z0-9]{2,5}$/.test(bare) || /[^\x20-\x7e…]/.test(bare)) return true;
  if (/^[\d.,:-]*$/.test(bare)) return false;
  return index > 0 && /^[A-Z]|[A-Za-z]\d|_/.test(bare) && !OUR_WORDS.has(bare.toLowerCase());
}

function maskFields(fields: string): string {
  try {
    const known = Object.entries(JSON.parse(fields) as Record<string, unknown>);
    return JSON.stringify(
      Object.fromEntries(
        known.map(([name, value]) => [
          name,
          typeof value === 'number' || typeof value === 'boolean' || PLAIN_FACTS.has(name) ? value : '…',
        ]),
      ),
    );
  } catch {
    return '…';
  }
}
