import type { ResolvedDomain, ResolvedTerm } from '../../../env/domain/condition.ts';
import { numberSql, presentSql, recordsTable } from './field-sql.ts';
import { type RecordCondition, testSql } from './test-sql.ts';

/**
 * A domain as a condition on a row of the table named `alias`, all values bound. Where it is null it is false: comparisons are left as
 * they are, so that indexes are used, and only what stands under a `not` is made true or false first.
 */
export function domainSql(domain: ResolvedDomain, alias: string): RecordCondition {
  if (!/^[a-z][a-z0-9_]*$/.test(alias)) throw new Error(`${alias} is no name for a table.`);
  return treeSql(domain, alias, stepsIn(domain) <= MOST_JOINED);
}

/** Tables of paths that PostgreSQL joins by any of them first. It takes seconds to think that through for many. */
const MOST_JOINED = 6;

function stepsIn(tree: ResolvedDomain): number {
  if (tree.kind === 'leaf') return tree.leaf.steps.length;
  return tree.kind === 'not' ? stepsIn(tree.of) : tree.of.reduce((sum, part) => sum + stepsIn(part), 0);
}

function treeSql(tree: ResolvedDomain, alias: string, joins: boolean): RecordCondition {
  switch (tree.kind) {
    case 'leaf': {
      const { sql, values } = leafSql(tree.leaf, alias);
      return joins ? { sql, values } : { sql: `(${sql}) IS TRUE`, values };
    }
    case 'not':
      return notTrue(treeSql(tree.of, alias, joins));
    default: {
      const parts = tree.of.map((part) => treeSql(part, alias, joins));
      if (parts.length === 0) return tree.kind === 'and' ? ALL : NONE;
      return {
        sql: `(${parts.map(({ sql }) => sql).join(tree.kind === 'and' ? ' AND ' : ' OR ')})`,
        values: parts.flatMap(({ values }) => values),
      };
    }
  }
}

const ALL: RecordCondition = { sql: 'TRUE', values: [] };
const NONE: RecordCondition = { sql: 'FALSE', values: [] };
const EXISTS = 'EXISTS (';

/** PostgreSQL joins by NOT EXISTS, and by nothing that says the same in other words. */
function notTrue({ sql, values }: RecordCondition): RecordCondition {
  if (sql.startsWith(EXISTS)) return { sql: `NOT ${sql}`, values };
  if (sql.startsWith(`NOT ${EXISTS}`)) return { sql: sql.slice('NOT '.length), values };
  return { sql: `(${sql}) IS NOT TRUE`, values };
}

function leafSql(term: ResolvedTerm, alias: string): RecordCondition {
  const passesMissing = term.orNull || term.test.kind === 'is_null';
  // A path that ends early leads to no row that could pass; so what is looked for is the row that does not.
  if (term.steps.length > 0 && passesMissing) {
    return notTrue(pathSql(term, alias, (last) => notTrue(hereSql(term, last))));
  }
  return pathSql(term, alias, (last) => hereSql(term, last));
}

/** A row that `test` is true of at the end of the path. */
function pathSql(
  { steps }: ResolvedTerm,
  alias: string,
  test: (alias: string) => RecordCondition,
): RecordCondition {
  // Nothing is stored of that model.
  if (steps.some(({ model }) => model === 0)) return NONE;
  const aliases = steps.map((_, index) => `${alias}_${index + 1}`);
  const last = test(aliases.at(-1) ?? alias);
  const opened = steps.map(({ field, model }, index) => {
    const link = numberSql(aliases[index - 1] ?? alias, field);
    return `${EXISTS}SELECT 1 FROM ${recordsTable(model)} ${aliases[index]} WHERE ${aliases[index]}.id = ${link} AND `;
  });
  return { sql: `${opened.join('')}${last.sql}${')'.repeat(steps.length)}`, values: last.values };
}

function hereSql({ test, field, orNull }: ResolvedTerm, alias: string): RecordCondition {
  const { sql, values } = testSql(test, field, alias);
  return orNull ? { sql: `(${presentSql(alias, field)} IS NULL OR ${sql})`, values } : { sql, values };
}
