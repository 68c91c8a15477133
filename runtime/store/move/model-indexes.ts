import type Database from 'better-sqlite3';
import type { Session } from '../postgres/database/session.ts';
import { loadModel } from '../postgres/records/models.ts';
import { indexTable } from '../postgres/records/tables.ts';
import { groupCommit } from '../sqlite/database/group-commit.ts';
import { sqliteModels } from '../sqlite/records/models.ts';
import { recordTables } from '../sqlite/records/tables.ts';

/*
 * Indexes that the fields of models ask for. Each database has its own for them, so they are made as a deploy makes them.
 */

export async function indexModelsOfPostgres(session: Session): Promise<void> {
  const models = await session.rows<{ name: string }>('SELECT name FROM models ORDER BY name');
  for (const { name } of models) {
    const model = await loadModel(session, name);
    if (model !== undefined) await indexTable(session, model.number, model.fields.values());
  }
}

export async function indexModelsOfSqlite(db: Database.Database): Promise<void> {
  const names = db.prepare<[], string>('SELECT name FROM models ORDER BY name').pluck().all();
  const commits = groupCommit(db);
  const models = sqliteModels(db, commits, recordTables(db, commits));
  await commits.write(() => models.reindex(names));
  commits.close();
}
