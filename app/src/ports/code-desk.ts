/** How a person asks for another code. `phoneId` is one of the ids that Apple lists; they are not 1, 2, 3 (authentication.md §5.4). */
export type ResendRequest = { readonly method: 'device' } | { readonly method: 'sms' | 'voice'; readonly phoneId: number | undefined };

export type CodeVerdict = 'accepted' | 'refused' | 'not-awaited';

/**
 * Where codes come in, whatever door they use: terminal, HTTP endpoint, helper, page. The sign-in waits on the other side.
 */
export interface CodeDesk {
  /** A code is awaited right now. */
  awaiting(): boolean;
  /** Hands in six digits and resolves with Apple's verdict. */
  submit(code: string): Promise<CodeVerdict>;
  /** Asks Apple to send another code. False when none is awaited. */
  resend(request: ResendRequest): boolean;
}
