import { parseDomain } from '../env/domain/parse-domain.ts';
import { parseOrder } from '../env/domain/parse-order.ts';
import { resolveDomain } from '../env/domain/resolve-domain.ts';
import type { Model, RecordRow, RecordStore } from '../store/record-store.ts';
import type { LiveTimed } from './timed-plan.ts';

/** Records that are taken in one commit. */
const MOST_AT_ONCE = 2000;
/** Nobody waits for it, and it has to come to an end. */
const LONGEST_LOOK_MS = 60_000;

export interface Due {
  readonly rows: readonly RecordRow[];
  /** All that fell due up to here is in `rows`. */
  readonly until: number;
}

/**
 * The records whose time has come, in smaller parts where they are large: else whoever writes large ones could end a trigger for good.
 * Throws a ValidationError when the domain cannot be used, a RangeError for too large ones of one moment.
 */
export async function dueRecords(
  store: RecordStore,
  model: Model,
  timed: LiveTimed,
  period: { readonly from: number; readonly to: number },
): Promise<Due> {
  for (let most = MOST_AT_ONCE; ; most = Math.floor(most / 8)) {
    try {
      return await dueAtOnce(store, model, timed, period, most);
    } catch (error) {
      if (most < 8 || !(error instanceof Error) || error.name !== 'RangeError') throw error;
    }
  }
}

/**
 * Records whose time has come after `from` and by `to`, in milliseconds since 1970, as many as can be taken at once: of those that fall
 * due at one moment all or none.
 */
async function dueAtOnce(
  store: RecordStore,
  model: Model,
  timed: LiveTimed,
  { from, to }: { readonly from: number; readonly to: number },
  most: number,
): Promise<Due> {
  const rows = await find(store, model, timed, from, to, most + 1);
  const last = rows.at(-1);
  if (rows.length <= most || last === undefined) return { rows, until: to };
  const first = rows[0];
  const cut = timeOf(last, timed) - 1;
  if (first !== undefined && timeOf(first, timed) <= cut) {
    return { rows: rows.filter((row) => timeOf(row, timed) <= cut), until: cut };
  }
  const moment = timeOf(last, timed);
  return { rows: await find(store, model, timed, moment - 1, moment, 100 * MOST_AT_ONCE), until: moment };
}

async function find(
  store: RecordStore,
  model: Model,
  { spec, field, shift }: LiveTimed,
  from: number,
  to: number,
  limit: number,
): Promise<readonly RecordRow[]> {
  const window = [
    [field, '>', new Date(from - shift)],
    [field, '<=', new Date(to - shift)],
  ];
  const load = (name: string) => store.loadModel(name);
  const domain = await resolveDomain(
    parseDomain([...(spec.apply_on as unknown[]), ...window]),
    model.name,
    load,
  );
  const order = parseOrder(field, model);
  const terms = { caller: 'timed triggers', timeoutMs: LONGEST_LOOK_MS };
  return store.searchRecords({ model: model.number, domain, order }, { limit, offset: 0 }, terms);
}

/** When the record is due. */
function timeOf(row: RecordRow, { field, shift }: LiveTimed): number {
  if (field === 'create_date' || field === 'write_date') return row[field] + shift;
  return Date.parse(String(row.values[field])) + shift;
}
