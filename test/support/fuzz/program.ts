import { createRandom, type Random } from './random.ts';

/**
 * Hostile programs by chance: statements made of what the families of the attack suite do, put into each other. Most run into
 * a limit, some end well, some throw; each has to end, and to leave nothing behind.
 */
const MAX_DEPTH = 4;

type Make = (random: Random, depth: number) => string;

const value: Make = (random, depth) => {
  if (depth >= MAX_DEPTH) return random.pick(PLAIN);
  return random.pick(VALUES)(random, depth + 1);
};
const statement: Make = (random, depth) => {
  if (depth >= MAX_DEPTH) return `log(${value(random, depth)});`;
  return random.pick(STATEMENTS)(random, depth + 1);
};
/** For functions that cannot wait: it runs at once up to the first wait in it. */
const aside: Make = (random, depth) => `(async () => { ${statement(random, depth)} })().catch(log);`;
const block: Make = (random, depth) =>
  Array.from({ length: 1 + random.whole(3) }, () => statement(random, depth)).join(' ');

const PLAIN = [
  'undefined',
  'null',
  '-0',
  'NaN',
  '(10n ** 20n)',
  "'text'",
  "'\\ud800'",
  "'\\u0000\\r\\n\\u001b[2J'",
  'Symbol.iterator',
  '[]',
  '({})',
  '[1, , 3]',
  'new Date(NaN)',
  'new Map([[1, 2]])',
  'new Set([NaN])',
  'new Uint8Array(8)',
  '(/(a+)+$/)',
  'Object.create(null)',
  'JSON.parse(\'{"__proto__":{"left_behind":1}}\')',
  '({$: ["b", 9]})',
  'globalThis',
  'Object.prototype',
  '(() => 1)',
  'Promise.resolve(1)',
  'new Promise(() => {})',
  'Promise.reject(new Error("left_behind"))',
  'new WeakMap()',
  'new Error("x")',
  'log',
  'echo',
  'job',
  'realGlobal',
];

const VALUES: readonly Make[] = [
  (random) => random.pick(PLAIN),
  (random, depth) => `[${value(random, depth)}, ${value(random, depth)}]`,
  (random, depth) => `({a: ${value(random, depth)}, ['k' + ${random.whole(9)}]: ${value(random, depth)}})`,
  (random, depth) => `({get a() { ${aside(random, depth)} return ${random.pick(PLAIN)}; }})`,
  (random, depth) =>
    `({then(resolve, reject) { ${aside(random, depth)} ${random.pick(['resolve', 'reject', 'String'])}(1); }})`,
  (random, depth) =>
    `({toJSON() { ${aside(random, depth)} return 1; }, toString() { ${aside(random, depth)} return 'x'; }})`,
  (random, depth) => `({[Symbol.toPrimitive]() { ${aside(random, depth)} return 1; }})`,
  (random, depth) =>
    `new Proxy(${value(random, depth)} ?? {}, {get() { ${aside(random, depth)} return 1; }, ownKeys() { ${aside(random, depth)} return []; }})`,
  (random, depth) => `(await echo(${value(random, depth)}))`,
  (random, depth) => `(await Promise.allSettled([${value(random, depth)}, echo(${value(random, depth)})]))`,
  (random) => `'x'.repeat(2 ** ${random.whole(29)})`,
  (random) => `new Array(2 ** ${random.whole(26)}).fill(${random.whole(9)} / 7)`,
  (random) => `new Uint8Array(2 ** ${random.whole(28)})`,
  (random) => `Array.from({length: ${random.whole(1000)}}, (_, at) => ({at}))`,
  (random, depth) => `structuredClone(${value(random, depth)})`,
  (random, depth) =>
    `Object.assign(new Error('x'), {cause: ${value(random, depth)}, stack: ${value(random, depth)}})`,
  (random, depth) => `JSON.stringify(${value(random, depth)})`,
  (random, depth) =>
    `(await Array.fromAsync((async function* () { ${statement(random, depth)} yield ${value(random, depth)}; })()))`,
  (random, depth) => `(await (async () => { ${block(random, depth)} })())`,
  (random) => `'a'.repeat(${random.whole(40)}).match(/^(a|a)+$/)`,
  (random) => `(${2 + random.whole(9)}n ** ${random.whole(100_000)}n)`,
];

const STATEMENTS: readonly Make[] = [
  (random, depth) => `log(${value(random, depth)}, ${value(random, depth)});`,
  (random, depth) => `console.error(${value(random, depth)});`,
  (random, depth) => `await ${value(random, depth)};`,
  (random, depth) =>
    `await new Promise((resolve) => setTimeout(resolve, ${random.whole(30)})); ${block(random, depth)}`,
  (random, depth) => `setTimeout(async () => { ${block(random, depth)} }, ${random.whole(50)});`,
  (random, depth) => `queueMicrotask(async () => { ${block(random, depth)} });`,
  (random, depth) => `(async () => { ${block(random, depth)} })();`,
  (random, depth) =>
    `try { ${block(random, depth)} } catch (error) { log(error); } finally { ${statement(random, depth)} }`,
  (random, depth) =>
    `for (let at = 0; at < ${10 ** random.whole(7)}; at += 1) { ${statement(random, depth)} }`,
  (random, depth) =>
    `while (${random.pick(['true', 'await false', 'Math.random() < 0.9'])}) { ${statement(random, depth)} }`,
  (random, depth) => `held.push(${value(random, depth)});`,
  () => 'for (;;) held.push(new Array(1000).fill(held.length));',
  (random, depth) => `throw ${value(random, depth)};`,
  (random, depth) => `return ${value(random, depth)};`,
  (random, depth) =>
    `Reflect.set(${random.pick(['Object.prototype', 'Array.prototype', 'Promise', 'globalThis', 'JSON', 'realGlobal'])}, 'left_behind', ${value(random, depth)});`,
  (random, depth) => `Object.defineProperty(${value(random, depth)}, 'left_behind', {value: 1});`,
  (random) => `for (let call = 0; call < ${random.whole(3000)}; call += 1) echo(call);`,
  (random) => `{ const holes = []; holes.length = ${10 ** random.whole(10)}; holes.sort(); }`,
  (random) =>
    `new FinalizationRegistry(() => { log('left_behind'); for (;;); }).register({}, ${random.whole(9)});`,
  () => '(0, eval)("this").left_behind = 1;',
  () => 'confess();',
];

/** The body of the program that belongs to a seed. */
export function programOf(seed: number): string {
  const random = createRandom(seed);
  return Array.from({ length: 2 + random.whole(4) }, () => statement(random, 0)).join('\n  ');
}

/**
 * A project of the programs of these seeds: `handle_button({seed})` runs one, `handle_button({})` tells what is left of
 * earlier jobs.
 */
export function projectOf(seeds: readonly number[]): Readonly<Record<string, string>> {
  const programs = seeds.map((seed) => `  async ${seed}(held) {\n  ${programOf(seed)}\n  },`).join('\n');
  return {
    'protected.ts':
      'export const echo = (value) => value;\nexport const confess = () => { log(secrets.KEY); throw new Error(secrets.KEY); };\n',
    'tasks/t.js': `const realGlobal = (0, eval)('this');
const residue = () => [realGlobal, Object, Array, Promise, JSON, Function].flatMap((shared) =>
  [shared, shared.prototype].filter((object) => object && 'left_behind' in object).map(String));
const programs = {
${programs}
};
export async function handle_button({ seed }) {
  return seed === undefined ? residue() : programs[seed]([]);
}
`,
  };
}
