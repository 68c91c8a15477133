import type Database from 'better-sqlite3';
import type { LinkFilter, LinkStore } from '../../link-store.ts';
import { linkPage, lookedUpRef, MOST_READ, validFilter } from '../../rules/link-page.ts';
import { LINK_COLUMNS, type LinkColumns } from '../../rules/link-rows.ts';

const AT_A_TIME = 500;

export function sqliteLinkList(db: Database.Database): Pick<LinkStore, 'listLinks'> {
  const select = `SELECT ${LINK_COLUMNS} FROM links`;
  const ofProject = db.prepare<[string, number, number], LinkColumns>(
    `${select} INDEXED BY links_project WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const ofRelation = db.prepare<[string, string, number, number], LinkColumns>(
    `${select} INDEXED BY links_relation WHERE project_id = ? AND relation = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const byA = db.prepare<[string, string, string, string, number], LinkColumns>(
    `${select} INDEXED BY links_a WHERE project_id = ? AND relation = ? AND system_a = ? AND ref_a = ? LIMIT ?`,
  );
  const byB = db.prepare<[string, string, string, string, number], LinkColumns>(
    `${select} INDEXED BY links_b WHERE project_id = ? AND relation = ? AND system_b = ? AND ref_b = ? LIMIT ?`,
  );

  /** All links of the one reference that is asked for, if that is a matter of a few. */
  function ofReference(projectId: string, filter: LinkFilter): readonly LinkColumns[] | undefined {
    const wanted = lookedUpRef(filter);
    if (wanted === undefined) return undefined;
    const key = [projectId, wanted.relation, wanted.system, wanted.kept] as const;
    const rows = [...byA.all(...key, MOST_READ), ...byB.all(...key, MOST_READ)];
    return rows.length < MOST_READ ? rows.toSorted((one, other) => other.id - one.id) : undefined;
  }

  function* newestFirst(projectId: string, filter: LinkFilter, before: number): Generator<LinkColumns> {
    const few = ofReference(projectId, filter);
    if (few !== undefined) {
      yield* few.filter(({ id }) => id < before);
      return;
    }
    let [last, rows]: [number, readonly LinkColumns[]] = [before, []];
    do {
      rows =
        filter.relation === undefined
          ? ofProject.all(projectId, last, AT_A_TIME)
          : ofRelation.all(projectId, filter.relation, last, AT_A_TIME);
      yield* rows;
      last = rows.at(-1)?.id ?? last;
    } while (rows.length === AT_A_TIME);
  }

  return {
    async listLinks(projectId, given, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const filter = validFilter(given);
      return linkPage(newestFirst(projectId, filter, before), filter, limit);
    },
  };
}
