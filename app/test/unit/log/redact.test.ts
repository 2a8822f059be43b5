import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/adapters/log/redact.ts';

const { redact } = createRedactor([]);

describe('what must not survive', () => {
  it.each([
    [
      'a signed download address',
      'GET https://cvws.icloud-content.com/B/AbCdEf?o=SECRET1&s=SECRET2 failed',
      'GET https://cvws.icloud-content.com/*** failed',
    ],
    ['one in China', '"url":"https://cvws.icloud-content.com.cn/S/x?a=SECRET1"', '"url":"https://cvws.icloud-content.com.cn/***"'],
    ['one with escaped slashes', 'https:\\/\\/cvws.icloud-content.com\\/B\\/SECRET1', 'https:\\/\\/cvws.icloud-content.com/***'],
    ['one with a port', 'https://p1.icloud-content.com:443/SECRET1', 'https://p1.icloud-content.com:443/***'],
    ['a cookie header', 'Cookie: aasp=SECRET1; dslang=SECRET2\nnext', 'Cookie: ***\nnext'],
    ['a set-cookie list', '{"set-cookie":["a=SECRET1; Path=/","b=\\"SECRET2\\""],"status":200}', '{"set-cookie":***,"status":200}'],
    ['a cookie in an object that was printed', "{ 'set-cookie': [ 'a=SECRET1' ], status: 200 }", "{ 'set-cookie': ***, status: 200 }"],
    [
      'an Apple cookie',
      'X-APPLE-WEBAUTH-TOKEN=SECRET1; X-APPLE-DS-WEB-SESSION-TOKEN="SECRET2"',
      'X-APPLE-WEBAUTH-TOKEN=***; X-APPLE-DS-WEB-SESSION-TOKEN="***"',
    ],
    ['a session token header', 'X-Apple-Session-Token: SECRET1', 'X-Apple-Session-Token: ***'],
    ['a session token in JSON', '{"x-apple-session-token":"SECRET1"}', '{"x-apple-session-token":"***"}'],
    [
      'a session token in JSON in JSON',
      String.raw`{"h":"{\"X-Apple-ID-Session-Id\":\"SECRET1\"}"}`,
      String.raw`{"h":"{\"X-Apple-ID-Session-Id\":\"***\"}"}`,
    ],
    ['scnt', 'scnt: SECRET1', 'scnt: ***'],
    ['scnt in a list', '"scnt":["SECRET1"]', '"scnt":["***"]'],
    ['a trust token', 'stored HSARMTKNabc+/=SECRET1SRVX now', 'stored *** now'],
    ['an authorization header', 'Authorization: Basic SECRET1==', 'Authorization: ***'],
    ['a password in JSON', '{"accountName":"x","password":"SEC\\"RET1 SECRET2"}', '{"accountName":"x","password":"***"}'],
    ['a password in JSON that was cut off', '{"password":"SECRET1', '{"password":"***"'],
    ['a password in JSON in JSON', String.raw`"{\"password\":\"SEC\\\"RET1\",\"x\":1}"`, String.raw`"{\"password\":\"***\",\"x\":1}"`],
    [
      'the values of the handshake',
      '{"a":"SECRET1","m1":"SECRET2","m2":"SECRET3","c":"d-SECRET4","iteration":1}',
      '{"a":"***","m1":"***","m2":"***","c":"***","iteration":1}',
    ],
    [
      'web tokens',
      '{"dsWebAuthToken":"SECRET1","trustToken":"SECRET2","trustTokens":["SECRET3","SECRET4"]}',
      '{"dsWebAuthToken":"***","trustToken":"***","trustTokens":"***"}',
    ],
    ['an environment variable', 'APPLE_ID_PWD=SECRET1 WEB_TOKEN=SECRET2', 'APPLE_ID_PWD=*** WEB_TOKEN=***'],
    ['a password in an object that was printed', "{ password: 'SECRET1' }", '{ password: *** }'],
    ['a code in a query', 'POST /mfa?code=918273', 'POST /mfa?code=***'],
    ['a code in JSON', '{"securityCode":{"code":"918273"}}', '{"securityCode":{"code":"***"}}'],
    ['a code in a sentence', 'Read MFA code: 918273', 'Read MFA code: ***'],
    ['a masked phone number', 'sent to +49 ••••• •••••07.', 'sent to ***.'],
    ['a masked American number', 'sent to (•••) •••-••81', 'sent to ***'],
    ['a number masked with stars', 'sent to (***) ***-**81', 'sent to ***'],
    ['an international number', 'call +49 170 1234567 or +1 (555) 010-9999!', 'call *** or ***!'],
    ['an e-mail address', 'signed in as jane.doe+icloud@example.com', 'signed in as j***@example.com'],
    ['an e-mail address in an address', '?accountName=jane%40mail.example.com', '?accountName=j***%40mail.example.com'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(text)).not.toMatch(/SECRET|918273/);
  });
});

