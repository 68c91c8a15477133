import type Database from 'better-sqlite3';
import type { LinkFilter, LinkRow, LinkStore } from '../link-store.ts';
import { validText } from '../text.ts';
import { keptRef, LINK_COLUMNS, type LinkColumns, linkOf } from './link-rows.ts';

/** What a page looks at, at most, while nobody else is served. */
const MOST_READ = 5000;

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
    const { relation, system, reference, model } = filter;
    if (relation === undefined || system === undefined || reference === undefined) return undefined;
    if (system === 'odoo' && model === undefined) return undefined;
    const key = [projectId, relation, system, keptRef(model ?? null, [system, reference])] as const;
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
      const items: LinkRow[] = [];
      let read = 0;
      let last = before;
      for (const row of newestFirst(projectId, filter, before)) {
        if (items.length === limit || read === MOST_READ) return { items, next: last };
        read += 1;
        last = row.id;
        const link = linkOf(row);
        if (matches(link, filter)) items.push(link);
      }
      return { items, next: null };
    },
  };
}

function matches(link: LinkRow, { relation, model, system, reference }: LinkFilter): boolean {
  return (
    (relation === undefined || link.relation === relation) &&
    (model === undefined || link.model === model) &&
    (system === undefined ||
      link.refs.some(([each, found]) => each === system && (reference === undefined || found === reference)))
  );
}

function validFilter(filter: LinkFilter): LinkFilter {
  const { relation, model, system, reference } = filter;
  const valid = (text: string | undefined) => text && validText(text);
  return {
    relation: valid(relation),
    model: valid(model),
    system: valid(system),
    reference: valid(reference),
  };
}
