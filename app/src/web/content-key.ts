/** A checksum as part of an address: changes when the picture changes, and that is all it is for. */
export function plainName(checksum: string): string {
  return checksum.replace(/[^A-Za-z0-9]/g, '').slice(0, 16);
}
