import { columnsSql, type MovedColumn, type PostgresForm, quoted } from './moved-table.ts';

/** A table that both databases have alike. */
export const sameForm = (name: string, columns: readonly MovedColumn[]): PostgresForm => ({
  select: (key) => `SELECT ${columnsSql(columns)} FROM ${quoted(name)} ORDER BY ${key}`,
  columns,
  keep: (row) => row,
});

/** Whose the roll-ups are that come from SQLite. */
const MOVED_WRITER = 'moved';

const WRITER = { name: 'writer', kind: 'text' } as const;

type FormOf = (columns: readonly MovedColumn[]) => PostgresForm;

/**
 * Tables that PostgreSQL keeps in another form.
 *
 * Roll-ups of log lines: in PostgreSQL each process (`writer`) has rows of its own, and what there is is their sum. "No task" and "no
 * trigger" stand in a key, where null cannot: SQLite has the number 0 there, PostgreSQL empty text. While they are moved it is null.
 *
 * What records take together is the sum of several rows there; the last ids of models are in a table of their own (`given-numbers.ts`).
 */
export const OTHER_FORMS: ReadonlyMap<string, FormOf> = new Map<string, FormOf>([
  [
    'log_hours',
    (columns) => ({
      select: (key) => `
        SELECT hour, project, level, nullif(task, ''), nullif("trigger", ''),
               sum(count)::bigint, sum(bytes)::bigint, min(first_at), max(last_at)
        FROM log_hours GROUP BY ${key} HAVING sum(count) > 0 ORDER BY ${key}`,
      columns: [WRITER, ...columns],
      keep: ([hour = null, project = null, level = null, task, trigger, ...counts]) => [
        MOVED_WRITER,
        hour,
        project,
        level,
        task ?? '',
        trigger ?? '',
        ...counts,
      ],
    }),
  ],
  [
    'log_totals',
    (columns) => ({
      select: (key) => `SELECT month, sum(bytes)::bigint FROM log_totals GROUP BY ${key} ORDER BY ${key}`,
      columns: [WRITER, ...columns],
      keep: (row) => [MOVED_WRITER, ...row],
    }),
  ],
  [
    'models',
    (columns) => ({
      select: (key) =>
        `SELECT number, name, coalesce(last_id, 0) FROM models LEFT JOIN record_ids ON model = name ORDER BY ${key}`,
      columns: columns.filter(({ name }) => name !== 'last_id'),
      keep: ([number = null, name = null]) => [number, name],
    }),
  ],
  [
    'record_totals',
    () => ({
      select: () => 'SELECT 1::bigint, coalesce(sum(bytes), 0)::bigint FROM record_totals',
      columns: [
        { name: 'part', kind: 'integer' },
        { name: 'bytes', kind: 'integer' },
      ],
      keep: (row) => row,
    }),
  ],
]);

/** The roll-ups of log lines say "none" in the key of a row. */
export const mayHaveNoName = (table: string, column: string): boolean =>
  table === 'log_hours' && (column === 'task' || column === 'trigger');
