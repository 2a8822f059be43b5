import { createHash } from 'node:crypto';

/** SHA-256, as the product hands it to the naming rules. */
export const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();
