import { boot } from '../../sandbox/realm/main.ts';
import type { Post } from '../../sandbox/realm/post.ts';

/**
 * The inside of `shared-objects.ts`: a real realm with two jobs of each kind. What can be reached from both jobs of a pair
 * is what jobs of a realm share; each such object that one job could change, and the other see changed, is named.
 */
type Names = Record<string, unknown>;
interface Found {
  readonly shared: number;
  readonly changeable: readonly string[];
}

/** What user code can make that has a prototype of its own which no name leads to. */
const SPECIMENS: readonly string[] = [
  '[][Symbol.iterator]()',
  'new Map()[Symbol.iterator]()',
  'new Set()[Symbol.iterator]()',
  '""[Symbol.iterator]()',
  '"".matchAll(/x/g)',
  '(function* () {})',
  '(function* () {})()',
  '(async function* () {})',
  '(async function* () {})()',
  '(async () => {})',
  '[].values().map((x) => x)',
  'Iterator.from({ next() {} })',
  'Iterator.concat?.([])',
  'new Intl.Segmenter().segment("a")',
  'new Intl.Segmenter().segment("a")[Symbol.iterator]()',
  'new Intl.DateTimeFormat()',
  'new Intl.NumberFormat().resolvedOptions()',
  'new Proxy({}, {})',
  'Proxy.revocable({}, {})',
  '/x/.exec("x")',
  '/(?<a>x)/.exec("x").groups',
  'new Error("x")',
  'new AggregateError([])',
  '(() => { try { null.x } catch (error) { return error } })()',
  '(() => { try { eval("(") } catch (error) { return error } })()',
  '(() => { try { new Array(-1) } catch (error) { return error } })()',
  '(() => { try { decodeURI("%") } catch (error) { return error } })()',
  '(() => { try { absent } catch (error) { return error } })()',
  '(() => { try { 1n / 0n } catch (error) { return error } })()',
  '(function () { return arguments })()',
  '(function () {})',
  '(class { #p; static s; })',
  'new (class extends Map {})()',
  'new Uint8Array(8)',
  'new BigInt64Array(1)',
  'new DataView(new ArrayBuffer(8))',
  'new ArrayBuffer(8, { maxByteLength: 16 })',
  'Promise.withResolvers()',
  'Promise.reject(1).catch(() => {})',
  'Object(1n)',
  'Object(Symbol.iterator)',
  'Symbol.for("x")',
  'new WeakRef({})',
  'new FinalizationRegistry(() => {})',
  'new WeakMap()',
  'new WeakSet()',
  'new Date(0)',
  'globalThis.Temporal?.Now?.instant?.()',
  'new Function("return 1")',
  'new URL("http://a/?b=c").searchParams.entries()',
  'new Headers([["a", "b"]]).entries()',
  'new Headers()',
  'new FormData().entries()',
  'new Request("http://a/")',
  'new Response("x")',
  'new AbortController().signal',
  'AbortSignal.timeout(60000)',
  'new Event("x")',
  'new Blob(["x"])',
  'new TextDecoder()',
  'new TextEncoder()',
  'crypto.subtle',
  'structuredClone(new Error("x"))',
  'new UserError("x")',
  'env',
  'env["res.partner"]',
  'env["res.partner"].search().catch(() => {})',
  'globalThis',
];

const reached = (roots: readonly (readonly [string, unknown])[]): Map<object, string> => {
  const seen = new Map<object, string>();
  const waiting: [string, unknown][] = [];
  const visit = (path: string, value: unknown): void => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return;
    if (seen.has(value)) return;
    seen.set(value, path);
    waiting.push([path, value]);
  };
  for (const [path, value] of roots) visit(path, value);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, value] = next as [string, object];
    visit(`${path}.[[Prototype]]`, Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const at = `${path}.${String(key)}`;
      const property = Object.getOwnPropertyDescriptor(value, key);
      visit(`get ${at}`, property?.get);
      visit(`set ${at}`, property?.set);
      visit(at, property?.value);
      if (property?.get === undefined) continue;
      try {
        visit(at, Reflect.get(value, key));
      } catch {
        // Getters of prototypes refuse what is no instance.
      }
    }
  }
  return seen;
};

const KEEPS_STATE = [Map, Set, WeakMap, WeakSet, Date, ArrayBuffer, WeakRef, FinalizationRegistry, DataView];

function changes(value: object): string[] {
  const found: string[] = [];
  if (Object.isExtensible(value)) found.push('can be extended');
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property?.configurable) found.push(`${String(key)} can be defined anew`);
    else if (property?.writable) found.push(`${String(key)} can be written`);
  }
  for (const type of KEEPS_STATE) {
    const isPrototype = Object.getOwnPropertyDescriptor(type, 'prototype')?.value === value;
    if (!isPrototype && value instanceof type) found.push(`is a ${type.name}`);
  }
  if (ArrayBuffer.isView(value) && value.byteLength > 0) found.push('holds bytes');
  return found;
}

/** Two jobs of one realm are started by each of these; every job gives its names away. */
export function sharedObjects(hostNames: string, ...hostFunctions: unknown[]): string {
  const post: Post = () => {};
  const realm = boot(post, hostNames, ...hostFunctions);
  const jobs: Names[] = [];
  const program = `return [${SPECIMENS.map((code) => `(() => { try { return (${code}) } catch (error) { return error } })()`).join(',')}]`;
  realm.register('unit', (given) => {
    const names = given as Names;
    jobs.push({ names, specimens: new Function('names', `with (names) { ${program} }`)(names) });
    return { handle_button: () => {} };
  });
  const limits = { logLines: 9, logBytes: 9, resultBytes: 9, messageBytes: 9, calls: 9 };
  const shapes = JSON.stringify([
    { name: 'f', kind: 'function' },
    { name: 'o', kind: 'functions', members: ['a'] },
    { name: 'c', kind: 'constant', value: { a: [1] } },
  ]);
  const context = { params: { a: 'b' }, texts: {}, webhooks: {}, triggerName: '', user: {}, job: {} };
  const start = JSON.stringify({ handler: 'handle_button', context, limits, secrets: { a: 'b' } });
  for (const id of ['task-1', 'task-2']) realm.start(id, 'unit', start, 'null', [], shapes, []);
  for (const id of ['vault-1', 'vault-2']) realm.open(id, 'unit', start);
  const [first, second, third, fourth] = jobs.map((job) => reached([['job', job]]));
  if (!first || !second || !third || !fourth) throw new Error('a job did not start');

  const found: Found[] = [
    [first, second],
    [third, fourth],
    [first, third],
  ].map(([one, other]) => {
    const both = [...(one ?? [])].filter(([value]) => other?.has(value));
    const changeable = both.flatMap(([value, path]) => changes(value).map((what) => `${path} ${what}`));
    return { shared: both.length, changeable };
  });
  return JSON.stringify(found);
}
