import type Database from 'better-sqlite3';
import type { LinkSet, LinkStore } from '../../link-store.ts';
import { keptColumns, LINK_COLUMNS, type LinkColumns, linkOf, recordRange } from '../../rules/link-rows.ts';
import type { Commits } from '../database/group-commit.ts';
import { sqliteLinkList } from './link-list.ts';
import { sqliteLinkSearch } from './link-search.ts';

type Kept = ReturnType<typeof keptColumns>;

/** Links by their references. Each verb reads and writes within one transaction, which is what makes it atomic. */
export function sqliteLinks(db: Database.Database, commits: Commits): LinkStore {
  const from = (condition: string) =>
    `SELECT ${LINK_COLUMNS} FROM links WHERE project_id = ? AND relation = ? AND ${condition} LIMIT 1`;
  const same = db.prepare<string[], LinkColumns>(
    from('system_a = ? AND ref_a = ? AND system_b = ? AND ref_b = ?'),
  );
  const ofA = db.prepare<string[], LinkColumns>(from('system_a = ? AND ref_a = ? AND system_b = ?'));
  const ofAInRange = db.prepare<string[], LinkColumns>(
    from('system_a = ? AND ref_a = ? AND system_b = ? AND ref_b >= ? AND ref_b < ?'),
  );
  const ofB = db.prepare<string[], LinkColumns>(from('system_b = ? AND ref_b = ? AND system_a = ?'));
  const insert = db.prepare(
    `INSERT INTO links (project_id, relation, model, system_a, ref_a, system_b, ref_b, sync_date, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setDate = db.prepare('UPDATE links SET sync_date = ? WHERE id = ? AND project_id = ?');
  const remove = db
    .prepare<[number, string], number>('DELETE FROM links WHERE id = ? AND project_id = ? RETURNING bytes')
    .pluck();
  const totals = db.prepare<[string], { readonly links: number; readonly bytes: number }>(
    'SELECT links, bytes FROM link_totals WHERE project_id = ?',
  );
  const putTotals = db.prepare(
    `INSERT INTO link_totals (project_id, links, bytes) VALUES (?, ?, ?)
     ON CONFLICT (project_id) DO UPDATE SET links = excluded.links, bytes = excluded.bytes`,
  );
  const totalsOf = (projectId: string) => totals.get(projectId) ?? { links: 0, bytes: 0 };

  /** A link of one of the two references to another one; there is none of both. */
  function otherOf(projectId: string, kept: Kept): LinkColumns | undefined {
    const { relation, model, system_a, ref_a, system_b, ref_b } = kept;
    const a = [projectId, relation, system_a, ref_a, system_b];
    const isRecord = system_b === 'odoo' && model !== null;
    return (
      (isRecord ? ofAInRange.get(...a, ...recordRange(model)) : ofA.get(...a)) ??
      ofB.get(projectId, relation, system_b, ref_b, system_a)
    );
  }

  function add({ project_id, sync_date, most_links, most_bytes }: LinkSet, kept: Kept): number | undefined {
    const { relation, model, system_a, ref_a, system_b, ref_b, bytes } = kept;
    const before = totalsOf(project_id);
    if (before.links >= most_links || before.bytes + bytes > most_bytes) return undefined;
    putTotals.run(project_id, before.links + 1, before.bytes + bytes);
    const columns = [relation, model, system_a, ref_a, system_b, ref_b, sync_date, bytes];
    return Number(insert.run(project_id, ...columns).lastInsertRowid);
  }

  return {
    ...sqliteLinkSearch(db),
    ...sqliteLinkList(db),

    setLink: (given) =>
      commits.write(() => {
        const { project_id, sync_date } = given;
        const kept = keptColumns(given);
        const { relation, system_a, ref_a, system_b, ref_b } = kept;
        const before = same.get(project_id, relation, system_a, ref_a, system_b, ref_b);
        if (before !== undefined) {
          setDate.run(sync_date, before.id, project_id);
          return { kind: 'linked', link: linkOf({ ...before, sync_date }) };
        }
        const other = given.allow_many2many ? undefined : otherOf(project_id, kept);
        if (other !== undefined) return { kind: 'taken', link: linkOf(other) };
        const id = add(given, kept);
        if (id === undefined) return { kind: 'full' };
        return { kind: 'linked', link: linkOf({ ...kept, id, project_id, sync_date }) };
      }),

    updateLinks: (projectId, ids, syncDate) =>
      commits.write(() => ids.filter((id) => setDate.run(syncDate, id, projectId).changes > 0)),

    deleteLinks: (projectId, ids) =>
      commits.write(() => {
        const before = totalsOf(projectId);
        let bytes = 0;
        const deleted = ids.filter((id) => {
          const freed = remove.get(id, projectId);
          bytes += freed ?? 0;
          return freed !== undefined;
        });
        if (deleted.length > 0) {
          putTotals.run(projectId, before.links - deleted.length, before.bytes - bytes);
        }
        return deleted;
      }),
  };
}
