import type Database from 'better-sqlite3';
import type { LinkRow, LinkSearch, LinkStore } from '../../link-store.ts';
import { byId, gathered, lookUpOf, matcher, validSearch } from '../../rules/link-matching.ts';
import { keptRef, LINK_COLUMNS, type LinkColumns, linkOf } from '../../rules/link-rows.ts';

/** Rows between two turns of the event loop. */
const AT_A_TIME = 500;

/** Searches by key, in turns: references of users may be many, and so may be the links of one of them. */
export function sqliteLinkSearch(
  db: Database.Database,
): Pick<LinkStore, 'searchLinks' | 'getLinks' | 'findLink'> {
  const select = `SELECT ${LINK_COLUMNS} FROM links`;
  const find = db.prepare<[number], LinkColumns>(`${select} WHERE id = ?`);
  const byPair = db.prepare<string[], LinkColumns>(
    `${select} INDEXED BY links_a
     WHERE project_id = ? AND relation = ? AND system_a = ? AND ref_a = ? AND system_b = ? AND ref_b = ?`,
  );
  const byA = db.prepare<[string, string, string, string, number], LinkColumns>(
    `${select} INDEXED BY links_a WHERE project_id = ? AND relation = ? AND system_a = ? AND ref_a = ? LIMIT ?`,
  );
  const byB = db.prepare<[string, string, string, string, number], LinkColumns>(
    `${select} INDEXED BY links_b WHERE project_id = ? AND relation = ? AND system_b = ? AND ref_b = ? LIMIT ?`,
  );
  const byRelation = db.prepare<[string, string, number, number], LinkColumns>(
    `${select} INDEXED BY links_relation WHERE project_id = ? AND relation = ? AND id > ? ORDER BY id LIMIT ?`,
  );

  /** Rows among which are all that are sought, some at a time. */
  function* candidates(
    projectId: string,
    search: LinkSearch,
    most: number,
  ): Generator<readonly LinkColumns[]> {
    const { relation, model } = search;
    const lookUp = lookUpOf(search);
    if (lookUp.by === 'pairs') {
      const { a, b } = lookUp;
      for (const refA of a[1]) {
        for (const refB of b[1]) {
          const kept = [keptRef(model, [a[0], refA]), keptRef(model, [b[0], refB])] as const;
          yield byPair.all(projectId, relation, a[0], kept[0], b[0], kept[1]);
        }
      }
    } else if (lookUp.by === 'references') {
      const { system, references } = lookUp;
      for (const reference of references) {
        const key = [projectId, relation, system, keptRef(model, [system, reference])] as const;
        yield byA.all(...key, most + 1);
        yield byB.all(...key, most + 1);
      }
    } else {
      let rows: readonly LinkColumns[] = [];
      do {
        rows = byRelation.all(projectId, relation, rows.at(-1)?.id ?? 0, AT_A_TIME);
        yield rows;
      } while (rows.length === AT_A_TIME);
    }
  }

  function* each(ids: readonly number[]): Generator<readonly LinkColumns[]> {
    for (const id of ids) yield find.all(id);
  }

  return {
    async findLink(id) {
      const row = find.get(id);
      return row && linkOf(row);
    },

    async searchLinks(projectId, given, bounds) {
      const search = validSearch(given);
      return byId(await gathered(candidates(projectId, search, bounds.limit), matcher(search), bounds));
    },

    getLinks(projectId, ids, bounds) {
      const isOfProject = (link: LinkRow) => link.project_id === projectId;
      return gathered(each(ids), isOfProject, bounds);
    },
  };
}
