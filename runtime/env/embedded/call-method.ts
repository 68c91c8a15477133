import { isPlainObject } from '../../plain-object.ts';
import { shown } from '../domain/refusal.ts';
import {
  countOperation,
  createOperation,
  type EnvCall,
  readOperation,
  searchOperation,
  unlinkOperation,
  writeOperation,
} from './operations.ts';

type Keywords = Readonly<Record<string, unknown>>;
type Method = (
  call: EnvCall,
  model: unknown,
  ids: unknown,
  args: readonly unknown[],
  keywords: Keywords,
) => Promise<unknown>;

/** What Odoo's clients call most; methods of other models are Odoo's own and exist there only. */
const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    'search',
    async (call, model, _ids, [domain], words) =>
      (await found(call, model, domain, words)).map(({ id }) => id),
  ],
  [
    'search_read',
    async (call, model, _ids, [domain, fields], words) => found(call, model, domain, { fields, ...words }),
  ],
  ['search_count', (call, model, _ids, [domain]) => countOperation({ ...call, args: [model, domain] })],
  [
    'read',
    async (call, model, ids, [fields]) =>
      (await readOperation({ ...call, args: [model, ids, fields] })).records,
  ],
  ['create', async (call, model, _ids, [values]) => createdIds(call, model, values)],
  ['write', async (call, model, ids, [values]) => written(call, model, ids, values)],
  ['unlink', (call, model, ids) => unlinkOperation({ ...call, args: [model, ids] })],
]);

/** `call(method, args, kwargs)` of a model (`ids` is null) or of records: the few methods that a store without Python can have. */
export async function callOperation(call: EnvCall): Promise<unknown> {
  const [model, ids, method, args = [], kwargs = {}] = call.args;
  const run = typeof method === 'string' ? METHODS.get(method) : undefined;
  if (run === undefined) {
    const there = [...METHODS.keys()].join(', ');
    throw new TypeError(
      `${shown(model)} has no method ${shown(method)} on the embedded connection. There are ${there}; other methods are Odoo's.`,
    );
  }
  if (!Array.isArray(args)) throw new TypeError('The arguments of call(method, args, kwargs) are a list.');
  const [own, rest] = ids === null && TAKES_IDS.has(String(method)) ? [args[0], args.slice(1)] : [ids, args];
  if (!isPlainObject(kwargs)) throw new TypeError('kwargs of call(method, args, kwargs) is an object.');
  return run(call, model, own, rest, kwargs);
}

const TAKES_IDS: ReadonlySet<string> = new Set(['read', 'write', 'unlink']);

async function found(call: EnvCall, model: unknown, domain: unknown, words: Keywords) {
  const { fields = null, order = null, limit = null, offset = 0 } = words;
  const { records } = await searchOperation({
    ...call,
    args: [model, domain, { fields, order, limit, offset }],
  });
  return records;
}

/** What is no object of values is refused by who reads the row. */
const rowOf = (values: unknown): unknown =>
  isPlainObject(values) ? Object.entries(values).map(([name, value]) => [name, 'value', value]) : values;

async function createdIds(
  call: EnvCall,
  model: unknown,
  values: unknown,
): Promise<number | readonly number[]> {
  const rows = (Array.isArray(values) ? values : [values]).map(rowOf);
  const { records } = await createOperation({ ...call, args: [model, rows] });
  const ids = records.map(({ id }) => id);
  return Array.isArray(values) ? ids : (ids[0] ?? 0);
}

async function written(call: EnvCall, model: unknown, ids: unknown, values: unknown): Promise<true> {
  await writeOperation({ ...call, args: [model, ids, rowOf(values)] });
  return true;
}
