import type { Database } from '../database/database.ts';

const AT_A_TIME = 5_000;

/** Deletes all links of a project, some in each transaction: a million at once would hold everybody up for seconds. */
export async function clearLinks(database: Database, projectId: string): Promise<void> {
  let removed: number;
  do {
    removed = await database.transact(async (session) => {
      const [, some] = await Promise.all([
        session.rows('SELECT FROM link_totals WHERE project_id = $1 FOR UPDATE', [projectId]),
        session.row<{ count: number }>(REMOVE_SOME, [projectId, AT_A_TIME]),
      ]);
      return some?.count ?? 0;
    });
  } while (removed === AT_A_TIME);
}

const REMOVE_SOME = `
WITH gone AS (
  DELETE FROM links WHERE id IN (SELECT id FROM links WHERE project_id = $1 ORDER BY id LIMIT $2) RETURNING bytes
), freed AS (
  SELECT count(*) AS links, coalesce(sum(bytes), 0) AS bytes FROM gone
), counted AS (
  UPDATE link_totals SET links = link_totals.links - freed.links, bytes = link_totals.bytes - freed.bytes
  FROM freed WHERE project_id = $1
)
SELECT links AS count FROM freed`;
