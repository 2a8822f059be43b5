import type { Message } from '../domain/message.ts';

/** One way to reach the owner. */
export interface Notifier {
  /** As the log, the metrics and `notify test` call it: `ntfy`, `email`. Never an address. */
  readonly name: string;
  /**
   * Resolves when the service behind the channel has taken the message. Throws Problem `notification-failed`, whose text holds
   * neither address nor secret, or the signal's reason.
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
}
