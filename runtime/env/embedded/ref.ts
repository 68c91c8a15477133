import { validationError } from '../domain/refusal.ts';
import type { EnvCall } from './operations.ts';
import { readOperation } from './operations.ts';
import type { Shown } from './show-records.ts';

const LONGEST = 600;
const ONE = { limit: 2, most_bytes: 10_000, most_read: 10_000 };

/**
 * `env.ref("module.name")`: the record that is known by this name, as `make_ref` gives it: a link in the relation `module` to the reference
 * `name`. No record when there is none; a ValidationError when there are several.
 */
export async function refOperation(call: EnvCall): Promise<Shown> {
  const [name] = call.args;
  const dot = typeof name === 'string' ? name.indexOf('.') : -1;
  if (typeof name !== 'string' || dot < 1 || dot === name.length - 1 || name.length > LONGEST) {
    throw validationError('env.ref takes the name of a record like "module.name".');
  }
  const { store } = call.deps;
  const [relation, reference] = [name.slice(0, dot), name.slice(dot + 1)];
  const refs = [['odoo', null] as const, ['external', [reference]] as const];
  const wanted = { relation, model: null, refs };
  const { items } = await store.searchLinks(call.session.projectId, wanted, ONE);
  const [link] = items;
  const id = Number(link?.refs.find(([system]) => system === 'odoo')?.[1]);
  if (link === undefined || link.model === null) return { model: '', fields: [], records: [] };
  if (items.length > 1)
    throw validationError(`${name} is the name of several records. Search their links instead.`);
  const [row] = await store.getRecords(link.model, [id]);
  if (row === undefined) return { model: link.model, fields: [], records: [] };
  return readOperation({ ...call, args: [link.model, [id], null] });
}
