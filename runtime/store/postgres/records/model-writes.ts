import type { FieldSpec, ModelDeclaration } from '../../record-store.ts';
import type { Session } from '../database/session.ts';
import { declaredBy, loadModel } from './models.ts';
import { indexTable, makeTable } from './tables.ts';

/*
 * Models as they change, within a transaction. Who declares fields has the rows of their models for itself; who learns fields shares
 * them with others who do. Both take all rows, in order of name, before they wait for anything else, and tables after that in the same
 * order.
 */

/**
 * Puts a project's declarations in the place of those it had, before the project goes too: an index is there as long as somebody declares
 * it. Throws `duplicate_values` (422).
 */
export async function declareModels(
  session: Session,
  projectId: string,
  models: readonly ModelDeclaration[],
): Promise<void> {
  const names = models.map(({ name }) => name);
  const before = await declaredBy(session, projectId);
  for (const name of inOrder(names)) await numberOf(session, name);
  const all = inOrder([...before, ...names]);
  await session.rows(LOCK, [all]);
  await session.rows(UNDECLARE, [projectId]);
  for (const { name, strict, fields } of models)
    await session.rows(DECLARE, [projectId, name, strict ? 1 : 0, JSON.stringify(fields)]);
  await reindex(session, all);
}

async function reindex(session: Session, models: readonly string[]): Promise<void> {
  for (const name of inOrder(models)) {
    const model = await loadModel(session, name);
    if (model !== undefined && model.number !== 0)
      await indexTable(session, model.number, model.fields.values());
  }
}

/** The number of a model, which it gets with its table when it has none. */
export async function numberOf(session: Session, name: string): Promise<number> {
  const there = await session.row<{ number: number }>(NUMBER, [name]);
  if (there !== undefined) return there.number;
  // Waits for another process that makes the same one.
  const made = await session.row<{ number: number }>(MAKE, [name]);
  if (made === undefined) return numberOf(session, name);
  await makeTable(session, made.number);
  await reindex(session, [name]);
  return made.number;
}

/** False when one of the fields is there already and says something else. */
export async function learn(session: Session, name: string, fields: readonly FieldSpec[]): Promise<boolean> {
  await session.rows(SHARE, [name]);
  const sorted = fields.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const rows = sorted.map(({ name: field, type, relation }) => ({ name: field, type, relation }));
  const before = await loadModel(session, name);
  const unknown = rows.filter((row) => before?.fields.has(row.name) !== true);
  if (unknown.length > 0) await session.rows(LEARN, [name, JSON.stringify(unknown)]);
  // Another process may have learned the same field meanwhile.
  const after = unknown.length > 0 ? await loadModel(session, name) : before;
  return fields.every((field) => {
    const known = after?.fields.get(field.name);
    return known?.type === field.type && known.relation === field.relation;
  });
}

/** Each once. */
const inOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const NUMBER = { name: 'number of model', text: 'SELECT number FROM models WHERE name = $1' };
const MAKE = {
  name: 'make model',
  text: 'INSERT INTO models (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING number',
};
const LOCK = {
  name: 'lock models',
  text: 'SELECT number FROM models WHERE name = ANY ($1::text[]) ORDER BY name FOR UPDATE',
};
const SHARE = { name: 'share model', text: 'SELECT number FROM models WHERE name = $1 FOR SHARE' };
const LEARN = {
  name: 'learn fields',
  text: `INSERT INTO model_fields (model, name, type, relation)
    SELECT $1, name, type, relation FROM json_to_recordset($2::json) AS field(name text, type text, relation text)
    ON CONFLICT (model, name) DO NOTHING`,
};
const UNDECLARE = { name: 'undeclare models', text: 'DELETE FROM model_declarations WHERE project_id = $1' };
const DECLARE = {
  name: 'declare model',
  text: 'INSERT INTO model_declarations (project_id, model, strict, fields) VALUES ($1, $2, $3, $4)',
};
