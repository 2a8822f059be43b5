import { Problem } from '../../domain/problem.ts';
import type { CodeSent, CodeWays } from '../../ports/apple-account.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { bootArgsIn, CodeAnswer, codeFlagsIn, errorCodes, isBridge, parseJson, phonesIn, signInProblem } from './idmsa-answers.ts';
import { type IdmsaCall, notUnderstood } from './idmsa-call.ts';
import type { Session } from './session.ts';

/** Where the last code was sent: it is only valid at the matching address (authentication.md §5.4). */
export type CodeRoute = { readonly to: 'device' } | { readonly to: 'phone'; readonly id: number; readonly mode: 'sms' | 'voice' };

const WRONG_CODE = '-21669';
/** "Codes can't be sent to this phone number at this time": this number only, others may work. */
const NUMBER_THROTTLED = '-28248';

export interface IdmsaCodes {
  push(signal: AbortSignal): Promise<CodeSent>;
  ways(signal: AbortSignal): Promise<CodeWays>;
  send(mode: 'sms' | 'voice', id: number, signal: AbortSignal): Promise<CodeSent>;
  submit(code: string, route: CodeRoute, signal: AbortSignal): Promise<'accepted' | 'refused'>;
}

/** The second factor: asking for codes and handing them in (authentication.md §5). `repair` answers a 412. */
export function createIdmsaCodes(
  call: IdmsaCall,
  session: Session,
  now: () => number,
  repair: (signal: AbortSignal) => Promise<void>,
): IdmsaCodes {
  const nonFteu = new Map<number, boolean>();
  return {
    /** Needed since iOS 26.4, on bridge accounts too (§5.2, decisions.md 14). Failure is no reason to stop. */
    async push(signal) {
      return sentOf(await call('PUT', '/verify/trusteddevice/securitycode', signal), now());
    },

    /** JSON first; some accounts show their numbers in the HTML page only (§5.1). */
    async ways(signal) {
      const json = parseJson((await call('GET', '', signal)).text);
      const found = phonesIn(json);
      const html = found.length > 0 ? undefined : bootArgsIn((await call('GET', '', signal, { accept: 'text/html' })).text);
      const listed = found.length > 0 ? found : phonesIn(html);
      for (const { id, nonFTEU } of listed) if (nonFTEU !== undefined) nonFteu.set(id, nonFTEU);
      return { phones: listed.map(({ id, maskedNumber }) => ({ id, maskedNumber })), bridge: isBridge(html ?? json) };
    },

    async send(mode, id, signal) {
      const phoneNumber = nonFteu.has(id) ? { id, nonFTEU: nonFteu.get(id) } : { id };
      return sentOf(await call('PUT', '/verify/phone', signal, { body: { phoneNumber, mode } }), now());
    },

    /** Accepted codes answer 204, 200, or since mid-2026 often 409 (§5.3). */
    async submit(code, route, signal) {
      const tokenBefore = session.state.sessionToken;
      const answer =
        route.to === 'device'
          ? await call('POST', '/verify/trusteddevice/securitycode', signal, { body: { securityCode: { code } } })
          : await call('POST', '/verify/phone/securitycode', signal, {
              body: { phoneNumber: { id: route.id }, securityCode: { code }, mode: route.mode },
            });
      const json = parseJson(answer.text);
      const parsed = CodeAnswer.safeParse(json ?? {});
      const said = parsed.success ? parsed.data : undefined;
      const errors = errorCodes(json);
      const { locked } = codeFlagsIn(json);
      if (locked || answer.status === 423)
        throw new Problem('codes-locked', 'Too many wrong codes were entered, and Apple takes none for now.', {
          context: { status: answer.status },
        });
      const clean = errors.length === 0 && said?.hasError !== true;
      const valid = said?.securityCode?.valid === true;
      if (clean && answer.status >= 200 && answer.status < 300) return 'accepted';
      if (clean && answer.status === 409 && (valid || session.state.sessionToken !== tokenBefore)) return 'accepted';
      if (clean && answer.status === 412 && valid) {
        await repair(signal);
        return 'accepted';
      }
      if (errors.includes(WRONG_CODE) || [400, 409, 412].includes(answer.status)) return 'refused';
      if ([401, 403, 404].includes(answer.status))
        throw new Problem('code-needed', 'The code came too late: Apple has ended this sign-in. A new code is needed.', {
          context: { status: answer.status },
        });
      throw signInProblem(answer.status, json, answer.headers['retry-after'], now()) ?? notUnderstood('the code', answer);
    },
  };
}

/** What an answer to a request for a code means. A pause for all of Apple's sign-in is a Problem as everywhere. */
function sentOf(answer: HttpAnswer, nowMs: number): CodeSent {
  const json = parseJson(answer.text);
  const { tooManySent } = codeFlagsIn(json);
  if (answer.status === 429 || answer.status >= 500) {
    const problem = signInProblem(answer.status, json, answer.headers['retry-after'], nowMs);
    if (problem) throw problem;
  }
  if (answer.status >= 200 && answer.status < 300) return 'sent';
  if ((tooManySent || answer.status === 423) && !errorCodes(json).includes(NUMBER_THROTTLED)) return 'too-many';
  return 'refused';
}
