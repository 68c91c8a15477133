import { LINK_COLUMNS } from '../../rules/link-rows.ts';

/** What a reference is looked up by: SQL of the four texts that tell it. */
interface RefTexts {
  readonly project: string;
  readonly relation: string;
  readonly system: string;
  readonly ref: string;
}

/**
 * Links are found by a hash of 64 bits of all that is sought: an entry of an index has room for 2,700 bytes, and the texts of a link may
 * take more. The rows that it gives are compared behind a fence (`MATERIALIZED`), as PostgreSQL would otherwise look for the project in
 * another index as long as it knows nothing of the table's contents, and read all links of the project.
 */
const hashOf = (...texts: readonly string[]): string =>
  `hashtextextended((${texts.join(` || '/' || `)}) COLLATE "C", 0)`;

/** The links whose reference of this side is that one, as a table. `and`: what else an index knows. */
function linksOf(side: 'a' | 'b', { project, relation, system, ref }: RefTexts, and = ''): string {
  const columns = ['project_id', 'relation', `system_${side}`, `ref_${side}`];
  const sought = [project, relation, system, ref];
  return `(
    WITH near AS MATERIALIZED (SELECT * FROM links WHERE ${hashOf(...columns)} = ${hashOf(...sought)}${and})
    SELECT * FROM near WHERE ${columns.map((column, index) => `${column} = ${sought[index]}`).join(' AND ')}
  )`;
}

export const linksOfA = (sought: RefTexts, systemB?: string): string =>
  linksOf('a', sought, systemB && ` AND system_b = ${systemB}`);
export const linksOfB = (sought: RefTexts, systemA?: string): string =>
  linksOf('b', sought, systemA && ` AND system_a = ${systemA}`);

/** The link that ties both references, if there is one, as a table. */
export function linkOfBoth(a: RefTexts, b: Pick<RefTexts, 'system' | 'ref'>): string {
  const columns = ['project_id', 'relation', 'system_a', 'ref_a', 'system_b', 'ref_b'];
  const sought = [a.project, a.relation, a.system, a.ref, b.system, b.ref];
  return `(
    WITH near AS MATERIALIZED (SELECT * FROM links WHERE ${hashOf(...columns)} = ${hashOf(...sought)})
    SELECT * FROM near WHERE ${columns.map((column, index) => `${column} = ${sought[index]}`).join(' AND ')}
  )`;
}

/** Columns as they are read from a table that has this name in the statement. */
export const linkColumnsOf = (table: string): string =>
  LINK_COLUMNS.split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ');
