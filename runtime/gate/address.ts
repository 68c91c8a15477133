import { isIPv4, isIPv6 } from 'node:net';

/** What an address is when it is not a public one. The words stand in messages: "10.0.0.5 is a private address". */
export type SpecialAddress =
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'unspecified'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'documentation'
  | 'reserved'
  | 'translated';

type Range = readonly [address: string, bits: number, kind: SpecialAddress];
/** A range as it is compared. */
type Block = readonly [start: Uint8Array, bits: number, kind: SpecialAddress];

/** The first that matches counts. From the special-purpose registries of IANA, and the metadata services of clouds. */
const RANGES_V4: readonly Range[] = [
  ['169.254.169.254', 32, 'metadata'],
  ['169.254.170.2', 32, 'metadata'],
  ['169.254.170.23', 32, 'metadata'],
  ['169.254.0.23', 32, 'metadata'],
  ['169.254.42.42', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.31.196.0', 24, 'reserved'],
  ['192.52.193.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'translated'],
  ['192.168.0.0', 16, 'private'],
  ['192.175.48.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['255.255.255.255', 32, 'broadcast'],
  ['240.0.0.0', 4, 'reserved'],
];

/** Of IPv6 only 2000::/3 is given out; in it, and outside it, these have a name of their own. */
const RANGES_V6: readonly Range[] = [
  ['fd00:ec2::254', 128, 'metadata'],
  ['fd00:ec2::23', 128, 'metadata'],
  ['fd20:ce::254', 128, 'metadata'],
  ['fd00:c1::a9fe:a9fe', 128, 'metadata'],
  ['fd00:a9fe:a9fe::1', 128, 'metadata'],
  ['fd00:42::42', 128, 'metadata'],
  ['fe80::a9fe:a9fe', 128, 'metadata'],
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::ffff:0:0', 96, 'translated'],
  ['::ffff:0:0:0', 96, 'translated'],
  ['::', 96, 'translated'],
  ['64:ff9b::', 96, 'translated'],
  ['64:ff9b:1::', 48, 'translated'],
  ['2001::', 32, 'translated'],
  ['2002::', 16, 'translated'],
  ['2001:db8::', 32, 'documentation'],
  ['3fff::', 20, 'documentation'],
  ['2001::', 23, 'reserved'],
  ['2620:4f:8000::', 48, 'reserved'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
];

/** The 4 or 16 bytes of an address as resolvers write it; undefined when the text is none. A zone is left out. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return bytesOfV4(text);
  return isIPv6(text) ? bytesOfV6(text.replace(/%.*$/s, '')) : undefined;
}

/** What is special about an address, null for a public one. Text that is no address counts as reserved. */
export function specialAddress(text: string): SpecialAddress | null {
  const bytes = parseAddress(text);
  if (bytes === undefined) return 'reserved';
  const blocks = bytes.length === 4 ? BLOCKS_V4 : BLOCKS_V6;
  const block = blocks.find(([start, bits]) => isInside(bytes, start, bits));
  if (block !== undefined) return block[2];
  return bytes.length === 4 || isInside(bytes, GIVEN_OUT_V6, 3) ? null : 'reserved';
}

/** Whether two texts are the same address. */
export function sameAddress(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

function isInside(bytes: Uint8Array, border: Uint8Array, bits: number): boolean {
  return bytes.every((byte, index) => {
    const counted = Math.min(Math.max(bits - index * 8, 0), 8);
    const mask = (0xff00 >> counted) & 0xff;
    return ((byte ^ (border[index] ?? 0)) & mask) === 0;
  });
}

const bytesOfV4 = (text: string): Uint8Array => Uint8Array.from(text.split('.'), Number);

function bytesOfV6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const gap = new Array<number>(16 - front.length - back.length).fill(0);
  return Uint8Array.from([...front, ...gap, ...back]);
}

/** `7f00:1` or, at the end of an address, `127.0.0.1`, as bytes. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return [...bytesOfV4(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Read once: each request compares its addresses with all of them. */
const BLOCKS_V4: readonly Block[] = RANGES_V4.map(([start, bits, kind]) => [bytesOfV4(start), bits, kind]);
const BLOCKS_V6: readonly Block[] = RANGES_V6.map(([start, bits, kind]) => [bytesOfV6(start), bits, kind]);
/** `2000::/3` */
const GIVEN_OUT_V6 = Uint8Array.of(0x20, ...new Array<number>(15).fill(0));
