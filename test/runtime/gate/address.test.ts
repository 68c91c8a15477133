import { describe, expect, it } from 'vitest';
import { parseAddress, sameAddress, specialAddress } from '../../../runtime/gate/address.ts';

describe('what is special about an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['::1', 'loopback'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.255.1', 'private'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fec0::1', 'private'],
    ['169.254.0.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['FD00:0EC2:0:0:0:0:0:0254', 'metadata'],
    ['fe80::a9fe:a9fe', 'metadata'],
    ['fe80::a9fe:a9fe%eth0', 'metadata'],
    ['fd00:c1::a9fe:a9fe', 'metadata'],
    ['fd00:42::42', 'metadata'],
    ['169.254.42.42', 'metadata'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['3fff:0fff::1', 'documentation'],
    ['198.18.0.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['192.0.0.1', 'reserved'],
    ['2001:2::1', 'reserved'],
    ['2001:10::1', 'reserved'],
    ['100::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['5f00::1', 'reserved'],
    ['::ffff:127.0.0.1', 'translated'],
    ['::ffff:7f00:1', 'translated'],
    ['::ffff:8.8.8.8', 'translated'],
    ['::ffff:0:7f00:1', 'translated'],
    ['::127.0.0.1', 'translated'],
    ['::7f00:1', 'translated'],
    ['64:ff9b::7f00:1', 'translated'],
    ['64:ff9b::127.0.0.1', 'translated'],
    ['64:ff9b:1::7f00:1', 'translated'],
    ['64:ff9b:1:ffff::1', 'translated'],
    ['2002:7f00:1::', 'translated'],
    ['2001::7f00:1', 'translated'],
    ['2001:0:1:2:3:4:5:6', 'translated'],
    ['192.88.99.1', 'translated'],
    ['', 'reserved'],
    ['localhost', 'reserved'],
    ['127.1', 'reserved'],
    ['127.0.0.1.', 'reserved'],
    ['0177.0.0.1', 'reserved'],
    ['[::1]', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(specialAddress(address)).toBe(kind);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
    '2001:4860:4860::8888',
    '2003::1',
    '3ffe::1',
  ])('%s is nothing special', (address) => {
    expect(specialAddress(address)).toBeNull();
  });
});

/** The special-purpose address registries of IANA (RFC 6890 and its updates), every entry: all are kept closed. */
const REGISTRIES = [
  ...[
    '0.0.0.0/8',
    '0.0.0.0/32',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
  ],
  ...['192.0.0.0/24', '192.0.0.0/29', '192.0.0.8/32', '192.0.0.9/32', '192.0.0.10/32', '192.0.0.170/31'],
  ...[
    '192.0.2.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.88.99.2/32',
    '192.168.0.0/16',
  ],
  ...[
    '192.175.48.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '240.0.0.0/4',
    '255.255.255.255/32',
  ],
  ...['::1/128', '::/128', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64'],
  ...[
    '2001::/23',
    '2001::/32',
    '2001:1::1/128',
    '2001:1::2/128',
    '2001:1::3/128',
    '2001:2::/48',
    '2001:3::/32',
  ],
  ...['2001:4:112::/48', '2001:10::/28', '2001:20::/28', '2001:30::/28', '2001:db8::/32', '2002::/16'],
  ...['2620:4f:8000::/48', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10'],
  // Of the address spaces themselves: multicast, site-local, translated and compatible addresses.
  ...['224.0.0.0/4', 'ff00::/8', 'fec0::/10', '::ffff:0:0:0/96', '::/96'],
];

describe('every special-purpose block of IANA', () => {
  it.each(REGISTRIES)('%s is closed at both of its ends', (block) => {
    const [first, last] = endsOf(block);
    expect([specialAddress(first), specialAddress(last)]).not.toContain(null);
  });
});

/** The first and the last address of a block. */
function endsOf(block: string): readonly [string, string] {
  const [start = '', bits] = block.split('/');
  const bytes = [...(parseAddress(start) ?? [])];
  const last = bytes.map((byte, index) => {
    const fixed = Math.min(Math.max(Number(bits) - index * 8, 0), 8);
    return byte | (0xff >> fixed);
  });
  if (last.length === 4) return [start, last.join('.')];
  const hex = Buffer.from(last).toString('hex');
  return [start, (hex.match(/.{4}/g) ?? []).join(':')];
}

describe('reading an address', () => {
  it.each([
    ['1.2.3.4', '01020304'],
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['1::', `0001${'00'.repeat(14)}`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2::7:8', '00010002000000000000000000070008'],
    ['::ffff:1.2.3.4', `${'00'.repeat(10)}ffff01020304`],
    ['fe80::1%lo', `fe80${'00'.repeat(13)}01`],
  ])('%s is %s', (text, hex) => {
    expect(Buffer.from(parseAddress(text) ?? []).toString('hex')).toBe(hex);
  });

  it('tells the same address in two spellings from another one', () => {
    expect(sameAddress('::1', '0:0:0:0:0:0:0:1')).toBe(true);
    expect(sameAddress('127.0.0.1', '127.0.0.2')).toBe(false);
    expect(sameAddress('127.0.0.1', '::ffff:127.0.0.1')).toBe(false);
    expect(sameAddress('localhost', 'localhost')).toBe(false);
  });
});
