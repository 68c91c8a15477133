import type { LinkFilter, LinkStore } from '../../link-store.ts';
import { linkPage, lookedUpRef, MOST_READ, validFilter } from '../../rules/link-page.ts';
import { LINK_COLUMNS, type LinkColumns } from '../../rules/link-rows.ts';
import type { Session } from '../database/session.ts';
import { linksOfA, linksOfB } from './link-sql.ts';

const AT_A_TIME = 500;

export function postgresLinkList(session: Session): Pick<LinkStore, 'listLinks'> {
  /** All links of the one reference that is asked for, if that is a matter of a few. */
  async function ofReference(
    projectId: string,
    filter: LinkFilter,
  ): Promise<readonly LinkColumns[] | undefined> {
    const wanted = lookedUpRef(filter);
    if (wanted === undefined) return undefined;
    const { relation, system, kept } = wanted;
    const rows = await session.rows<LinkColumns>(BY_REFERENCE, [projectId, relation, system, kept]);
    return rows.length < MOST_READ ? rows.toSorted((one, other) => other.id - one.id) : undefined;
  }

  async function* newestFirst(
    projectId: string,
    filter: LinkFilter,
    before: number,
  ): AsyncGenerator<LinkColumns> {
    const few = await ofReference(projectId, filter);
    if (few !== undefined) {
      yield* few.filter(({ id }) => id < before);
      return;
    }
    let [last, rows]: [number, readonly LinkColumns[]] = [before, []];
    do {
      rows =
        filter.relation === undefined
          ? await session.rows<LinkColumns>(OF_PROJECT, [projectId, last])
          : await session.rows<LinkColumns>(OF_RELATION, [projectId, last, filter.relation]);
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

const SELECT = `SELECT ${LINK_COLUMNS} FROM links WHERE project_id = $1`;
const OF_PROJECT = {
  name: 'links of project',
  text: `${SELECT} AND id < $2 ORDER BY id DESC LIMIT ${AT_A_TIME}`,
};
const OF_RELATION = {
  name: 'links of relation',
  text: `${SELECT} AND id < $2 AND relation = $3 ORDER BY id DESC LIMIT ${AT_A_TIME}`,
};
const REF = { project: '$1::text', relation: '$2::text', system: '$3::text', ref: '$4::text' };
const BY_REFERENCE = {
  name: 'links of reference',
  text: `(SELECT ${LINK_COLUMNS} FROM ${linksOfA(REF)} AS links LIMIT ${MOST_READ})
    UNION ALL (SELECT ${LINK_COLUMNS} FROM ${linksOfB(REF)} AS links LIMIT ${MOST_READ})`,
};
