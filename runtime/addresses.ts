import { BlockList, isIP } from 'node:net';

/** What an entry of a list of addresses looks like, for messages. */
export const ADDRESS_FORM = 'an address or a network, such as "192.0.2.7", "10.0.0.0/8" or "2001:db8::/32"';

/** True for an IPv4 or IPv6 address, or a network written `address/bits`. */
export function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Answers whether an address is in a list of what `isAddressOrNetwork` lets through; false for what is no address. */
export function addressMatcher(list: readonly string[]): (address: string) => boolean {
  const known = new BlockList();
  for (const entry of list) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && known.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}
