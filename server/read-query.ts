import type { z } from 'zod';
import { AppError } from '../runtime/app-error.ts';
import { explainIssues } from './explain-issues.ts';

/** The query string by its schema. Unknown names, and names given twice, are refused; without a schema all are unknown. */
export function readQuery<Query>(url: string, schema: z.ZodType<Query> | undefined): Query | undefined {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of new URL(url).searchParams) {
    if (schema === undefined) throw invalid([`"${name}" is not known: this address takes no query.`]);
    if (name in values) throw invalid([`"${name}" is given twice.`]);
    values[name] = value;
  }
  if (schema === undefined) return undefined;
  const result = schema.safeParse(values);
  if (!result.success) throw invalid(explainIssues(result.error, ''));
  return result.data;
}

const invalid = (details: readonly string[]) =>
  new AppError('invalid_query', 400, `The query is not valid. ${details.join(' ')}`, { details });
