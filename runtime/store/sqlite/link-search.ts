import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { LinkBounds, LinkRow, LinkSearch, LinkStore, LinksFound, LinkWanted } from '../link-store.ts';
import { validOrNull, validText } from '../text.ts';
import { keptRef, LINK_COLUMNS, type LinkColumns, linkOf } from './link-rows.ts';

/** Rows between two turns of the event loop. */
const AT_A_TIME = 500;

/** What a look-up costs, in rows. */
const LOOK_UP = 4;

/** So many pairs are looked up one by one: a reference of a pair may have many links to others. */
const MOST_PAIRS = 10_000;

/** Searches by key, in turns: references of users may be many, and so may be the links of one of them. */
export function sqliteLinkSearch(
  db: Database.Database,
): Pick<LinkStore, 'searchLinks' | 'getLinks' | 'findLink'> {
  const select = `SELECT ${LINK_COLUMNS} FROM links`;
  const byId = db.prepare<[number], LinkColumns>(`${select} WHERE id = ?`);
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
    const [one, other] = search.refs.filter(([system]) => system !== 'odoo' || model !== null).map(distinct);
    const [fewer, more] = inOrderOfSize(one, other);
    if (fewer && more && fewer[1].length * more[1].length <= MOST_PAIRS) {
      const [a, b] = fewer[0] < more[0] ? [fewer, more] : [more, fewer];
      for (const refA of a[1]) {
        for (const refB of b[1]) {
          const kept = [keptRef(model, [a[0], refA]), keptRef(model, [b[0], refB])] as const;
          yield byPair.all(projectId, relation, a[0], kept[0], b[0], kept[1]);
        }
      }
    } else if (fewer) {
      for (const reference of fewer[1]) {
        const key = [projectId, relation, fewer[0], keptRef(model, [fewer[0], reference])] as const;
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
    for (const id of ids) yield byId.all(id);
  }

  return {
    async findLink(id) {
      const row = byId.get(id);
      return row && linkOf(row);
    },

    async searchLinks(projectId, given, bounds) {
      const search = validSearch(given);
      const found = await gathered(candidates(projectId, search, bounds.limit), matcher(search), bounds);
      return { ...found, items: found.items.toSorted((one, other) => one.id - other.id) };
    },

    getLinks(projectId, ids, bounds) {
      const isOfProject = (link: LinkRow) => link.project_id === projectId;
      return gathered(each(ids), isOfProject, bounds);
    },
  };
}

async function gathered(
  batches: Iterable<readonly LinkColumns[]>,
  matches: (row: LinkRow) => boolean,
  { limit, most_bytes, most_read }: LinkBounds,
): Promise<LinksFound> {
  const items: LinkRow[] = [];
  let [read, bytes, sinceTurn] = [0, 0, 0];
  for (const rows of batches) {
    read += rows.length;
    sinceTurn += rows.length + LOOK_UP;
    // One reference with more links than `limit` was not read to its end.
    if (rows.length > limit || read > most_read) return { items, over: 'links' };
    for (const row of rows) {
      const link = linkOf(row);
      if (!matches(link)) continue;
      bytes += row.bytes;
      if (bytes > most_bytes) return { items, over: 'bytes' };
      if (items.length === limit) return { items, over: 'links' };
      items.push(link);
    }
    if (sinceTurn < AT_A_TIME) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return { items, over: null };
}

function matcher({ model, refs }: LinkSearch): (link: LinkRow) => boolean {
  const wanted = refs.map(([system, references]) => [system, references && new Set(references)] as const);
  return (link) =>
    (model === null || link.model === model) &&
    wanted.every(([system, references]) =>
      link.refs.some(([each, reference]) => each === system && (references?.has(reference) ?? true)),
    );
}

type Listed = readonly [system: string, references: readonly string[]];

/** Those of which the references are known, the shorter list first. */
function inOrderOfSize(...wanted: readonly (LinkWanted | undefined)[]): readonly Listed[] {
  const listed = wanted.flatMap((each): Listed[] => (each?.[1] ? [[each[0], each[1]]] : []));
  return listed.toSorted((one, other) => one[1].length - other[1].length);
}

const distinct = ([system, references]: LinkWanted): LinkWanted => [
  system,
  references && [...new Set(references)],
];

function validSearch({ relation, model, refs }: LinkSearch): LinkSearch {
  return {
    relation: validText(relation),
    model: validOrNull(model),
    refs: refs.map(([system, references]) => [validText(system), references?.map(validText) ?? null]),
  };
}
