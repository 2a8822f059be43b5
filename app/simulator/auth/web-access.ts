import { randomBytes } from 'node:crypto';

/** About an hour, then a device must approve again (photos.md §14.4). */
const CONSENT_MS = 3_600_000;
/** What `requestPCS` says one after the other once the user approved (authentication.md §9). */
const UPLOAD_MESSAGES = ['Requested the device to upload cookies.', 'Cookies not available yet on server.'] as const;

/** Advanced Data Protection: may the web see the photos now? Consent comes from a device and ends by itself. */
export class WebAccess {
  readonly #now: () => number;
  #consentUntilMs = 0;
  #messagesGiven = 0;
  #cookieSecret = '';
  /** How often the devices showed the question. */
  requests = 0;
  /** The question stands on the devices now. */
  pending = false;

  readonly #unreachable: () => boolean;

  constructor(now: () => number, unreachable: () => boolean) {
    this.#now = now;
    this.#unreachable = unreachable;
  }

  /** The service asked; devices show the question. False when none can be reached. */
  ask(): boolean {
    if (this.#unreachable()) return false;
    this.requests += 1;
    this.pending = true;
    return true;
  }

  /** The user taps "Allow" on a device. Nothing happens if nothing was asked. */
  approve(): void {
    if (!this.pending) return;
    this.pending = false;
    this.#consentUntilMs = this.#now() + CONSENT_MS;
    this.#messagesGiven = 0;
    this.#cookieSecret = randomBytes(9).toString('hex');
  }

  end(): void {
    this.#consentUntilMs = 0;
  }

  get consented(): boolean {
    return this.#consentUntilMs > this.#now();
  }

  /** ms since 1970, 0 without consent. */
  get consentUntilMs(): number {
    return this.consented ? this.#consentUntilMs : 0;
  }

  /** What stands in the way of the cookies now; undefined once they are there. */
  nextObstacle(): string | undefined {
    const message = UPLOAD_MESSAGES[this.#messagesGiven];
    this.#messagesGiven += 1;
    return message;
  }

  /** Value of a service's cookie, quotes included. */
  cookieValue(service: string): string {
    return `"pcs${service.toLowerCase()}-${this.#cookieSecret}="`;
  }
}
