import { notFound } from '../../../app-error.ts';
import type { LinkSet, LinkStore, LinkWritten } from '../../link-store.ts';
import { keptColumns, LINK_COLUMNS, type LinkColumns, linkOf, recordRange } from '../../rules/link-rows.ts';
import { batches } from '../database/batches.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import { postgresLinkList } from './link-list.ts';
import { postgresLinkSearch } from './link-search.ts';
import { linkOfBoth, linksOfA, linksOfB } from './link-sql.ts';

const MOST_AT_ONCE = 100;
/** More would only wait for each other, each on a connection that others need. */
const PARALLEL = 2;

/**
 * Links by their references. Whoever writes links of a project locks its row of totals first: this makes the totals exact, and of two who
 * want the same reference the second sees what the first wrote.
 */
export function postgresLinks(database: Database): LinkStore {
  const setting = batches<LinkSet, LinkWritten>({
    write: (writes) => database.transact((session) => setAll(session, writes)),
    most: MOST_AT_ONCE,
    parallel: PARALLEL,
  });

  return {
    ...postgresLinkSearch(database),
    ...postgresLinkList(database),

    setLink: (write) => setting.add(write),

    updateLinks: (projectId, ids, syncDate) =>
      database.transact(async (session) => {
        const [, updated] = await Promise.all([
          lockLinks(session, [projectId]),
          session.rows<{ id: number }>(UPDATE, [projectId, ids, syncDate]),
        ]);
        const there = new Set(updated.map(({ id }) => id));
        return ids.filter((id) => there.has(id));
      }),

    deleteLinks: (projectId, ids) =>
      database.transact(async (session) => {
        const [, deleted] = await Promise.all([
          lockLinks(session, [projectId]),
          session.rows<{ id: number }>(DELETE, [projectId, ids]),
        ]);
        const gone = new Set(deleted.map(({ id }) => id));
        return ids.filter((id) => gone.delete(id));
      }),
  };
}

/** Sets links one after the other; what one wrote is there for the next. */
async function setAll(session: Session, writes: readonly LinkSet[]): Promise<readonly LinkWritten[]> {
  const [there, ...found] = await Promise.all([
    lockLinks(
      session,
      writes.map(({ project_id }) => project_id),
    ),
    ...writes.map((write) => session.row<Found>(SET, valuesOf(write))),
  ]);
  return writes.map(({ project_id }, index) => {
    if (!there.has(project_id)) throw notFound('The project', 'It was deleted meanwhile.');
    const link = found[index];
    return link === undefined ? { kind: 'full' } : { kind: link.kind, link: linkOf(link) };
  });
}

/** Locks the links of projects; resolves with those projects that there are. */
async function lockLinks(session: Session, projectIds: readonly string[]): Promise<ReadonlySet<string>> {
  const [, locked] = await Promise.all([
    session.rows(ADD_TOTALS, [projectIds]),
    session.rows<{ project_id: string }>(LOCK, [projectIds]),
  ]);
  return new Set(locked.map(({ project_id }) => project_id));
}

type Found = LinkColumns & { readonly kind: 'linked' | 'taken' };

function valuesOf(write: LinkSet): readonly unknown[] {
  const { relation, model, system_a, ref_a, system_b, ref_b, bytes } = keptColumns(write);
  const isRecord = system_b === 'odoo' && model !== null;
  return [
    ...[write.project_id, relation, model, system_a, ref_a, system_b, ref_b, write.sync_date, bytes],
    ...[write.allow_many2many, write.most_links, write.most_bytes],
    ...(isRecord ? recordRange(model) : [null, null]),
  ];
}

// Both in one order, so that two who lock several do not wait for each other.
const ADD_TOTALS = {
  name: 'add link totals',
  text: `INSERT INTO link_totals (project_id, links, bytes)
    SELECT id, 0, 0 FROM projects WHERE id = ANY ($1::text[]) ORDER BY id ON CONFLICT (project_id) DO NOTHING`,
};
const LOCK = {
  name: 'lock links',
  text: 'SELECT project_id FROM link_totals WHERE project_id = ANY ($1::text[]) ORDER BY project_id FOR UPDATE',
};

const REF_A = { project: '$1::text', relation: '$2::text', system: '$4::text', ref: '$5::text' };
const REF_B = { ...REF_A, system: '$6::text', ref: '$7::text' };

/**
 * One link: `same` is the one that ties both references, `other_of_a` and `other_of_b` one that ties one of them to another; `added` is
 * new unless there is one of these or no room. No row: there is no room.
 */
const SET = {
  name: 'set link',
  text: `
WITH same AS (
  UPDATE links SET sync_date = $8::bigint WHERE id = (SELECT id FROM ${linkOfBoth(REF_A, REF_B)} AS links)
  RETURNING ${LINK_COLUMNS}
), other_of_a AS (
  SELECT ${LINK_COLUMNS} FROM ${linksOfA(REF_A, REF_B.system)} AS links
  WHERE NOT $10::boolean AND NOT EXISTS (SELECT FROM same)
    AND ($13::text IS NULL OR (ref_b >= $13::text AND ref_b < $14::text))
  LIMIT 1
), other_of_b AS (
  SELECT ${LINK_COLUMNS} FROM ${linksOfB(REF_B, REF_A.system)} AS links
  WHERE NOT $10::boolean AND NOT EXISTS (SELECT FROM same) AND NOT EXISTS (SELECT FROM other_of_a)
  LIMIT 1
), counted AS (
  UPDATE link_totals SET links = links + 1, bytes = bytes + $9::bigint
  WHERE project_id = $1 AND links < $11::bigint AND bytes + $9::bigint <= $12::bigint
    AND NOT EXISTS (SELECT FROM same) AND NOT EXISTS (SELECT FROM other_of_a) AND NOT EXISTS (SELECT FROM other_of_b)
  RETURNING project_id
), added AS (
  INSERT INTO links (project_id, relation, model, system_a, ref_a, system_b, ref_b, sync_date, bytes)
  SELECT project_id, $2, $3::text, $4, $5, $6, $7, $8::bigint, $9::bigint FROM counted
  RETURNING ${LINK_COLUMNS}
)
SELECT 'linked' AS kind, ${LINK_COLUMNS} FROM same
UNION ALL SELECT 'linked', ${LINK_COLUMNS} FROM added
UNION ALL SELECT 'taken', ${LINK_COLUMNS} FROM other_of_a
UNION ALL SELECT 'taken', ${LINK_COLUMNS} FROM other_of_b`,
};

const UPDATE = {
  name: 'update links',
  text: 'UPDATE links SET sync_date = $3 WHERE project_id = $1 AND id = ANY ($2::bigint[]) RETURNING id',
};
const DELETE = {
  name: 'delete links',
  text: `
WITH gone AS (
  DELETE FROM links WHERE project_id = $1 AND id = ANY ($2::bigint[]) RETURNING id, bytes
), counted AS (
  UPDATE link_totals SET links = links - (SELECT count(*) FROM gone), bytes = bytes - (SELECT sum(bytes) FROM gone)
  WHERE project_id = $1 AND EXISTS (SELECT FROM gone)
)
SELECT id FROM gone`,
};
