import type { Session } from '../database/session.ts';
import { isDuplicate } from '../database/store-errors.ts';
import { loadModel } from './models.ts';
import { indexName } from './tables.ts';

/** The field whose uniqueness an error of PostgreSQL is about; undefined when it is about something else. */
export async function duplicatedField(
  database: Session,
  error: unknown,
): Promise<{ readonly model: string; readonly field: string } | undefined> {
  const index = indexOf(error);
  const number = Number(/^records_(\d+)_unique_/.exec(index)?.[1]);
  if (!Number.isSafeInteger(number)) return undefined;
  const row = await database.row<{ name: string }>(NAME, [number]);
  const model = row === undefined ? undefined : await loadModel(database, row.name);
  const field = [...(model?.fields.values() ?? [])].find((each) => indexName(number, each) === index);
  return model === undefined || field === undefined ? undefined : { model: model.name, field: field.name };
}

function indexOf(error: unknown): string {
  if (!isDuplicate(error) || !(error instanceof Error) || !('constraint' in error)) return '';
  return String(error.constraint);
}

const NAME = { name: 'name of model', text: 'SELECT name FROM models WHERE number = $1' };
