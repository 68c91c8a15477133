import { describe, expect, it } from 'vitest';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { startHttpServer } from '../../support/http-server.ts';

/** A name and what it resolves to. `*.good.test` and the like are found by their exact names. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'inner.good.test': ['10.1.2.3'],
  'mixed.good.test': ['93.184.215.14', '127.0.0.1'],
  'metadata.good.test': ['169.254.169.254'],
  'six.good.test': ['::ffff:127.0.0.1'],
  'nat64.good.test': ['64:ff9b::7f00:1'],
  'zone.good.test': ['fe80::1%eth0'],
  'strange.good.test': ['not an address'],
  localhost: ['127.0.0.1', '::1'],
};
const resolve = async (host: string) => NAMES[host] ?? ['93.184.215.14'];

const HOST = 'Blocked: .* is not in egress.allow';
const ADDRESS = 'Blocked: .* not a public address';
const FORM = 'TypeError: fetch ';

/** What must come of it with `allow: [good.test, *.good.test, 8.8.8.8, ...]` below. `PORT` is a real server on 127.0.0.1. */
const CASES: readonly (readonly [url: string, expected: string])[] = [
  // All ways to write 127.0.0.1 and its relatives.
  ['http://127.0.0.1:PORT/', HOST],
  ['http://127.1:PORT/', HOST],
  ['http://2130706433:PORT/', HOST],
  ['http://0x7f.1:PORT/', HOST],
  ['http://0177.0.0.1:PORT/', HOST],
  ['http://0x7f000001:PORT/', HOST],
  ['http://127.0.0.1.:PORT/', HOST],
  ['http://①②⑦.⓪.⓪.①:PORT/', HOST],
  ['http:/127.0.0.1:PORT/', HOST],
  ['http:\\\\127.0.0.1:PORT\\', HOST],
  [' http://127.0.0.1:PORT/', HOST],
  ['ht\ntp://127.0.0.1:PORT/', HOST],
  ['http://0:PORT/', HOST],
  ['http://[::1]:PORT/', HOST],
  ['http://[::]:PORT/', HOST],
  ['http://[::ffff:127.0.0.1]:PORT/', HOST],
  ['http://[::ffff:7f00:1]:PORT/', HOST],
  ['http://localhost:PORT/', HOST],
  ['http://localhost.:PORT/', HOST],
  ['http://%6c%6f%63%61%6c%68%6f%73%74:PORT/', HOST],
  // Addresses that a careless Manager has allowed: the address check stays.
  ['http://127.0.0.1/', ADDRESS],
  ['http://127.1/', ADDRESS],
  ['http://[::1]/', ADDRESS],
  ['http://[::ffff:127.0.0.1]/', ADDRESS],
  ['http://[::127.0.0.1]/', ADDRESS],
  ['http://[64:ff9b::7f00:1]/', ADDRESS],
  ['http://[2002:7f00:1::]/', ADDRESS],
  ['http://169.254.169.254/latest/meta-data/', ADDRESS],
  ['http://0.0.0.0/', ADDRESS],
  ['http://100.64.0.1/', ADDRESS],
  ['http://localhost/', ADDRESS],
  ['http://localhost./', ADDRESS],
  // Names that lead inside.
  ['http://inner.good.test/', ADDRESS],
  ['https://inner.good.test/', ADDRESS],
  ['http://mixed.good.test/', ADDRESS],
  ['http://metadata.good.test/', ADDRESS],
  ['http://six.good.test/', ADDRESS],
  ['http://nat64.good.test/', ADDRESS],
  ['http://zone.good.test/', ADDRESS],
  ['http://strange.good.test/', ADDRESS],
  // Tricks with the allow-list.
  ['https://good.test.evil.test/', HOST],
  ['https://evilgood.test/', HOST],
  ['https://notgood.test./', HOST],
  ['https://go0d.test/', HOST],
  ['https://gооd.test/', HOST],
  ['https://evil.test/good.test', HOST],
  ['https://evil.test?good.test', HOST],
  ['https://evil.test#@good.test', HOST],
  ['https://evil.test\\@good.test/', HOST],
  ['https://other.test/', HOST],
  ['https://only.test/', HOST],
  ['http://good.test:22/', HOST],
  ['http://good.test:8080/', HOST],
  ['https://good.test:80/', HOST],
  ['http://good.test:443/', HOST],
  ['https://ported.test/', HOST],
  ['https://param.test/', HOST],
  ['http://param.test:8443/', HOST],
  ['https://place.test/', HOST],
  ['http://place.test:8080/', HOST],
  ['https://a.place.test:8443/', HOST],
  ['https://below.test:8443/', HOST],
  ['https://bare.test/', HOST],
  // Not even looked at.
  ['http://good.test@127.0.0.1:PORT/', FORM],
  ['http://1.1.1.1 &@127.0.0.1:PORT/', FORM],
  ['https://user:password@good.test/', FORM],
  ['https://user@good.test/', FORM],
  ['http://good.test:0/', FORM],
  ['http://good.test:99999/', FORM],
  ['http://.good.test/', FORM],
  ['http://good.test../', FORM],
  ['http://a..good.test/', FORM],
  ['http://foo.0x7f.1/', FORM],
  ['http://%00good.test/', FORM],
  ['http://[fe80::1%25eth0]/', FORM],
  ['file:///etc/passwd', FORM],
  ['data:text/plain,hello', FORM],
  ['ftp://good.test/', FORM],
  ['ws://good.test/', FORM],
  ['blob:http://good.test/x', FORM],
  ['//good.test/', FORM],
  ['', FORM],
  [`http://good.test/${'a'.repeat(20_000)}`, FORM],
];

