import { BlockList, isIP } from 'node:net';

/** Tells whose attempts are counted together, from the peer of a connection and its X-Forwarded-For header. */
export type SourceReader = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * A header is believed only when a trusted proxy added it: read from the right, each entry was written by the machine
 * that the entry after it names.
 */
export function sourceReader(trustedProxies: readonly string[]): SourceReader {
  const trusted = new BlockList();
  for (const one of trustedProxies) {
    const [network = '', bits] = one.split('/');
    const family = familyOf(network);
    if (family === undefined) continue;
    if (bits === undefined) trusted.addAddress(network, family);
    else trusted.addSubnet(network, Number(bits), family);
  }
  const isTrusted = (address: string): boolean => {
    const family = familyOf(address);
    return family !== undefined && trusted.check(address, family);
  };
  return (peer, forwardedFor) => {
    let source = bare(peer ?? '') ?? 'unknown';
    const hops = (forwardedFor ?? '').split(',').reverse();
    for (const hop of hops) {
      const next = bare(hop);
      if (next === undefined || !isTrusted(source)) break;
      source = next;
    }
    return isIP(source) === 6 ? network64(source) : source;
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address);
  return family === 0 ? undefined : family === 4 ? 'ipv4' : 'ipv6';
}

/** An address without brackets, port and the wrapping of IPv4 in IPv6. */
function bare(text: string): string | undefined {
  const trimmed = text.trim();
  const inner = /^\[([^\]]{1,45})\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^([\d.]{7,15}):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const address = inner.replace(/^::ffff:(?=\d{1,3}\.)/i, '').replace(/%.{1,32}$/, '');
  return isIP(address) === 0 ? undefined : address;
}

/** One household, one /64: whoever has an IPv6 address has a whole network of them. */
function network64(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length - (address.includes('.') ? 1 : 0));
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
