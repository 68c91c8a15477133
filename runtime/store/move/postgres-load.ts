import { once } from 'node:events';
import pg from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../../app-error.ts';
import { rowEncoder } from './encode-rows.ts';
import { columnsSql, type MovedTable, quoted, type Row } from './moved-table.ts';

/** Bytes that are sent at once. */
const PIECE = 192 * 1024;

/** Puts rows into a table, all of them or none; resolves to the bytes that were sent. `told` hears how many rows were read so far. */
export async function loadPostgres(
  client: pg.Client,
  { name, postgres }: MovedTable,
  rows: Iterable<Row>,
  told: (rows: number) => void,
): Promise<number> {
  const encoder = rowEncoder(name, postgres.columns);
  const copy = sending(
    client.query(
      copyFrom(`COPY ${quoted(name)} (${columnsSql(postgres.columns)}) FROM STDIN (FORMAT binary)`),
    ),
  );
  let bytes = 0;
  let count = 0;
  try {
    for (const row of rows) {
      encoder.add(postgres.keep(row));
      count += 1;
      if (encoder.size() < PIECE) continue;
      told(count);
      bytes += encoder.size();
      await copy.send(encoder.take());
    }
    told(count);
    const last = Buffer.concat([encoder.take(), encoder.end()]);
    await copy.send(last);
    await copy.end();
    return bytes + last.length;
  } catch (error) {
    await copy.fail(error);
    throw refused(name, error);
  }
}

/** With the place that the database names, and without what is there. */
function refused(table: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const [place] = error.where?.split(/:|\n/) ?? [];
  return new AppError(
    'move_refused',
    500,
    `PostgreSQL does not take the rows of ${table}: ${error.message}${place === undefined ? '' : ` (${place})`}.`,
    { cause: error },
  );
}

interface Sending {
  /** Resolves when more may be sent. Rejects with what the database said against what was sent so far. */
  send(piece: Buffer): Promise<void>;
  end(): Promise<void>;
  /** Undoes all of it. */
  fail(error: unknown): Promise<void>;
}

/**
 * A COPY under way. Not `pipeline`: once the database has refused a row, the stream's `destroy` waits for an answer that does not come.
 */
function sending(stream: CopyStreamQuery): Sending {
  let failed = false;
  const ended = once(stream, 'finish');
  ended.catch(() => {
    failed = true;
  });
  return {
    async send(piece) {
      if (failed) await ended;
      if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), ended]);
    },
    async end() {
      if (!failed) stream.end();
      await ended;
    },
    async fail(error) {
      if (!failed) stream.destroy(error instanceof Error ? error : new Error(String(error)));
      await ended.catch(() => {});
    },
  };
}
