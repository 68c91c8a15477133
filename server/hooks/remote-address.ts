import { isIP } from 'node:net';

/**
 * Who called: the other end of the connection, or, when that is a trusted proxy, the last address in X-Forwarded-For that
 * is not a trusted proxy itself. What stands further left anybody can write.
 */
export function remoteAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: (address: string) => boolean,
): string {
  let address = plain(peer ?? '');
  if (forwardedFor === undefined) return address;
  for (const hop of forwardedFor.split(',').reverse()) {
    if (isIP(address) === 0 || !trusted(address)) return address;
    const next = plain(hop.trim());
    if (isIP(next) === 0) return address;
    address = next;
  }
  return address;
}

/** IPv4 addresses as IPv4, also on a socket that speaks both. */
const plain = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
