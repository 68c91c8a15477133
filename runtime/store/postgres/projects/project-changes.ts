import type { Database } from '../database/database.ts';
import type { Prepared, Session } from '../database/session.ts';
import type { NewsLine } from '../nodes/news.ts';

/** Changes of what all nodes have loaded of a project: each is told to them when it is committed. */
export interface ProjectChanges {
  tell(session: Session, slug: string): Promise<void>;
  /** Changes one row by SQL that returns the project's `slug`; true when the row was there. */
  change(sql: Prepared, values: readonly unknown[]): Promise<boolean>;
}

export function projectChanges(database: Database, news: Pick<NewsLine, 'tell'>): ProjectChanges {
  const tell = (session: Session, slug: string) => news.tell(session, { kind: 'project', slug });
  return {
    tell,
    change: (sql, values) =>
      database.transact(async (session) => {
        const changed = await session.row<{ slug: string | null }>(sql, values);
        // A project that is deleted at this moment is told by who does it.
        if (changed !== undefined && changed.slug !== null) await tell(session, changed.slug);
        return changed !== undefined;
      }),
  };
}

/** What such SQL returns when `$1` is the project's id. */
export const RETURNING_SLUG = 'RETURNING (SELECT slug FROM projects WHERE id = $1) AS slug';