const EGRESS = {
  allow: [
    'good.test',
    '*.good.test',
    '*.only.test',
    'ported.test:8443',
    { param: 'API' },
    { param: 'EMPTY' },
    { param: 'PLACE' },
    { param: 'BARE' },
    { param: 'STAR' },
    { param: 'constructor' },
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    'localhost',
  ],
};
const PARAMS = {
  API: 'https://param.test:8443/v1',
  EMPTY: '',
  PLACE: 'place.test:8443',
  BARE: 'bare.test',
  STAR: '*.test:8443',
};

describe('the closed door', () => {
  it('has more than forty locks', () => expect(CASES.length).toBeGreaterThanOrEqual(40));

  it.each(CASES)('%s -> %s', async (pattern, expected) => {
    await using server = await startHttpServer((_request, response) => response.end('inside'));
    await using gate = openTestGate({ egress: EGRESS, params: PARAMS, resolve });
    const url = pattern.replace('PORT', String(server.port));
    expect(await failureOf(gate.fetch(url))).toMatch(new RegExp(`^(EgressError: )?${expected}`));
    expect(server.accepted()).toBe(0);
    const rows = await gate.rows();
    if (expected === FORM) {
      expect(rows).toEqual([]);
      return;
    }
    expect(rows).toHaveLength(1);
    expect(rows[0]?.blocked).toMatch(new RegExp(expected));
    expect(rows[0]?.status).toBeNull();
  });
});

describe('the open door', () => {
  /** Everything resolves to a server on loopback, whose address is permitted; so what is seen is the policy alone. */
  it.each([
    ['good.test', ['good.test:PORT']],
    ['GOOD.test.', ['good.test:PORT']],
    ['a.good.test', ['*.good.test:PORT']],
    ['a.b.good.test', ['*.good.test:PORT']],
    ['bücher.test', ['xn--bcher-kva.test:PORT']],
    ['xn--bcher-kva.test', ['bücher.test:PORT']],
    ['param.test', [{ param: 'API' }]],
    ['place.test', [{ param: 'PLACE' }]],
  ])('lets %s through for %j', async (host, patterns) => {
    await using server = await startHttpServer((request, response) => response.end(request.headers.host));
    const allow = patterns.map((each) =>
      typeof each === 'string' ? each.replace('PORT', String(server.port)) : each,
    );
    await using gate = openTestGate({
      egress: { allow, allow_private: [server.place] },
      params: { API: `http://param.test:${server.port}/some/path`, PLACE: `Place.test:${server.port}` },
      resolve: async () => ['127.0.0.1'],
    });
    const answer = await gate.fetch(`http://${host}:${server.port}/`);
    const { hostname } = new URL(`http://${host}`);
    expect(Buffer.from(answer.body).toString()).toBe(`${hostname.replace(/\.$/, '')}:${server.port}`);
  });

  it('lets the name and port that allow_private names lead inside, and nothing else on that machine', async () => {
    await using server = await startHttpServer((_request, response) => response.end('odoo'));
    await using other = await startHttpServer((_request, response) => response.end('other'));
    await using gate = openTestGate({
      egress: { allow_private: [`odoo.internal:${server.port}`] },
      resolve: async () => ['127.0.0.1'],
    });
    expect((await gate.fetch(`http://odoo.internal:${server.port}/`)).status).toBe(200);
    expect(await failureOf(gate.fetch(`http://odoo.internal:${other.port}/`))).toMatch(new RegExp(HOST));
    expect(await failureOf(gate.fetch(`http://127.0.0.1:${server.port}/`))).toMatch(new RegExp(HOST));
    expect(await failureOf(gate.fetch(`http://odoo.internal.:${other.port}/`))).toMatch(new RegExp(HOST));
    expect(other.accepted()).toBe(0);
  });

  it('never takes a permitted name for permission to read the metadata of a cloud', async () => {
    for (const address of ['169.254.169.254', '0.0.0.0', '::', '224.0.0.1', '::ffff:127.0.0.1']) {
      await using gate = openTestGate({
        egress: { allow_private: ['odoo.internal:80'] },
        resolve: async () => [address],
      });
      expect(await failureOf(gate.fetch('http://odoo.internal/'))).toMatch(new RegExp(ADDRESS));
    }
  });
});

