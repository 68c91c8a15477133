import type Database from 'better-sqlite3';
import type { Commits } from '../database/group-commit.ts';

const AT_A_TIME = 250;

/** Deletes all links of a project, some in each transaction: a million at once would hold everybody up for seconds. */
export function clearLinks(db: Database.Database, commits: Commits): (projectId: string) => Promise<void> {
  const removeSome = db
    .prepare<[string, number], number>(
      `DELETE FROM links WHERE id IN (SELECT id FROM links INDEXED BY links_project WHERE project_id = ? LIMIT ?)
       RETURNING bytes`,
    )
    .pluck();
  const subtract = db.prepare(
    'UPDATE link_totals SET links = links - ?, bytes = bytes - ? WHERE project_id = ?',
  );

  return async (projectId) => {
    let removed: readonly number[];
    do {
      removed = await commits.write(() => {
        const some = removeSome.all(projectId, AT_A_TIME);
        const bytes = some.reduce((sum, each) => sum + each, 0);
        subtract.run(some.length, bytes, projectId);
        return some;
      });
    } while (removed.length === AT_A_TIME);
  };
}
