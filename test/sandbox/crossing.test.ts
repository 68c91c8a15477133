import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob } from '../support/sandbox.ts';

/** Every place where a value leaves a realm, with every kind of value that may not. */
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const VALUES = `
  class Client { token = 'canary-3f'; #own = 1; send() { return this.#own; } }
  const cycle: any = { a: [] };
  cycle.a.push(cycle);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const deep = (levels: number) => { let value: any = 1; for (let i = 0; i < levels; i++) value = [value]; return value; };
  const values: Record<string, () => any> = {
    instance: () => ({ items: [0, 1, 2, { client: new Client() }] }),
    methods: () => ({ items: [{ client: { send() {} } }] }),
    arrow: () => [() => 1],
    async: () => [async () => 1],
    generator: () => ({ list: (function* () { yield 1; })() }),
    iterator: () => [[1].values()],
    proxy: () => ({ a: [new Proxy({}, {})] }),
    proxyOfArray: () => ({ a: new Proxy([1], {}) }),
    proxyOfMap: () => ({ a: new Proxy(new Map(), {}) }),
    revoked: () => [revoked.proxy],
    thenable: () => ({ later: { then() {} } }),
    promise: () => ({ later: Promise.resolve(1) }),
    symbol: () => ({ a: Symbol('s') }),
    bigint: () => ({ a: [10n] }),
    cycle: () => cycle,
    regexp: () => ({ a: /x/ }),
    error: () => ({ e: new Error('x') }),
    weak: () => ({ w: new WeakMap() }),
    view: () => ({ v: new DataView(new ArrayBuffer(1)) }),
    array: () => ({ a: new (class List extends Array {})() }),
    map: () => ({ m: new (class Table extends Map {})() }),
    inMap: () => ({ m: new Map([[{ k: 1 }, new Client()]]) }),
    inSet: () => ({ s: new Set([1, new Client()]) }),
    created: () => ({ o: Object.create({ inherited: 1 }) }),
    boxed: () => ({ n: new Number(1) }),
    dateLike: () => ({ d: Object.create(Date.prototype) }),
    mapLike: () => ({ m: Object.create(Map.prototype) }),
    bytesLike: () => ({ b: Object.create(Uint8Array.prototype) }),
    url: () => ({ u: new URL('http://a/') }),
    headers: () => ({ h: new Headers() }),
    throwing: () => ({ get a(): any { throw new TypeError('own getter'); } }),
    deep: () => deep(1001),
    deeper: () => deep(100_000),
    wide: () => new Array(300_000).fill('x'),
    wideSet: () => new Set(Array.from({ length: 300_000 }, (_, i) => i)),
    wideMap: () => new Map(Array.from({ length: 300_000 }, (_, i) => [i, i])),
    wideObject: () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => ['key' + i, i])),
    sparse: () => { const a: any[] = []; a.length = 4e9; return a; },
    bytes: () => ({ b: new Uint8Array(2_000_000) }),
    partOfLarge: () => new Uint8Array(8_000_000).subarray(0, 2_000_000),
    text: () => 'x'.repeat(2 ** 27),
    unfolding: () => { let a: any = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a; },
  };`;

