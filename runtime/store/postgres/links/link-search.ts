import type { LinkRow, LinkSearch, LinkStore } from '../../link-store.ts';
import { byId, gathered, lookUpOf, matcher, validSearch } from '../../rules/link-matching.ts';
import { keptRef, LINK_COLUMNS, type LinkColumns, linkOf } from '../../rules/link-rows.ts';
import type { Session } from '../database/session.ts';
import { linkColumnsOf, linkOfBoth, linksOfA, linksOfB } from './link-sql.ts';

/** Look-ups, or rows, of one round trip. */
const AT_A_TIME = 500;
/** Rows of many references that are read at once. */
const MOST_ROWS = 5_000;

/** Searches by key, some look-ups at a time: references of users may be many, and so may be the links of one of them. */
export function postgresLinkSearch(
  session: Session,
): Pick<LinkStore, 'searchLinks' | 'getLinks' | 'findLink'> {
  return {
    async findLink(id) {
      const row = await session.row<LinkColumns>(FIND, [id]);
      return row && linkOf(row);
    },

    async searchLinks(projectId, given, bounds) {
      const search = validSearch(given);
      const rows = candidates(session, projectId, search, bounds.limit);
      return byId(await gathered(rows, matcher(search), bounds));
    },

    getLinks(projectId, ids, bounds) {
      const isOfProject = (link: LinkRow) => link.project_id === projectId;
      return gathered(each(session, ids), isOfProject, bounds);
    },
  };
}

/** Rows among which are all that are sought: of one look-up each time. */
async function* candidates(
  session: Session,
  projectId: string,
  search: LinkSearch,
  most: number,
): AsyncGenerator<readonly LinkColumns[]> {
  const { relation, model } = search;
  const lookUp = lookUpOf(search);
  if (lookUp.by === 'pairs') {
    const { a, b } = lookUp;
    const refsB = b[1].map((reference) => keptRef(model, [b[0], reference]));
    const pairs = a[1].flatMap((reference) => {
      const refA = keptRef(model, [a[0], reference]);
      return refsB.map((refB) => [refA, refB] as const);
    });
    for (const some of chunksOf(pairs)) {
      const refs = [some.map(([refA]) => refA), some.map(([, refB]) => refB)];
      const rows = await session.rows<LinkColumns>(BY_PAIRS, [projectId, relation, a[0], b[0], ...refs]);
      for (const row of rows) yield [row];
    }
  } else if (lookUp.by === 'references') {
    const { system, references } = lookUp;
    const kept = references.map((reference) => keptRef(model, [system, reference]));
    for (const some of chunksOf(kept))
      yield* ofReferences(session, [projectId, relation, system], some, most);
  } else {
    let rows: readonly LinkColumns[] = [];
    do {
      rows = await session.rows<LinkColumns>(BY_RELATION, [projectId, relation, rows.at(-1)?.id ?? 0]);
      yield rows;
    } while (rows.length === AT_A_TIME);
  }
}

type OfReference = LinkColumns & { readonly place: number; readonly side: string };

/** The links of each of the references, and of each side of a link; one of which there are more than `most` ends after that. */
async function* ofReferences(
  session: Session,
  key: readonly [projectId: string, relation: string, system: string],
  kept: readonly string[],
  most: number,
): AsyncGenerator<readonly LinkColumns[]> {
  const isOne = kept.length === 1;
  const limit = isOne ? 2 * most + 2 : MOST_ROWS;
  const rows = await session.rows<OfReference>(BY_REFERENCES, [...key, kept, most + 1, limit]);
  if (rows.length === limit && !isOne) {
    const half = kept.length >> 1;
    yield* ofReferences(session, key, kept.slice(0, half), most);
    yield* ofReferences(session, key, kept.slice(half), most);
    return;
  }
  const found = Map.groupBy(rows, ({ place, side }) => `${place} ${side}`);
  for (const [place] of kept.entries()) {
    for (const side of ['a', 'b']) yield found.get(`${place + 1} ${side}`) ?? [];
  }
}

/** The links with these ids, in their order. */
async function* each(session: Session, ids: readonly number[]): AsyncGenerator<readonly LinkColumns[]> {
  for (const some of chunksOf(ids)) {
    const rows = await session.rows<LinkColumns>(BY_IDS, [some]);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of some) {
      const row = found.get(id);
      yield row === undefined ? [] : [row];
    }
  }
}

function* chunksOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += AT_A_TIME) yield items.slice(from, from + AT_A_TIME);
}

const SELECT = `SELECT ${LINK_COLUMNS} FROM links`;
const FIND = { name: 'find link', text: `${SELECT} WHERE id = $1` };
const BY_IDS = { name: 'links by ids', text: `${SELECT} WHERE id = ANY ($1::bigint[])` };
const BY_RELATION = {
  name: 'links by relation',
  text: `${SELECT} WHERE project_id = $1 AND relation = $2 AND id > $3 ORDER BY id LIMIT ${AT_A_TIME}`,
};
const REF = { project: '$1::text', relation: '$2::text', system: '$3::text' };
const BY_PAIRS = {
  name: 'links by pairs',
  text: `SELECT ${linkColumnsOf('links')}
    FROM unnest($5::text[], $6::text[]) WITH ORDINALITY AS wanted (a, b, place)
    CROSS JOIN LATERAL ${linkOfBoth({ ...REF, ref: 'wanted.a' }, { system: '$4::text', ref: 'wanted.b' })} AS links
    ORDER BY wanted.place`,
};
const BY_REFERENCES = {
  name: 'links by references',
  text: `SELECT place, side, ${linkColumnsOf('links')}
    FROM unnest($4::text[]) WITH ORDINALITY AS wanted (ref, place) CROSS JOIN LATERAL (
      (SELECT 'a' AS side, ${LINK_COLUMNS} FROM ${linksOfA({ ...REF, ref: 'wanted.ref' })} AS links LIMIT $5)
      UNION ALL
      (SELECT 'b', ${LINK_COLUMNS} FROM ${linksOfB({ ...REF, ref: 'wanted.ref' })} AS links LIMIT $5)
    ) AS links LIMIT $6`,
};
