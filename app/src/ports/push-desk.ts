/** What a browser hands over when its owner presses "subscribe" (W3C Push API, `PushSubscription.toJSON()`). */
export interface PushSubscription {
  /** Address at the push service of the browser's maker. Whoever knows it and our keys can send: treated as a secret. */
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** Browsers that want to hear from the service. */
export interface PushDesk {
  /** The key a browser subscribes with (VAPID), base64url. */
  readonly publicKey: string;
  /** Remembered durably when this resolves. The same browser again replaces what was known of it. Throws Problem `settings-invalid` for keys that are none. */
  subscribe(subscription: PushSubscription): Promise<void>;
  /** False when it was not known. */
  unsubscribe(endpoint: string): Promise<boolean>;
}