const REFUSED: readonly [value: string, path: string][] = [
  ['instance', '.items[3].client is an instance of Client'],
  ['methods', '.items[0].client.send is a function'],
  ['arrow', '[0] is a function'],
  ['async', '[0] is a function'],
  ['generator', '.list is an instance of'],
  ['iterator', '[0] is an instance of'],
  ['proxy', '.a[0] is a Proxy'],
  ['proxyOfArray', '.a is a Proxy'],
  ['proxyOfMap', '.a is a Proxy'],
  ['revoked', '[0] is a Proxy'],
  ['thenable', '.later.then is a function'],
  ['promise', '.later is a Promise (forgot await?)'],
  ['symbol', '.a is a symbol'],
  ['bigint', '.a[0] is a bigint'],
  ['cycle', '.a[0] is a cycle'],
  ['regexp', '.a is an instance of RegExp'],
  ['error', '.e is an instance of Error'],
  ['weak', '.w is an instance of WeakMap'],
  ['view', '.v is an instance of DataView'],
  ['array', '.a is an instance of List'],
  ['map', '.m is an instance of Table'],
  ['inMap', '.m[0] is an instance of Client'],
  ['inSet', '.s[1] is an instance of Client'],
  ['created', '.o is an instance of'],
  ['boxed', '.n is an instance of Number'],
  ['url', '.u is an instance of URL'],
  ['headers', '.h is an instance of Headers'],
  ['deep', 'nested deeper than 1000 levels'],
  ['deeper', 'nested deeper than 1000 levels'],
];
/** A TypeError in other words. */
const STRANGE = ['dateLike', 'mapLike', 'bytesLike', 'throwing'];
const TOO_LARGE = [
  'wide',
  'wideSet',
  'wideMap',
  'wideObject',
  'sparse',
  'bytes',
  'partOfLarge',
  'text',
  'unfolding',
];

const PROTECTED = `${VALUES}
  export const take = (..._args: any[]) => 'taken';
  export const give = (name: string) => values[name]!();
  export const declare = (name: string) => log_outgoing_data('somebody', values[name]!());
`;
const TASK = `${VALUES}
  export async function handle_button({ at, name }: any) {
    if (at === 'result') return values[name]!();
    if (at === 'arguments[0]') return await take(values[name]!());
    if (at === 'arguments[1]') return await declare(name);
    return await give(name);
  }
  export const handle_webhook = () => values[params.VALUE]!();
`;

const POINTS: readonly [point: string, name: string][] = [
  ['the result of a handler', 'result'],
  ['an argument of a protected call', 'arguments[0]'],
  ['the result of a protected call', 'protected'],
  ['what is declared as outgoing', 'arguments[1]'],
];
const LIMITS = { resultBytes: 1_000_000, messageBytes: 1_000_000, memoryBytes: 256 * 1024 ** 2 };

const cross = (at: string, name: string) =>
  runJob(sandbox, {
    files: { 'protected.ts': PROTECTED, 'tasks/t.ts': TASK },
    input: { at, name },
    limits: LIMITS,
    call: () => null,
  });

describe.each(POINTS)('%s', (_point, at) => {
  it.each(REFUSED)('is no %s: a TypeError names the path', async (name, path) => {
    const { outcome } = await cross(at, name);
    const where = at === 'protected' ? 'result' : at;
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
    if (outcome.status === 'done') return;
    expect(outcome.error.message).toContain(path);
    expect(outcome.error.message.startsWith(where)).toBe(true);
    expect(JSON.stringify(outcome)).not.toContain('canary-3f');
  });

  it.each(STRANGE)('is no %s: a TypeError', async (name) => {
    const { outcome } = await cross(at, name);
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
  });

  it.each(TOO_LARGE)('is not as large as %s: the limit says so', async (name) => {
    const { outcome } = await cross(at, name);
    expect(outcome.status).toBe('limit_exceeded');
    if (outcome.status !== 'done') {
      expect(outcome.error.limit).toBe(at === 'result' ? 'result' : 'messages');
      expect(outcome.error.message).toContain('larger than 1000000 bytes');
    }
  });
});

describe('constants of Protected Code', () => {
  it.each([
    [
      '{ items: [0, 1, 2, { client: new (class Client {})() }] }',
      'C.items[3].client is an instance of Client',
    ],
    ['{ a: new Proxy({}, {}) }', 'C.a is a Proxy'],
    ['{ a: [1n] }', 'C.a[0] is a bigint'],
    ['{ f() {}, n: 1 }', 'C.f is a function'],
  ])('are plain data: %s', async (value, message) => {
    const files = {
      'protected.ts': `export const C: any = ${value};`,
      'tasks/t.ts': 'export function handle_button() { return C; }',
    };
    const { outcome } = await runJob(sandbox, { files });
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
    if (outcome.status !== 'done') expect(outcome.error.message).toContain(message);
  });
});