describe('what must survive', () => {
  it.each([
    'IMG_0412.HEIC arrived incomplete (4.0 of 4.1 KB). It was not kept; the next sync fetches it again.',
    'Sync finished in 4 min: 37 new, 2 edited, 1 moved to _Trash. Library: 48,211 photos, all present.',
    'Apple wants a sign-in code. Look at your iPhone, then run: docker exec photos-sync enter_mfa',
    '2026-11-20T10:00:00.123Z 2026-11-20T10:00:00+01:00 GMT+0100 1763632800123',
    '_All-Photos/2024/2024-05/IMG_123456 (1).HEIC of 12345678 bytes',
    'HTTP 412 code -20101, exit code 5, code=20101, error code 1234567',
    'checksum AV8K3+491701234567890abc/def= of B0A1C2D3-0000-4000-8000-1234567890AB',
    'Asking https://p123-ckdatabasews.icloud.com/database/1/com.apple.photos.cloud/production/private',
    '{"zone":"PrimarySync","offsetS":7200,"syncToken":"AQAAAA","a":1,"password":null}',
    'icloud-content.com is not reachable; 3 cookies are stored; the password was refused',
    'a phone + 12 photos, 5 * 4 ** 2, see @daily and 50 % @ 3x',
    'Größe: 12 MB, Straße/日本語/📷.jpg',
    'PWD=/home/me DATA_DIR=/photos',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('registered values', () => {
  const secret = 'p@ss w"ord/é+1';
  const forms = createRedactor([secret]);

  it.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify({ x: secret })],
    ['in a query', encodeURIComponent(secret)],
    ['in a query with small letters', encodeURIComponent(secret).toLowerCase()],
    ['in a form', new URLSearchParams({ x: secret }).toString()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for addresses', Buffer.from(secret).toString('base64url')],
    ['in base64 with one character in front', Buffer.from(`:${secret}:`).toString('base64')],
    ['in base64 with two characters in front', Buffer.from(`me${secret}`).toString('base64')],
  ])('go %s', (_, text) => {
    const result = forms.redact(`before ${text} after`);
    expect(result).toMatch(/^before .*\*\*\*.* after$/);
    expect(result).not.toContain(text);
  });

  it('go from the moment they are added', () => {
    const redactor = createRedactor([]);
    expect(redactor.redact('typed 918273')).toBe('typed 918273');
    redactor.add('918273');
    expect(redactor.redact('typed 918273')).toBe('typed ***');
  });

  it('are ignored when they are too short to be told from ordinary text', () => {
    expect(createRedactor(['abc', '']).redact('abcdef')).toBe('abcdef');
  });

  it('go whole when one begins like another', () => {
    expect(createRedactor(['hush', 'hush-hush']).redact('hush-hush')).toBe('***');
  });

  it('never appear in a result, whatever stands around them', () => {
    const value = fc.oneof(
      fc.string({ minLength: 4 }),
      fc.string({ minLength: 4, unit: 'grapheme' }),
      fc.string({ minLength: 4, maxLength: 6, unit: fc.constantFrom('*', 'a', '@') }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), fc.string(), fc.string(), (secrets, before, after) => {
        const redactor = createRedactor(secrets);
        const text = secrets.map((one) => `${before}${one}${after} ${encodeURIComponent(one)} ${JSON.stringify(one)}`).join(before);
        const result = redactor.redact(text);
        for (const one of secrets) expect(result).not.toContain(one);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('time', () => {
  it.each([
    'a',
    '•',
    '*',
    '+1',
    '@',
    'a@',
    'a.',
    '"',
    '\\',
    '\\"',
    '"password":"',
    '\\"password\\":\\"',
    'cookie:[',
    "cookie:['",
    'cookie:["\\',
    'X-APPLE-',
    'HSARMTKN',
    'code',
    'code:',
    'password=',
    ' ',
    '(',
    '=',
    'icloud-content.com',
    '"trustTokens":[',
    '"a":["',
    '_',
    'web_',
    '+1 2 ',
    'authorization: basic ',
  ])('stays in proportion to the text for repeated %j', (unit) => {
    const timeMs = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const start = performance.now();
      createRedactor(['some-secret']).redact(text);
      return performance.now() - start;
    };
    timeMs(10_000);
    expect(timeMs(400_000)).toBeLessThan(1500); // a quadratic rule needs minutes for this
  });
});
