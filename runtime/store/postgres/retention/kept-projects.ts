import type { Session } from '../database/session.ts';

/** Slugs that rows belong to which go by age, in order, after `after`. */
export async function listKeptProjects(
  session: Pick<Session, 'rows'>,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const found = await session.rows<{ project: string }>(LIST, [after ?? '', limit]);
  return found.map(({ project }) => project);
}

/** One seek for each project, however many rows it has, in an index of rows for which `where` holds. */
const projectsIn = (table: string, where: string): string => `
(WITH RECURSIVE found (project) AS (
   SELECT min(project) FROM ${table} WHERE ${where}project > $1
   UNION ALL
   SELECT (SELECT min(project) FROM ${table} WHERE ${where}project > found.project) FROM found WHERE project IS NOT NULL
 )
 SELECT project FROM found WHERE project IS NOT NULL LIMIT $2)`;

const LIST = {
  name: 'list kept projects',
  text: `SELECT project FROM (${projectsIn('logs', '')} UNION ${projectsIn('finished_jobs', '')}
UNION ${projectsIn('ledger', "kind <> 'outcome' AND ")}) AS found ORDER BY project COLLATE "C" LIMIT $2`,
};
