import type { ReadTerms } from '../../store/read-terms.ts';
import type { RecordRow } from '../../store/record-store.ts';
import { MOST_RECORDS } from '../bounds.ts';
import { validationError } from '../domain/refusal.ts';
import { missingError } from '../missing-error.ts';
import { readGiven } from '../values/given.ts';
import { standardFields } from '../values/shown-record.ts';
import { fieldsFrom, idsFrom, modelFrom, searchOptionsFrom } from './arguments.ts';
import { type CommitDeps, commit } from './commit.ts';
import { count, readQuery, search } from './search.ts';
import { type EnvSession, rowOf } from './session.ts';
import { type Shown, showRecords } from './show-records.ts';
import { isChanged } from './touched.ts';
import { WriteSet } from './write-set.ts';

/** How often a change is begun again when others were quicker. */
const MOST_ROUNDS = 20;

/** One call of code on records: whose it is, and its list of arguments. */
export interface EnvCall {
  readonly deps: CommitDeps;
  readonly session: EnvSession;
  readonly args: readonly unknown[];
  /** Of queries that it makes. */
  readonly terms: ReadTerms;
}

export async function searchOperation({ deps, session, args, terms }: EnvCall): Promise<Shown> {
  const [name, domain, given, tx] = args;
  const options = searchOptionsFrom(given);
  const set = session.transaction(tx);
  const model = await (set ?? new WriteSet(deps.store)).model(modelFrom(name));
  const fields = fieldsFrom(model, options.fields) ?? standardFields(model);
  const query = await readQuery(deps.store, model, domain, options.order);
  const open = set === undefined ? undefined : { set, writer: session.writer };
  const rows = await search({ ...deps, terms }, query, { ...options, fields }, open);
  return showRecords({ ...withPending(deps, set, model.name), terms }, model, rows, fields);
}

export async function countOperation({ deps, session, args, terms }: EnvCall): Promise<number> {
  const [name, domain, tx] = args;
  const set = session.transaction(tx);
  const model = await (set ?? new WriteSet(deps.store)).model(modelFrom(name));
  const query = await readQuery(deps.store, model, domain, null);
  return count({ ...deps, terms }, query, set === undefined ? undefined : { set, writer: session.writer });
}

export async function readOperation({ deps, session, args }: EnvCall): Promise<Shown> {
  const [name, ids, fields, tx] = args;
  const model = modelFrom(name);
  const set = session.transaction(tx) ?? new WriteSet(deps.store);
  return show(deps, session, set, model, idsFrom(model, ids), fields);
}

export function createOperation(call: EnvCall): Promise<Shown> {
  const [name, rows, tx] = call.args;
  const model = modelFrom(name);
  if (!Array.isArray(rows) || rows.length > MOST_RECORDS) {
    throw validationError(
      `create takes the values of one record of ${model}, or a list of up to ${MOST_RECORDS}.`,
    );
  }
  const given = rows.map((row) => readGiven(model, row));
  return change(call, tx, async (set) => {
    const ids = await set.create(model, given);
    return { model, ids, fields: null };
  });
}

export function writeOperation(call: EnvCall): Promise<Shown> {
  const [name, ids, row, tx] = call.args;
  const model = modelFrom(name);
  const given = readGiven(model, row);
  const wanted = idsFrom(model, ids);
  return change(call, tx, async (set) => {
    await set.write(model, wanted, given);
    return { model, ids: wanted, fields: [...given.keys(), 'write_date', 'write_uid'] };
  });
}

export async function unlinkOperation(call: EnvCall): Promise<true> {
  const [name, ids, tx] = call.args;
  const model = modelFrom(name);
  const wanted = idsFrom(model, ids);
  await change(call, tx, async (set) => {
    await set.unlink(model, wanted);
    return { model, ids: [], fields: [] };
  });
  return true;
}

export async function beginOperation({ deps, session }: EnvCall): Promise<number> {
  return session.begin(new WriteSet(deps.store));
}

export async function commitOperation({ deps, session, args, terms }: EnvCall): Promise<true> {
  const set = session.end(args[0]);
  if (
    set !== undefined &&
    !(await commit(deps, set, session.writer, { at: deps.now(), signal: terms.signal }))
  ) {
    throw retryable(
      'A record that this transaction read or wrote was changed meanwhile, so nothing of it was written.',
    );
  }
  return true;
}

export async function rollbackOperation({ session, args }: EnvCall): Promise<true> {
  session.end(args[0]);
  return true;
}

/** Which records an operation has touched, and which of their fields its caller gets; null: the standard ones. */
interface Touch {
  readonly model: string;
  readonly ids: readonly number[];
  readonly fields: readonly string[] | null;
}

/**
 * Within its transaction a change is only kept aside. Outside it is committed by itself, and begun again when others were quicker. What is
 * too large to be answered is refused before it is written.
 */
export async function change(
  { deps, session, terms }: EnvCall,
  tx: unknown,
  work: (set: WriteSet) => Promise<Touch>,
): Promise<Shown> {
  const open = session.transaction(tx);
  if (open !== undefined) {
    const { model, ids, fields } = await work(open);
    return show(deps, session, open, model, ids, fields);
  }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const set = new WriteSet(deps.store);
    const { model, ids, fields } = await work(set);
    const at = deps.now();
    // Before it is committed: what cannot be answered is not written either.
    const shown = await show(deps, session, set, model, ids, fields, at);
    if (await commit(deps, set, session.writer, { at, signal: terms.signal })) return shown;
  }
  throw retryable('Others change these records all the time, so this change could not be written.');
}

/** The records of these ids with these fields. Throws a MissingError for one that is not there. */
async function show(
  deps: CommitDeps,
  session: EnvSession,
  set: WriteSet,
  name: string,
  ids: readonly number[],
  wanted: unknown,
  now = deps.now(),
): Promise<Shown> {
  const model = await set.model(name);
  const fields = fieldsFrom(model, wanted) ?? standardFields(model);
  const touched = await set.rows(name, ids);
  const missing =
    touched.length === ids.length ? undefined : ids.find((id) => !touched.some((row) => row.id === id));
  if (missing !== undefined) throw missingError(name, missing);
  const rows: readonly RecordRow[] = touched.map((row) =>
    row.before !== null && !isChanged(row) ? row.before : rowOf(row, session.writer, now),
  );
  return showRecords(withPending(deps, set, name), model, rows, fields);
}

const withPending = ({ store }: CommitDeps, set: WriteSet | undefined, model: string) =>
  set === undefined ? { store } : { store, pending: set.pending(model) };

function retryable(message: string): Error {
  const error = new Error(`${message} The job can be tried again from the start.`);
  error.name = 'RetryableJobError';
  return error;
}