describe('a name that changes its address', () => {
  it('is checked again for every request', async () => {
    await using server = await startHttpServer((_request, response) => response.end('inside'));
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    await using gate = openTestGate({
      egress: { allow: [`moving.test:${server.port}`], allow_private: [server.place] },
      resolve: async () => answers.shift() ?? [],
    });
    const url = `http://moving.test:${server.port}/`;
    expect((await gate.fetch(url)).status).toBe(200);
    expect(await failureOf(gate.fetch(url))).toMatch(new RegExp(ADDRESS));
    expect(server.accepted()).toBe(1);
  });

  it('is connected to where it was checked: nobody looks it up a second time', async () => {
    await using server = await startHttpServer((request, response) => response.end(request.headers.host));
    let lookups = 0;
    await using gate = openTestGate({
      egress: { allow_private: [`nowhere.invalid:${server.port}`] },
      resolve: async () => {
        lookups += 1;
        return ['127.0.0.1'];
      },
    });
    const answer = await gate.fetch(`http://nowhere.invalid:${server.port}/`);
    expect(Buffer.from(answer.body).toString()).toBe(`nowhere.invalid:${server.port}`);
    expect(lookups).toBe(1);
  });

  it('does not reuse a connection to an address it no longer has', async () => {
    await using first = await startHttpServer((_request, response) => response.end('first'));
    const addresses = ['127.0.0.1', '127.0.0.2'];
    await using gate = openTestGate({
      egress: { allow_private: [`moving.test:${first.port}`] },
      resolve: async () => [addresses.shift() ?? '127.0.0.1'],
    });
    const url = `http://moving.test:${first.port}/`;
    expect((await gate.fetch(url)).status).toBe(200);
    expect(await failureOf(gate.fetch(url))).toMatch('connection refused by moving.test');
    expect((await gate.fetch(url)).status).toBe(200);
    expect(first.accepted()).toBe(1);
  });
});

describe('a refusal', () => {
  it('names the rule and who can change it', async () => {
    await using gate = openTestGate({ egress: { allow: ['inner.good.test'] }, resolve });
    expect(await failureOf(gate.fetch('https://api.example.org/x'))).toBe(
      'EgressError: Blocked: api.example.org is not in egress.allow of this project. ' +
        'Add "api.example.org" to egress.allow in project.yaml; a Manager has to deploy it.',
    );
    expect(await failureOf(gate.fetch('https://inner.good.test/'))).toBe(
      'EgressError: Blocked: inner.good.test:443 leads to 10.1.2.3, not a public address (private). ' +
        'Add "inner.good.test:443" to egress.allow_private in project.yaml; a Manager has to deploy it.',
    );
    expect(await failureOf(gate.fetch('http://127.0.0.1:8069/'))).toBe(
      'EgressError: Blocked: 127.0.0.1:8069 is not in egress.allow of this project. It is not a public address ' +
        '(loopback): add "127.0.0.1:8069" to egress.allow_private in project.yaml; a Manager has to deploy it.',
    );
  });

  it('is undone by the entry it names', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const url = `http://127.0.0.1:${server.port}/`;
    await using closed = openTestGate();
    const entry = /add "(.+?)" to egress.allow_private/.exec(await failureOf(closed.fetch(url)))?.[1] ?? '';
    await using open = openTestGate({ egress: { allow_private: [entry] } });
    expect((await open.fetch(url)).status).toBe(200);
  });
});
