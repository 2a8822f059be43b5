/**
 * What looks like a secret, whoever wrote it into a text. Every repetition is either bounded or ends at a character it
 * cannot contain, and nothing that follows it can fail: each rule takes time proportional to the text.
 */
export interface RedactionRule {
  readonly pattern: RegExp;
  readonly by: string;
}

/** A separator between a name and its value: `=`, `: `, or what is left of JSON (also JSON inside JSON) and inspect. */
const IS = String.raw`\\{0,3}["']?\s{0,3}[:=]\s{0,3}\[?\\{0,3}["']?`;
/** A value up to the first character that ends one in headers, queries, JSON and inspect. */
const WORD = String.raw`[^\s"',;&}\]\\]+`;

/** Values that are secret under this name wherever they appear as quoted text (authentication.md, trap 38). */
const JSON_NAMES = [
  'password',
  'accountPassword',
  'passphrase',
  'a',
  'm1',
  'm2',
  'c',
  'dsWebAuthToken',
  'trustTokens?',
  'trust_tokens?',
  'sessionToken',
  'session_token',
  'authToken',
  'accessToken',
  'webToken',
  'webPassword',
  'phoneNumber',
  'numberWithDialCode',
  'obfuscatedNumber',
  'maskedNumber',
  'lastTwoDigits',
].join('|');
/** Names that are clear enough to remove an unquoted value after `=`, or a quoted one after `:`, as well. */
const CLEAR_NAMES = 'passw(?:or)?d|id_pwd|passphrase|dsWebAuthToken|trust_?tokens?|session_?token|auth_?token|web_?token|web_?password';

const rule = (pattern: string, by: string, flags = 'gi'): RedactionRule => ({ pattern: new RegExp(pattern, flags), by });

export const REDACTION_RULES: readonly RedactionRule[] = [
  // A signed download address opens a photo for whoever has it.
  rule(String.raw`(icloud-content\.com(?:\.cn)?(?::\d{1,5})?)(?:\\?\/|%2f|\?)[^\s"'<>]*`, '$1/***'),
  // Whole cookie headers: as text to the end of the line, as JSON or inspect to the end of the value.
  rule(
    String.raw`((?:set-)?cookie\\{0,3}["']?\s{0,3}[:=]\s{0,3})(?:\[(?:[^\]"']|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)*\]?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\r\n]*)`,
    '$1***',
  ),
  rule(String.raw`(authorization${IS})(?:(?:basic|bearer)\s{1,3})?${WORD}`, '$1***'),
  rule(String.raw`\b((?:X-APPLE-[\w-]{1,64}|scnt)${IS})${WORD}`, '$1***'),
  rule(String.raw`HSARMTKN[\w+/=%:.-]*`, '***', 'g'),
  // JSON: to the end of the text or the list. The second form is JSON that was put into JSON as text.
  rule(String.raw`("(?:${JSON_NAMES})"\s{0,3}:\s{0,3})(?:"(?:[^"\\]|\\.)*"?|\[(?:[^\]"]|"(?:[^"\\]|\\.)*"?)*\]?)`, '$1"***"'),
  rule(String.raw`(\\"(?:${JSON_NAMES})\\"\s{0,3}:\s{0,3})(?:\\"(?:[^"\\]|\\\\(?:\\.)?)*(?:\\")?|\[[^\]]*\]?)`, String.raw`$1\"***\"`),
  rule(String.raw`\b((?:\w{0,32}_)?(?:${CLEAR_NAMES})=)(?:"[^"]*"?|'[^']*'?|[^\s"',;&}\]]+)`, '$1***'),
  rule(String.raw`\b((?:${CLEAR_NAMES}|m1|m2):\s{0,3})(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)`, '$1***'),
  rule(String.raw`(code${IS})\d{6}(?!\d)`, '$1***'),
  // As Apple masks them: "+49 ••••• •••••07", "(•••) •••-••81"; stars are what others make of the dots.
  rule(String.raw`(?:\+\d{1,4}[ .-]?)?\(?•[• ().\u00a0-]{0,24}\d{1,4}(?!\d)`, '***', 'g'),
  rule(String.raw`\(?\*{2,6}\)?[ .-]{1,2}\*{2,6}[ .-]?\*{0,6}\d{1,4}(?!\d)`, '***', 'g'),
  rule(String.raw`(?<![\w+/])\+\d{1,3}[ .(\u00a0-]{0,2}\d(?:[ .()/\u00a0-]{0,2}\d){5,12}(?!\d)`, '***', 'g'),
  rule(
    String.raw`(?<![\p{L}\d._+-])([\p{L}\d])[\p{L}\d._+-]{0,127}(@|%40)([\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,8})`,
    '$1***$2$3',
    'giu',
  ),
];
