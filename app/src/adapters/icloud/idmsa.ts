import { Problem } from '../../domain/problem.ts';
import type { Credentials } from '../../ports/apple-account.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { CompleteAnswer, InitAnswer, parseJson, signInProblem } from './idmsa-answers.ts';
import { type IdmsaCall, notUnderstood } from './idmsa-call.ts';
import { harvest } from './idmsa-headers.ts';
import type { Session } from './session.ts';
import { startSrp } from './srp.ts';

/** Draws with a leading zero happen in about 1.2 % of exchanges (authentication.md §4.4); more than this in a row is not chance. */
const MOST_EXCHANGES = 5;

/** The password step of the sign-in host, what follows a 412, and trust. */
export function createIdmsa(call: IdmsaCall, session: Session, now: () => number) {
  const refusal = (answer: HttpAnswer) => signInProblem(answer.status, parseJson(answer.text), answer.headers['retry-after'], now());

  async function init(appleId: string, signal: AbortSignal) {
    // A stale transaction makes Apple refuse the first step with 401 although no password was sent: forget it once (§4.2).
    for (const again of [true, false]) {
      const exchange = await startSrp(appleId);
      const body = { a: Buffer.from(exchange.a).toString('base64'), accountName: appleId, protocols: ['s2k', 's2k_fo'] };
      const answer = await call('POST', '/signin/init', signal, { body });
      if (answer.status === 401 && again) {
        await session.update({ scnt: undefined, sessionId: undefined, authAttributes: undefined });
        continue;
      }
      const parsed = InitAnswer.safeParse(parseJson(answer.text));
      if (answer.status === 200 && parsed.success) return { exchange, challenge: parsed.data };
      throw refusal(answer) ?? notUnderstood('signin/init', answer);
    }
    throw new Problem('sign-in-refused', 'Apple refuses to begin a sign-in.');
  }

  /** The account wants something put right (a notice, an upgrade page): passed by once, as the web page's "not now" (§4.5). */
  async function repair(signal: AbortSignal): Promise<void> {
    const answer = await call('POST', '/repair/complete', signal, { body: {} });
    if (answer.status >= 200 && answer.status < 300) return;
    throw answer.status === 429 || answer.status >= 500
      ? (refusal(answer) ?? notUnderstood('repair/complete', answer))
      : new Problem('sign-in-refused', `Apple wants something of this account to be put right first (HTTP 412, then ${answer.status}).`);
  }

  async function completed(answer: HttpAnswer, signal: AbortSignal): Promise<'signed-in' | 'code-needed'> {
    const json = parseJson(answer.text);
    if (answer.status === 200) return 'signed-in';
    if (answer.status === 409) {
      const body = CompleteAnswer.safeParse(json ?? {});
      if (body.success && (body.data.fsaChallenge !== undefined || (body.data.keyNames?.length ?? 0) > 0)) {
        const names = body.data.keyNames?.join(', ');
        throw new Problem('security-key-needed', `This account is protected by a hardware security key${names ? ` (${names})` : ''}.`);
      }
      return 'code-needed';
    }
    if (answer.status === 412) {
      await repair(signal);
      return 'signed-in';
    }
    throw refusal(answer) ?? notUnderstood('signin/complete', answer);
  }

  return {
    repair,

    /** SRP with the stored trust token; at most one password proof per call. `onProof`: just before it is sent. */
    async signIn(
      { appleId, password }: Credentials,
      onProof: () => Promise<void>,
      signal: AbortSignal,
    ): Promise<'signed-in' | 'code-needed'> {
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
        await onProof();
        const body = {
          accountName: appleId,
          c: challenge.c,
          m1: Buffer.from(proof.m1).toString('base64'),
          m2: Buffer.from(proof.m2).toString('base64'),
          rememberMe: true,
          trustTokens: session.state.trustToken ? [session.state.trustToken] : [],
        };
        return completed(await call('POST', '/signin/complete?isRememberMeEnabled=true', signal, { body }), signal);
      }
      throw new Problem('answer-not-understood', 'Apple keeps sending sign-in numbers that cannot be used.');
    },

    /** Success is a trust token; only the login after it proves it (authentication.md §6). */
    async trust(signal: AbortSignal): Promise<void> {
      const answer = await call('GET', '/2sv/trust', signal);
      if (!harvest(answer.headers).trustToken) throw refusal(answer) ?? notUnderstood('2sv/trust', answer);
      await session.update({ trustedAtMs: now() });
    },
  };
}
