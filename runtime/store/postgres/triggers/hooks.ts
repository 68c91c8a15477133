import { type DeliveryRow, type HookStore, REMEMBERED_MS } from '../../hook-store.ts';
import { storable } from '../../ledger-rows.ts';
import type { Database } from '../database/database.ts';
import type { InFlight } from '../database/in-flight.ts';
import type { Commits } from '../queue/commits.ts';
import { appendDeliveries, DELIVERY_COLUMNS } from './hook-rows.ts';

export interface HooksOptions {
  readonly database: Database;
  readonly commits: Commits;
  readonly calls: InFlight;
}

/** Deliveries and the ids that were taken. */
export function postgresHooks({ database, commits, calls }: HooksOptions): HookStore {
  async function enqueue({ job, ledger, hook }: Parameters<HookStore['enqueueDelivery']>[0]) {
    for (const row of ledger) storable(row);
    return commits.add({ delivery: { job, hook }, rows: ledger });
  }

  return {
    async isTaken({ project_id, name, hash, at }) {
      const found = await database.row(FIND, [project_id, name, hash, at - REMEMBERED_MS]);
      return found !== undefined;
    },

    enqueueDelivery: (write) => calls.add(enqueue(write)),

    appendDelivery: (delivery) =>
      calls.add(database.transact((session) => appendDeliveries(session, [delivery]))),

    async listDeliveries(projectId, name, { limit, after }) {
      const rows = await database.rows<DeliveryRow>(LIST, [projectId, name, after ?? '~', limit + 1]);
      const items = rows.slice(0, limit).map((row) => Object.freeze(row));
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async getDelivery(projectId, name, id) {
      const row = await database.row<DeliveryRow & { readonly sealed: string | null }>(GET, [
        projectId,
        name,
        id,
      ]);
      return row === undefined ? undefined : Object.freeze(row);
    },
  };
}

const ROW = `${DELIVERY_COLUMNS}, CASE WHEN sealed IS NULL THEN 0 ELSE 1 END AS whole`;
const FIND = {
  name: 'find taken id',
  text: 'SELECT 1 FROM taken_ids WHERE project_id = $1 AND name = $2 AND hash = $3 AND at > $4',
};
const LIST = {
  name: 'list deliveries',
  text: `SELECT ${ROW} FROM deliveries WHERE project_id = $1 AND name = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
};
const GET = {
  name: 'delivery',
  text: `SELECT ${ROW}, sealed FROM deliveries WHERE project_id = $1 AND name = $2 AND id = $3`,
};
