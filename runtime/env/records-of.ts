import type { Actor } from '../runtime.ts';
import type { ReadTerms } from '../store/read-terms.ts';
import { idsFrom, modelFrom } from './embedded/arguments.ts';
import type { CommitDeps } from './embedded/commit.ts';
import {
  createOperation,
  type EnvCall,
  readOperation,
  searchOperation,
  unlinkOperation,
  writeOperation,
} from './embedded/operations.ts';
import { EnvSession } from './embedded/session.ts';
import type { ShownRecord } from './values/shown-record.ts';

type Values = Readonly<Record<string, unknown>>;

/** Records as a person reads and writes them. Errors are those that code gets: ValidationError, MissingError, TypeError, RangeError. */
export interface Records {
  /** Newest first; `after`: the id of the last one seen. */
  list(
    model: string,
    query: {
      readonly domain: unknown;
      readonly fields: readonly string[] | null;
      readonly limit: number;
      readonly after: number | null;
    },
  ): Promise<readonly ShownRecord[]>;
  get(model: string, id: number): Promise<ShownRecord>;
  create(model: string, values: readonly Values[]): Promise<readonly ShownRecord[]>;
  write(model: string, id: number, values: Values): Promise<ShownRecord>;
  unlink(model: string, id: number): Promise<void>;
}

/** The records, as `actor` reaches them: what they write is written in their name, and fires db triggers as any other change. */
export function recordsOf(deps: CommitDeps, actor: Actor, terms: ReadTerms = {}): Records {
  const { id: user, name, login, role } = actor;
  const session = new EnvSession({ user: { id: user, name, login, role }, depth: 0 });
  const call = (...args: readonly unknown[]): EnvCall => ({ deps, session, args, terms });
  const rowOf = (values: Values) => Object.entries(values).map(([field, value]) => [field, 'value', value]);

  async function get(model: string, id: number): Promise<ShownRecord> {
    const [record] = (await readOperation(call(model, [id], null))).records;
    if (record === undefined) throw new Error(`${model}(${id}) was read and is not there.`);
    return record;
  }

  return {
    async list(model, { domain, fields, limit, after }) {
      const known = await deps.store.loadModel(model);
      // Whoever looks at the data wants to see what is archived as well.
      const all = known?.fields.has('active') === true ? [['active', 'in', [true, false]]] : [];
      const later = after === null ? [] : [['id', '<', after]];
      const wanted = Array.isArray(domain) ? [...all, ...later, ...domain] : domain;
      const options = { fields, order: 'id desc', limit, offset: 0 };
      return (await searchOperation(call(model, wanted, options))).records;
    },
    get,
    async create(model, values) {
      return (await createOperation(call(model, values.map(rowOf)))).records;
    },
    async write(model, id, values) {
      await writeOperation(call(model, idsFrom(modelFrom(model), id), rowOf(values)));
      return get(model, id);
    },
    async unlink(model, id) {
      await get(model, id);
      await unlinkOperation(call(model, [id]));
    },
  };
}
