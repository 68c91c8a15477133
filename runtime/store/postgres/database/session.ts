import type { QueryResult, QueryResultRow } from 'pg';
import { validText } from '../../text.ts';
import { storeError } from './store-errors.ts';

/** A statement that is planned once for each connection; `name` is its own. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}
/** A statement that may take longer than others, on this side: `mostMs` milliseconds. */
export interface Slow {
  readonly text: string;
  readonly mostMs: number;
}
export type SqlText = string | Prepared | Slow;

/** Where statements run: each by itself, or one after the other in a transaction. */
export interface Session {
  rows<Row>(sql: SqlText, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The first row; undefined when there is none. */
  row<Row>(sql: SqlText, values?: readonly unknown[]): Promise<Row | undefined>;
  /** How many rows it changed. */
  changes(sql: SqlText, values?: readonly unknown[]): Promise<number>;
  /** Calls back once what was written is committed; never when it is undone. It must not throw. */
  committed(tell: () => void): void;
}

/** What takes statements: a connection, or a pool of them. */
export interface Runs {
  query(config: {
    text: string;
    name?: string;
    query_timeout?: number;
    values: unknown[];
  }): Promise<QueryResult<QueryResultRow>>;
}

/** Statements of one connection, or of any of a pool. Errors that are the database's own state become `AppError`s. */
export function sessionOf(runs: Runs, committed: Session['committed'] = (tell) => tell()): Session {
  const run = async (sql: SqlText, values: readonly unknown[] = []): Promise<QueryResult<QueryResultRow>> => {
    try {
      return await runs.query({ ...statementOf(sql), values: values.map(sendable) });
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    rows: async <Row>(sql: SqlText, values?: readonly unknown[]) => (await run(sql, values)).rows as Row[],
    row: async <Row>(sql: SqlText, values?: readonly unknown[]) =>
      (await run(sql, values)).rows[0] as Row | undefined,
    changes: async (sql, values) => (await run(sql, values)).rowCount ?? 0,
    committed,
  };
}

function statementOf(sql: SqlText): { text: string; name?: string; query_timeout?: number } {
  if (typeof sql === 'string') return { text: sql };
  return 'name' in sql ? { text: sql.text, name: sql.name } : { text: sql.text, query_timeout: sql.mostMs };
}

/**
 * PostgreSQL refuses U+0000 wherever it takes text. Callers ask for ids, names and filters as they please, and no row has what none can
 * hold: so it is asked for in the form in which it would have been stored.
 */
function sendable(value: unknown): unknown {
  if (typeof value === 'string') return validText(value);
  return Array.isArray(value) ? value.map(sendable) : value;
}
