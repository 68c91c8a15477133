import { parseDomain } from '../env/domain/parse-domain.ts';
import { parseOrder } from '../env/domain/parse-order.ts';
import { resolveDomain } from '../env/domain/resolve-domain.ts';
import type { Model, RecordRow, RecordStore } from '../store/record-store.ts';
import type { TimedPlace } from '../store/timed-store.ts';
import type { LiveTimed } from './timed-plan.ts';

/** Records that are taken in one commit, and what they may come to in characters; one is taken in any case. */
const MOST_AT_ONCE = 2000;
const LARGEST_AT_ONCE = 4 * 1024 ** 2;
/** Nobody waits for it, and it has to come to an end. */
const LONGEST_LOOK_MS = 60_000;

export interface Due {
  readonly rows: readonly RecordRow[];
  /** All that fell due up to here is in `rows`. */
  readonly until: TimedPlace;
}

/**
 * Records whose time has come after `from` and by `to`, in milliseconds since 1970, in order, as many as can be taken at once. Throws a
 * ValidationError when the domain cannot be used.
 */
export async function dueRecords(
  store: RecordStore,
  model: Model,
  timed: LiveTimed,
  { from, to }: { readonly from: TimedPlace; readonly to: number },
): Promise<Due> {
  for (let most = MOST_AT_ONCE; ; most = Math.ceil(most / 10)) {
    const rows = await find(store, model, timed, { from, to, most });
    if (rows === undefined) continue;
    const due = { rows, until: { checked_at: to, after_id: 0 } };
    return rows.length <= most ? due : firstOf(due, timed, most);
  }
}

/** The first so many of them. */
export function firstOf({ rows, until }: Due, timed: LiveTimed, count: number): Due {
  const first = rows.slice(0, count);
  const last = first.at(-1);
  if (last === undefined) return { rows: first, until };
  return { rows: first, until: { checked_at: timeOf(last, timed) - 1, after_id: last.id } };
}

/** Up to one more than `most`; undefined when so many are too large. */
async function find(
  store: RecordStore,
  model: Model,
  { spec, field, shift }: LiveTimed,
  { from, to, most }: { readonly from: TimedPlace; readonly to: number; readonly most: number },
): Promise<readonly RecordRow[] | undefined> {
  const later = (moment: number) => [field, '>', new Date(moment - shift)];
  const beyond = from.after_id === 0 ? [] : ['|', later(from.checked_at + 1), ['id', '>', from.after_id]];
  const window = [later(from.checked_at), [field, '<=', new Date(to - shift)], ...beyond];
  const load = (name: string) => store.loadModel(name);
  const wanted = parseDomain([...(spec.apply_on as unknown[]), ...window]);
  const domain = await resolveDomain(wanted, model.name, load);
  const order = parseOrder(field, model);
  const terms = { caller: 'timed triggers', timeoutMs: LONGEST_LOOK_MS };
  const bytes = most === 1 ? {} : { most_bytes: LARGEST_AT_ONCE };
  try {
    const page = { limit: most + 1, offset: 0, ...bytes };
    return await store.searchRecords({ model: model.number, domain, order }, page, terms);
  } catch (error) {
    if (error instanceof Error && error.name === 'RangeError' && most > 1) return undefined;
    throw error;
  }
}

/** When the record is due. */
function timeOf(row: RecordRow, { field, shift }: LiveTimed): number {
  if (field === 'create_date' || field === 'write_date') return row[field] + shift;
  return Date.parse(String(row.values[field])) + shift;
}
