import pg from 'pg';
import { AppError } from '../../app-error.ts';
import { cannotOpen } from '../postgres/database/cannot-open.ts';
import { connectionOf } from '../postgres/database/connection-of.ts';
import { databaseName } from '../postgres/database/server-name.ts';
import { type Session, sessionOf } from '../postgres/database/session.ts';
import { refusal } from './refusal.ts';

/** One connection on which statements may take as long as they need. */
export interface MoveConnection {
  readonly client: pg.Client;
  readonly session: Session;
  /** How messages name the database: never with a user or password. */
  readonly where: string;
  /** What an error before anything was changed is thrown as: a refusal that says what to do. */
  refused(error: unknown): AppError;
  close(): Promise<void>;
}

const SETTINGS = `
  SET application_name = 'sluice move';
  SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = 0;
  SET maintenance_work_mem = '256MB';
  SET work_mem = '64MB';
  SET jit = off;
  SET enable_sort = off`;

/** Rows are read through primary keys, which are in order already (`enable_sort`). Throws a refusal when the database cannot be reached. */
export async function connectForMove(url: string): Promise<MoveConnection> {
  const where = databaseName(url);
  let client: pg.Client | undefined;
  try {
    client = new pg.Client(connectionOf(url));
    // A connection that breaks ends what is under way with an error of its own.
    client.on('error', () => {});
    await client.connect();
    await client.query(SETTINGS);
  } catch (error) {
    await client?.end().catch(() => {});
    throw refusedBy(url, error);
  }
  const open = client;
  return {
    client: open,
    session: sessionOf(open),
    where,
    refused: (error) => refusedBy(url, error),
    close: () => open.end().catch(() => {}),
  };
}

/** The URL is an argument here as often as a variable. What is a refusal already stays the one that it is. */
function refusedBy(url: string, error: unknown): AppError {
  const { code, status, message, cause } = cannotOpen(error, url);
  const said = message.replaceAll('SLUICE_DATABASE_URL', 'its URL');
  return cause === undefined ? new AppError(code, status, said) : refusal('store_unavailable', said, error);
}
