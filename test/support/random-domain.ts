import { OPERATORS, type Operator } from '../../runtime/env/domain/condition.ts';
import type { StoredValue, StoredValues } from '../../runtime/store/record-store.ts';
import type { ModelOfTest } from './domains.ts';
import type { Random } from './fuzz/random.ts';

/** Longer than the beginning that an index has of them, or just not. */
const LONG = [
  'x'.repeat(298),
  'x'.repeat(299),
  'x'.repeat(300),
  `${'x'.repeat(300)}a`,
  `${'x'.repeat(300)}b`,
  '😀'.repeat(299),
  `${'😀'.repeat(299)}é`,
];
const TEXTS = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'aB',
  'a%b',
  'a_b',
  '%',
  '_',
  '\\',
  'a\\',
  '*',
  '[',
  ']',
  '[a]',
  '^a',
  '?',
  'ß',
  'SS',
  'ss',
  'İ',
  'i',
  'ı',
  'I',
  '😀',
  '😀a',
  '\uffee',
  'é',
  'e\u0301',
  "x' OR 1=1--",
  '"',
  'ΐ',
  '1',
  'true',
  '[1]',
  'ǆ',
  'ﬀ',
  'ﬃx',
  'ŉ',
  'ᾳ',
  ...LONG,
]; // prettier-ignore
const PATTERNS = [
  '%',
  '_',
  '__',
  'a%',
  '%b',
  '%a%b%',
  'a\\%b',
  'a\\_b',
  '\\',
  'a_b',
  '[%',
  '_😀',
  '😀_',
  '%ss',
  '[a]',
  '*',
  '?_',
];
const NUMBERS = [0, 1, -1, 0.1, 0.3, 2, 2 ** 53, 2 ** 60, -(2 ** 63), 1e300, 5e-324, 1.2345678901234567e19];
const WHOLE = [0, 1, 2, 3, -7];
const DATES = ['1999-12-31', '2000-01-01', '2026-11-28'];
const DATETIMES = ['2000-01-01T00:00:00.000Z', '2026-11-28T20:00:00.000Z', '2026-11-28T20:00:00.001Z'];
const JSONS = [true, false, 1, 0, 'a', '[1]', [1], { a: 1 }, [], 0.5];

/** The fields that a random record may have. */
export const FIELDS = {
  name: 'char!',
  note: 'text',
  kind: 'selection',
  age: 'integer!',
  rate: 'float',
  active: 'boolean',
  born: 'date',
  seen: 'datetime',
  image: 'binary',
  extra: 'json',
  parent_id: 'many2one m.one!',
  other_id: 'many2one m.two',
  ghost_id: 'many2one m.ghost',
} as const;
type FieldName = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as FieldName[];
const MAGIC = ['id', 'create_date', 'write_date', 'create_uid', 'write_uid'];
const USERS = ['Ada', 'ada', 'Bob', 'éß', null];

/** `count` records of one model, of which some point to each other in circles, or to nothing. */
export function randomModel(random: Random, count: number): ModelOfTest {
  const user = () => JSON.stringify({ id: 'u', name: random.pick(USERS) });
  const at = () => Date.parse(random.pick(DATETIMES));
  return {
    fields: FIELDS,
    records: Array.from({ length: count }, () => ({
      create_date: at(),
      write_date: at(),
      create_uid: user(),
      write_uid: user(),
      values: randomValues(random, count),
    })),
  };
}

function randomValues(random: Random, count: number): StoredValues {
  const given = NAMES.filter(() => random.whole(10) < 7);
  return Object.fromEntries(
    given.map((name) => [
      name,
      random.whole(20) === 0 ? strayValue(name, random) : randomValue(name, random, count),
    ]),
  );
}

/** Of another type than its field has: it was stored before that was declared. */
function strayValue(name: FieldName, random: Random): StoredValue {
  // A link that is true leads nowhere, and SQL has no name for that but 1.
  if (name.endsWith('_id')) return random.pick<StoredValue>(['1', 0.5, [1]]);
  return random.pick<StoredValue>([...JSONS, 'b', '0', 7, 0.3, ['é'], { e: 'ß' }]);
}

