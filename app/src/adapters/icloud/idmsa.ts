import { Problem } from '../../domain/problem.ts';
import type { Credentials, TrustedPhone } from '../../ports/apple-account.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import type { Endpoints } from './endpoints.ts';
import { bootArgsIn, CodeAnswer, CompleteAnswer, errorCodes, InitAnswer, parseJson, phonesIn, signInProblem } from './idmsa-answers.ts';
import { harvest, idmsaHeaders } from './idmsa-headers.ts';
import type { Session } from './session.ts';
import { startSrp } from './srp.ts';

/** Where the last code was sent: it is only valid at the matching address (authentication.md §5.4). */
export type CodeRoute = { readonly to: 'device' } | { readonly to: 'phone'; readonly id: number; readonly mode: 'sms' | 'voice' };

const WRONG_CODE = '-21669';
/** Draws with a leading zero happen in about 1.2 % of exchanges (authentication.md §4.4); more than this in a row is not chance. */
const MOST_EXCHANGES = 5;
const QUICK_RETRIES = 2;

/** The sign-in host: SRP, codes, trust. Every answer, refusals included, renews the stored transaction. */
export function createIdmsa(http: HttpClient, session: Session, endpoints: Endpoints, now: () => number) {
  async function call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    signal: AbortSignal,
    body?: unknown,
    accept?: string,
  ): Promise<HttpAnswer> {
    const headers = { ...idmsaHeaders(session.state, endpoints.home, path), ...(accept ? { Accept: accept } : {}) };
    const answer = await http.request({
      method,
      url: `${endpoints.auth}${path}`,
      headers,
      signal,
      retries: QUICK_RETRIES,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await session.update(harvest(answer.headers));
    return answer;
  }

  async function init(appleId: string, signal: AbortSignal) {
    // A stale transaction makes Apple refuse the first step with 401 although no password was sent: forget it once (§4.2).
    for (const again of [true, false]) {
      const exchange = await startSrp(appleId);
      const body = { a: Buffer.from(exchange.a).toString('base64'), accountName: appleId, protocols: ['s2k', 's2k_fo'] };
      const answer = await call('POST', '/signin/init', signal, body);
      if (answer.status === 401 && again) {
        await session.update({ scnt: undefined, sessionId: undefined, authAttributes: undefined });
        continue;
      }
      const parsed = InitAnswer.safeParse(parseJson(answer.text));
      if (answer.status === 200 && parsed.success) return { exchange, challenge: parsed.data };
      throw (
        signInProblem(answer.status, parseJson(answer.text), answer.headers['retry-after'], now()) ?? notUnderstood('signin/init', answer)
      );
    }
    throw new Problem('sign-in-refused', 'Apple refuses to begin a sign-in.');
  }

  return {
    /** SRP with the stored trust token; at most one password proof per call. */
    async signIn({ appleId, password }: Credentials, signal: AbortSignal): Promise<'signed-in' | 'code-needed'> {
      for (let attempt = 0; attempt < MOST_EXCHANGES; attempt++) {
        const { exchange, challenge } = await init(appleId, signal);
        const numbers = {
          protocol: challenge.protocol,
          iterations: challenge.iteration,
          salt: Buffer.from(challenge.salt, 'base64'),
          b: Buffer.from(challenge.b, 'base64'),
        };
        const proof = await exchange.prove(numbers, password);
        if (!proof) continue;
        const answer = await call('POST', '/signin/complete?isRememberMeEnabled=true', signal, {
          accountName: appleId,
          c: challenge.c,
          m1: Buffer.from(proof.m1).toString('base64'),
          m2: Buffer.from(proof.m2).toString('base64'),
          rememberMe: true,
          trustTokens: session.state.trustToken ? [session.state.trustToken] : [],
        });
        return completed(answer);
      }
      throw new Problem('answer-not-understood', 'Apple keeps sending sign-in numbers that cannot be used.');
    },

    /** Asks for a code on the trusted devices: needed since iOS 26.4 (authentication.md §5.2). Failure is no reason to stop. */
    async push(signal: AbortSignal): Promise<boolean> {
      const answer = await call('PUT', '/verify/trusteddevice/securitycode', signal);
      return answer.status >= 200 && answer.status < 300;
    },

    /** JSON first; some accounts show their numbers in the HTML page only (authentication.md §5.1). */
    async phones(signal: AbortSignal): Promise<readonly TrustedPhone[]> {
      const json = await call('GET', '', signal);
      const found = phonesIn(parseJson(json.text));
      if (found.length > 0) return found;
      const html = await call('GET', '', signal, undefined, 'text/html');
      return phonesIn(bootArgsIn(html.text));
    },

    async sendCode(mode: 'sms' | 'voice', id: number, signal: AbortSignal): Promise<void> {
      const answer = await call('PUT', '/verify/phone', signal, { phoneNumber: { id }, mode });
      if (answer.status >= 200 && answer.status < 300) return;
      const codes = errorCodes(parseJson(answer.text));
      throw new Problem(
        'code-refused',
        `Apple does not send a code by ${mode} to number ${id} (HTTP ${answer.status}${codes.length ? `, ${codes.join(' ')}` : ''}).`,
        { context: { status: answer.status } },
      );
    },

    /** Accepted codes answer 204, 200, or since mid-2026 often 409 (authentication.md §5.3). */
    async submitCode(code: string, route: CodeRoute, signal: AbortSignal): Promise<'accepted' | 'refused'> {
      const tokenBefore = session.state.sessionToken;
      const answer =
        route.to === 'device'
          ? await call('POST', '/verify/trusteddevice/securitycode', signal, { securityCode: { code } })
          : await call('POST', '/verify/phone/securitycode', signal, {
              phoneNumber: { id: route.id },
              securityCode: { code },
              mode: route.mode,
            });
      const json = parseJson(answer.text);
      const body = CodeAnswer.safeParse(json ?? {});
      const errors = errorCodes(json);
      const said = body.success ? body.data : undefined;
      if (said?.securityCode?.tooManyCodesValidated || said?.securityCode?.securityCodeLocked || answer.status === 423)
        throw new Problem('code-refused', 'Too many codes were tried. Apple wants you to wait some hours before the next one.', {
          context: { status: answer.status },
        });
      const clean = errors.length === 0 && said?.hasError !== true;
      if (clean && answer.status >= 200 && answer.status < 300) return 'accepted';
      if (clean && answer.status === 409 && (said?.securityCode?.valid === true || session.state.sessionToken !== tokenBefore))
        return 'accepted';
      if (errors.includes(WRONG_CODE) || answer.status === 400 || answer.status === 409) return 'refused';
      if ([401, 403, 404].includes(answer.status))
        throw new Problem('code-needed', 'The code came too late: Apple has ended this sign-in. A new code is needed.', {
          context: { status: answer.status },
        });
      throw signInProblem(answer.status, json, answer.headers['retry-after'], now()) ?? notUnderstood('the code', answer);
    },

    /** Success is a trust token; only the login after it proves it (authentication.md §6). */
    async trust(signal: AbortSignal): Promise<void> {
      const answer = await call('GET', '/2sv/trust', signal);
      if (harvest(answer.headers).trustToken) await session.update({ trustedAtMs: now() });
      else
        throw (
          signInProblem(answer.status, parseJson(answer.text), answer.headers['retry-after'], now()) ?? notUnderstood('2sv/trust', answer)
        );
    },
  };

  function completed(answer: HttpAnswer): 'signed-in' | 'code-needed' {
    const json = parseJson(answer.text);
    if (answer.status === 200) return 'signed-in';
    const body = CompleteAnswer.safeParse(json ?? {});
    if (answer.status === 409) {
      if (body.success && (body.data.fsaChallenge !== undefined || (body.data.keyNames?.length ?? 0) > 0)) {
        const names = body.data.keyNames?.join(', ');
        throw new Problem('security-key-needed', `This account is protected by a hardware security key${names ? ` (${names})` : ''}.`);
      }
      return 'code-needed';
    }
    if (answer.status === 412)
      throw new Problem('sign-in-refused', 'Apple wants something of this account to be put right first (HTTP 412).');
    throw signInProblem(answer.status, json, answer.headers['retry-after'], now()) ?? notUnderstood('signin/complete', answer);
  }
}

function notUnderstood(what: string, answer: HttpAnswer): Problem {
  return new Problem('answer-not-understood', `Apple's answer to ${what} was not understood (HTTP ${answer.status}).`, {
    context: { status: answer.status },
  });
}
