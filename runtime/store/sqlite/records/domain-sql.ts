import type { ResolvedDomain, ResolvedTerm } from '../../../env/domain/condition.ts';
import type { Condition } from '../../rules/where.ts';
import { fieldSql, recordsTable } from './field-sql.ts';
import { testSql } from './test-sql.ts';

/**
 * A domain as a condition on a row of the table named `alias`, all values bound. Where it is null it is false: comparisons are left as
 * they are, so that indexes are used, and only what stands under a `not` is made true or false first. Needs the SQL function `folded`.
 */
export function domainSql(domain: ResolvedDomain, alias: string): Condition {
  if (!/^[a-z][a-z0-9_]*$/.test(alias)) throw new Error(`${alias} is no name for a table.`);
  return treeSql(domain, alias);
}

function treeSql(tree: ResolvedDomain, alias: string): Condition {
  switch (tree.kind) {
    case 'leaf':
      return leafSql(tree.leaf, alias);
    case 'not':
      return notTrue(treeSql(tree.of, alias));
    default: {
      const parts = tree.of.map((part) => treeSql(part, alias));
      if (parts.length === 0) return { sql: tree.kind === 'and' ? '1' : '0', values: [] };
      return {
        sql: `(${parts.map(({ sql }) => sql).join(tree.kind === 'and' ? ' AND ' : ' OR ')})`,
        values: parts.flatMap(({ values }) => values),
      };
    }
  }
}

const notTrue = ({ sql, values }: Condition): Condition => ({ sql: `(${sql}) IS NOT TRUE`, values });

function leafSql(term: ResolvedTerm, alias: string): Condition {
  const passesMissing = term.orNull || term.test.kind === 'is_null';
  // A path that ends early leads to no row that could pass; so what is looked for is the row that does not.
  if (term.steps.length > 0 && passesMissing) {
    return notTrue(pathSql(term, alias, (last) => notTrue(hereSql(term, last))));
  }
  return pathSql(term, alias, (last) => hereSql(term, last));
}

/** A row that `test` is true of at the end of the path. */
function pathSql({ steps }: ResolvedTerm, alias: string, test: (alias: string) => Condition): Condition {
  // Nothing is stored of that model.
  if (steps.some(({ model }) => model === 0)) return { sql: '0', values: [] };
  const aliases = steps.map((_, index) => `${alias}_${index + 1}`);
  const last = test(aliases.at(-1) ?? alias);
  const opened = steps.map(({ field, model }, index) => {
    const table = `${recordsTable(model)} ${aliases[index]}`;
    // With "+" the id has no affinity of its own, which would keep SQLite from the index on the field.
    return `${fieldSql(aliases[index - 1] ?? alias, field)} IN (SELECT +${aliases[index]}.id FROM ${table} WHERE `;
  });
  return { sql: `${opened.join('')}${last.sql}${')'.repeat(steps.length)}`, values: last.values };
}

function hereSql({ test, field, orNull }: ResolvedTerm, alias: string): Condition {
  const { sql, values } = testSql(test, field, alias);
  return orNull ? { sql: `(${fieldSql(alias, field)} IS NULL OR ${sql})`, values } : { sql, values };
}
