import { type DeliveryWrite, type HookWrite, REMEMBERED_MS, type TakenId } from '../../hook-store.ts';
import { validOrNull, validText } from '../../text.ts';
import type { Session } from '../database/session.ts';

/**
 * What is written of webhooks with their jobs; only within a transaction. What is written of a trigger that does not exist is left
 * out.
 */

/** Takes ids, no two of which are the same. Gives the places in the list of those that were taken before. */
export async function takeIds(session: Session, taken: readonly TakenId[]): Promise<readonly number[]> {
  if (taken.length === 0) return [];
  const wanted = taken.map(({ project_id, name, hash, at }, n) => ({ n, project_id, name, hash, at }));
  const found = await session.rows<{ n: number }>(TAKE_ONCE, [JSON.stringify(wanted)]);
  return found.map(({ n }) => n);
}

/** Remembers ids, however often they come, and forgets some that are too old. No two are the same. */
export async function rememberIds(session: Session, taken: readonly TakenId[]): Promise<void> {
  if (taken.length > 0) await session.changes(REMEMBER, [JSON.stringify(taken)]);
}

/** With each id that comes so many go that are too old: their number stays bounded without a sweep. */
export async function forgetIds(session: Session, taken: readonly TakenId[]): Promise<void> {
  if (taken.length === 0) return;
  const before = Math.max(...taken.map(({ at }) => at)) - REMEMBERED_MS;
  await session.changes(FORGET, [before, FORGOTTEN * taken.length]);
}

/** Writes deliveries, and removes those that are one too many of their trigger. */
export async function appendDeliveries(
  session: Session,
  deliveries: readonly DeliveryWrite[],
): Promise<void> {
  if (deliveries.length === 0) return;
  const kept = new Map<string, Pick<DeliveryWrite, 'project_id' | 'name' | 'taken' | 'keep'>>();
  for (const { project_id, name, taken, keep } of deliveries)
    kept.set(`${project_id} ${taken} ${name}`, { project_id, name, taken, keep });
  const rows = deliveries.filter(({ keep }) => keep > 0).map(deliveryValues);
  await Promise.all([
    rows.length > 0 ? session.changes(APPEND, [JSON.stringify(rows)]) : 0,
    session.changes(TRIM, [JSON.stringify([...kept.values()])]),
  ]);
}

export const takenOf = (hooks: readonly HookWrite[]): readonly TakenId[] =>
  hooks.flatMap(({ taken }) => taken);
export const deliveriesOf = (hooks: readonly HookWrite[]): readonly DeliveryWrite[] =>
  hooks.flatMap(({ delivery }) => delivery ?? []);

const FORGOTTEN = 3;

const FIELDS = 'project_id text, name text, hash text, at bigint';

const TAKE_ONCE = {
  name: 'take ids',
  text: `
WITH wanted AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS id(n bigint, ${FIELDS}) JOIN triggers USING (project_id, name)
), taken AS (
  INSERT INTO taken_ids (project_id, name, hash, at)
  SELECT project_id, name, hash, at FROM wanted ORDER BY project_id, name, hash
  ON CONFLICT (project_id, name, hash) DO UPDATE SET at = excluded.at
    WHERE taken_ids.at <= excluded.at - ${REMEMBERED_MS}
  RETURNING project_id, name, hash
)
SELECT n FROM wanted WHERE (project_id, name, hash) NOT IN (SELECT project_id, name, hash FROM taken)`,
};
const REMEMBER = {
  name: 'remember ids',
  text: `
INSERT INTO taken_ids (project_id, name, hash, at)
SELECT project_id, name, hash, at FROM json_to_recordset($1) AS id(${FIELDS}) JOIN triggers USING (project_id, name)
ORDER BY project_id, name, hash
ON CONFLICT (project_id, name, hash) DO UPDATE SET at = excluded.at`,
};
const FORGET = {
  name: 'forget ids',
  text: `
DELETE FROM taken_ids WHERE (project_id, name, hash) IN (
  SELECT project_id, name, hash FROM taken_ids WHERE at <= $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
};

export const DELIVERY_COLUMNS =
  'id, project_id, name, at, taken, method, path, remote_addr, status, job, redelivery_of, redelivered_by, ' +
  'verdict, headers, bytes, body';

const APPEND = {
  name: 'append deliveries',
  text: `
INSERT INTO deliveries (${DELIVERY_COLUMNS}, sealed)
SELECT ${DELIVERY_COLUMNS}, sealed FROM json_to_recordset($1) AS delivery(
  id text, project_id text, name text, at bigint, taken bigint, method text, path text, remote_addr text, status bigint, job text,
  redelivery_of text, redelivered_by text, verdict text, headers text, bytes bigint, body text, sealed text)
WHERE EXISTS (SELECT 1 FROM triggers
  WHERE triggers.project_id = delivery.project_id AND triggers.name = delivery.name)`,
};
const TRIM = {
  name: 'trim deliveries',
  text: `
DELETE FROM deliveries WHERE id IN (
  SELECT old.id FROM json_to_recordset($1) AS of(project_id text, name text, taken bigint, keep bigint)
  CROSS JOIN LATERAL (
    SELECT id FROM (
      SELECT id, CASE taken WHEN 0 THEN row_number() OVER (PARTITION BY remote_addr ORDER BY id DESC) ELSE 0 END AS nth FROM deliveries
      WHERE deliveries.project_id = of.project_id AND deliveries.name = of.name AND deliveries.taken = of.taken
    ) AS each ORDER BY nth, id DESC OFFSET of.keep
  ) AS old)`,
};

const deliveryValues = (row: DeliveryWrite) => ({
  id: row.id,
  project_id: row.project_id,
  name: row.name,
  at: Math.trunc(row.at),
  taken: row.taken,
  method: validText(row.method),
  path: validText(row.path),
  remote_addr: validText(row.remote_addr),
  status: row.status,
  job: row.job,
  redelivery_of: row.redelivery_of,
  redelivered_by: validOrNull(row.redelivered_by),
  verdict: validText(row.verdict),
  headers: validOrNull(row.headers),
  bytes: row.bytes,
  body: validOrNull(row.body),
  sealed: row.sealed,
});
