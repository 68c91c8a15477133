import { OdooFault, typeError, userError } from './odoo-fault.ts';
import type { PartnerTable } from './partner-table.ts';

/** One call of `execute_kw`. */
export interface OdooCall {
  readonly model: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

type Method = (table: PartnerTable, call: Called) => unknown;

/** Arguments by name, whether they were given by place or by name. */
type Called = (name: string, fallback?: unknown) => unknown;

const idsOf = (ids: unknown): readonly number[] => (Array.isArray(ids) ? ids : [ids]).map(Number);
const namesOf = (names: unknown): readonly string[] => (Array.isArray(names) ? names.map(String) : []);

const METHODS: ReadonlyMap<string, readonly [parameters: readonly string[], run: Method]> = new Map<
  string,
  readonly [readonly string[], Method]
>([
  ['create', [['vals_list'], create]],
  ['read', [['ids', 'fields'], (table, get) => table.read(idsOf(get('ids')), namesOf(get('fields', [])))]],
  ['write', [['ids', 'vals'], (table, get) => table.write(idsOf(get('ids')), get('vals'))]],
  ['unlink', [['ids'], (table, get) => table.unlink(idsOf(get('ids')))]],
  ['search', [['domain', 'offset', 'limit', 'order'], search]],
  ['search_count', [['domain', 'limit'], (table, get) => search(table, get).length]],
  [
    'search_read',
    [
      ['domain', 'fields', 'offset', 'limit', 'order'],
      (table, get) => table.read(search(table, get), namesOf(get('fields', []))),
    ],
  ],
]);

/** Calls a method of a model, as `execute_kw` does. Throws an `OdooFault`. */
export function execute(table: PartnerTable, { model, method, args, kwargs }: OdooCall): unknown {
  if (model !== 'res.partner') throw userError(`Object ${model} doesn't exist`);
  if (method.startsWith('_')) {
    const message = `Private methods (such as '${model}.${method}') cannot be called remotely.`;
    throw new OdooFault('odoo.exceptions.AccessError', message);
  }
  const found = METHODS.get(method);
  if (found === undefined) {
    throw new OdooFault('builtins.AttributeError', `The method '${model}.${method}' does not exist`);
  }
  const [parameters, run] = found;
  if (args.length > parameters.length) throw typeError(`${method}() takes ${parameters.length} arguments`);
  const unknown = Object.keys(kwargs).find((name) => name !== 'context' && !parameters.includes(name));
  if (unknown !== undefined) throw typeError(`${method}() got an unexpected keyword argument '${unknown}'`);
  return run(table, (name, fallback) => {
    const at = parameters.indexOf(name);
    const given = at >= 0 && at < args.length ? args[at] : kwargs[name];
    if (given === undefined && fallback === undefined) {
      throw typeError(`${method}() missing 1 required positional argument: '${name}'`);
    }
    return given ?? fallback;
  });
}

/** One id for one dictionary, a list of them for a list. */
function create(table: PartnerTable, get: Called): number | number[] {
  const values = get('vals_list');
  return Array.isArray(values) ? values.map((each) => table.create(each)) : table.create(values);
}

function search(table: PartnerTable, get: Called): readonly number[] {
  const limit = get('limit', false);
  const context = get('context', {}) as Readonly<Record<string, unknown>>;
  return table.search({
    domain: get('domain', []),
    offset: Number(get('offset', 0)),
    limit: typeof limit === 'number' && limit > 0 ? limit : null,
    order: String(get('order', '') || ''),
    archivedToo: context.active_test === false,
  });
}