function randomValue(name: FieldName, random: Random, count: number): StoredValue {
  switch (name) {
    case 'age':
    case 'image':
      return random.pick(WHOLE);
    case 'rate':
      return random.pick(NUMBERS);
    case 'active':
      return random.whole(2) === 0;
    case 'born':
      return random.pick(DATES);
    case 'seen':
      return random.pick(DATETIMES);
    case 'extra':
      return random.pick<StoredValue>(JSONS);
    case 'parent_id':
    case 'other_id':
    case 'ghost_id':
      return 1 + random.whole(count + 3);
    default:
      return random.pick(TEXTS);
  }
}

/** Terms and operators, mostly of types that fit; the caller leaves out what is refused. */
export function randomDomain(random: Random, count: number): readonly unknown[] {
  const size = 1 + random.whole(2);
  return Array.from({ length: size }, () => randomPart(random, count, 3)).flat();
}

function randomPart(random: Random, count: number, depth: number): readonly unknown[] {
  const part = () => randomPart(random, count, depth - 1);
  switch (depth === 0 ? 9 : random.whole(10)) {
    case 0:
    case 1:
      return ['|', ...part(), ...part()];
    case 2:
      return ['&', ...part(), ...part()];
    case 3:
    case 4:
      return ['!', ...part()];
    case 5:
      return [[random.whole(2), '=', 1]];
    default:
      return [randomTerm(random, count)];
  }
}

function randomTerm(random: Random, count: number): readonly unknown[] {
  const steps = Array.from({ length: Math.max(0, random.whole(5) - 2) }, () =>
    random.pick(['parent_id', 'other_id', 'ghost_id', 'unknown_id']),
  );
  const last = random.whole(8) === 0 ? random.pick([...MAGIC, 'unknown']) : random.pick(NAMES);
  const operator = random.pick(OPERATORS.filter((one) => fits(last, one)));
  const one = () => randomOperand(last, operator, random, count);
  const isList = operator.endsWith('in') || (operator.endsWith('_of') && random.whole(2) === 0);
  return [
    [...steps, last].join('.'),
    operator,
    isList ? Array.from({ length: random.whole(5) }, one) : one(),
  ];
}

/** Others would be refused, and show nothing here. */
function fits(name: string, operator: Operator): boolean {
  const isText = ['name', 'note', 'kind', 'create_uid', 'unknown'].includes(name);
  const isLink = name.endsWith('_id');
  const isOrdered = !isLink && !['active', 'image', 'extra'].includes(name);
  if (operator.endsWith('like')) return isText || isLink;
  if (operator.endsWith('_of')) return name === 'id' || name === 'parent_id';
  return /[<>]/.test(operator) && operator !== '<>' ? isOrdered : true;
}

function randomOperand(name: string, operator: string, random: Random, count: number): unknown {
  if (operator.startsWith('=') && operator.endsWith('like')) return random.pick([...TEXTS, ...PATTERNS]);
  if (operator.endsWith('_of')) return 1 + random.whole(count + 3);
  if (operator.endsWith('like')) return random.pick(TEXTS);
  if (random.whole(8) === 0 && !/^[<>]=?$/.test(operator)) return random.pick([null, false]);
  if (name === 'id') return 1 + random.whole(count);
  if (name.endsWith('_date')) return random.pick(DATETIMES);
  if (name.endsWith('_uid')) return random.pick(['Ada', 'Bob']);
  if (name === 'image') return null;
  if (name === 'extra') return random.pick([true, 1, 'a', '[1]', 0.5]);
  if (name === 'unknown') return random.pick<unknown>([1, 'a', true]);
  if (name.endsWith('_id') && random.whole(3) === 0) return random.pick(TEXTS);
  return NAMES.includes(name as FieldName) ? randomValue(name as FieldName, random, count) : null;
}
