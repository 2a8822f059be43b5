import { createHash, type Hash, hash } from 'node:crypto';

/** photos.md §13: the salt of the two MMCS layers, each ended by a zero byte; 51 bytes. */
const SALT = Buffer.from('com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0', 'binary');

/** A SHA-1 that has already eaten the salt; feed the file, then call {@link finishChecksum}. */
export function startChecksum(): Hash {
  return createHash('sha1').update(SALT);
}

/** A digest with one character for each byte; texts need no buffers of their own. */
const withMarker = (digest: string) => btoa(`\x01${digest}`);

export function finishChecksum(sha1: Hash): string {
  return withMarker(sha1.digest('binary'));
}

/** Apple's `fileChecksum` of a whole file: 21 bytes, so 28 base64 characters. */
export function fileChecksum(bytes: Uint8Array): string {
  return finishChecksum(startChecksum().update(bytes));
}

/** Apple's `referenceChecksum`: says nothing about the content, only about the key. */
export function referenceChecksum(wrappingKey: Uint8Array): string {
  return withMarker(hash('sha1', wrappingKey, 'binary'));
}
