import type Database from 'better-sqlite3';
import {
  type DeliveryRow,
  type DeliveryWrite,
  type HookStore,
  type HookWrite,
  REMEMBERED_MS,
  type TakenId,
} from '../../hook-store.ts';
import type { JobRow } from '../../job-store.ts';
import type { LedgerWrite } from '../../ledger-store.ts';
import { validOrNull, validText } from '../../text.ts';
import type { Commits } from '../database/group-commit.ts';

/** For the verbs that write of a webhook with its job; only within a transaction. */
export interface HookWrites {
  write(hook: HookWrite): void;
}

type Values = (string | number | null)[];

const COLUMNS =
  'id, project_id, name, at, taken, method, path, remote_addr, status, job, redelivery_of, redelivered_by, ' +
  'verdict, headers, bytes, body';
const ROW = `${COLUMNS}, sealed IS NOT NULL AS whole`;
/** With each id that comes so many go that are too old: their number stays bounded without a sweep. */
const FORGOTTEN = 3;

/** Deliveries and the ids that were taken. `queue` inserts a job and rows of the ledger within the transaction. */
export function sqliteDeliveries(
  db: Database.Database,
  commits: Commits,
  queue: { enqueue(job: JobRow): void; ledger(rows: readonly LedgerWrite[]): void },
): { readonly verbs: HookStore; readonly writes: HookWrites } {
  const find = db
    .prepare<Values, number>(
      'SELECT 1 FROM taken_ids WHERE project_id = ? AND name = ? AND hash = ? AND at > ?',
    )
    .pluck();
  const take = db.prepare<Values>(
    `INSERT INTO taken_ids (project_id, name, hash, at)
     SELECT project_id, name, ?, ? FROM triggers WHERE project_id = ? AND name = ?
     ON CONFLICT (project_id, name, hash) DO UPDATE SET at = excluded.at`,
  );
  const forget = db.prepare<Values>(
    `DELETE FROM taken_ids WHERE (project_id, name, hash) IN
       (SELECT project_id, name, hash FROM taken_ids WHERE at <= ? ORDER BY at LIMIT ?)`,
  );
  const insert = db.prepare<Values>(
    `INSERT INTO deliveries (${COLUMNS}, sealed)
     SELECT ?, project_id, name, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM triggers WHERE project_id = ? AND name = ?`,
  );
  const trim = db.prepare<Values>(
    `DELETE FROM deliveries WHERE id IN (SELECT id FROM
       (SELECT id, CASE taken WHEN 0 THEN row_number() OVER (PARTITION BY remote_addr ORDER BY id DESC) END AS nth
          FROM deliveries WHERE project_id = ? AND name = ? AND taken = ?)
       ORDER BY nth, id DESC LIMIT -1 OFFSET ?)`,
  );
  const list = db.prepare<Values, DeliveryRow>(
    `SELECT ${ROW} FROM deliveries WHERE project_id = ? AND name = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const get = db.prepare<Values, DeliveryRow & { readonly sealed: string | null }>(
    `SELECT ${ROW}, sealed FROM deliveries WHERE project_id = ? AND name = ? AND id = ?`,
  );

  const isTaken = ({ project_id, name, hash, at }: TakenId): boolean =>
    find.get(project_id, name, hash, at - REMEMBERED_MS) !== undefined;

  function append(row: DeliveryWrite): void {
    const { project_id, name, taken } = row;
    if (row.keep > 0) insert.run(...deliveryValues(row), project_id, name);
    trim.run(project_id, name, taken, row.keep);
  }

  function write({ taken, delivery }: HookWrite): void {
    for (const { hash, at, project_id, name } of taken) {
      take.run(hash, at, project_id, name);
      forget.run(at - REMEMBERED_MS, FORGOTTEN);
    }
    if (delivery !== null) append(delivery);
  }

  return {
    writes: { write },
    verbs: {
      async isTaken(id) {
        return isTaken(id);
      },

      enqueueDelivery: ({ job, ledger, hook }) =>
        commits.write(() => {
          if (hook.taken.some(isTaken)) return false;
          queue.enqueue(job);
          queue.ledger(ledger);
          write(hook);
          return true;
        }),

      appendDelivery: (delivery) => commits.write(() => append(delivery)),

      async listDeliveries(projectId, name, { limit, after }) {
        const rows = list.all(projectId, name, after ?? '~', limit + 1);
        const items = rows.slice(0, limit).map((row) => Object.freeze(row));
        return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
      },

      async getDelivery(projectId, name, id) {
        const row = get.get(projectId, name, id);
        return row === undefined ? undefined : Object.freeze(row);
      },
    },
  };
}

/** In the order of the columns, without those that the trigger gives. */
const deliveryValues = (row: DeliveryWrite): Values => [
  row.id,
  Math.trunc(row.at),
  row.taken,
  validText(row.method),
  validText(row.path),
  validText(row.remote_addr),
  row.status,
  row.job,
  row.redelivery_of,
  validOrNull(row.redelivered_by),
  validText(row.verdict),
  validOrNull(row.headers),
  row.bytes,
  validOrNull(row.body),
  row.sealed,
];
