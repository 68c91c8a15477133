import type { Session } from '../database/session.ts';

/** Of models that never came to be, names would gather. Who loses ids by that finds them taken, and asks for others. */
const MOST_RESERVED = 5000;

/** The first of `count` ids; a statement of its own, so that nobody waits for its row. */
export async function reserveRecordIds(database: Session, model: string, count: number): Promise<number> {
  const last = (await database.row<{ last: number }>(RESERVE, [model, count]))?.last ?? count;
  if (last === count) await database.rows(FORGET);
  return last - count + 1;
}

/** Ids that nobody reserved were taken, up to this one. */
export async function keepLastId(session: Session, model: string, id: number): Promise<void> {
  await session.rows(KEEP, [model, id]);
}

/** Not waited for on disk: a record that is has its id's row there too, which was written before. */
const RESERVE = {
  name: 'reserve ids',
  text: `INSERT INTO record_ids (model, last_id) VALUES ($1, $2)
    ON CONFLICT (model) DO UPDATE SET last_id = record_ids.last_id + $2
    RETURNING last_id AS last, set_config('synchronous_commit', 'off', true)`,
};
const FORGET = {
  name: 'forget reserved ids',
  text: `DELETE FROM record_ids WHERE (SELECT count(*) FROM record_ids) > ${MOST_RESERVED}
    AND NOT EXISTS (SELECT 1 FROM models WHERE name = model)`,
};
/** Most often they were reserved, and no row is held. */
const KEEP = {
  name: 'keep last id',
  text: `INSERT INTO record_ids (model, last_id) SELECT $1::text, $2::bigint
    WHERE NOT EXISTS (SELECT 1 FROM record_ids WHERE model = $1 AND last_id >= $2)
    ON CONFLICT (model) DO UPDATE SET last_id = greatest(record_ids.last_id, excluded.last_id)`,
};
