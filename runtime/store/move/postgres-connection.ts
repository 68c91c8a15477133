import pg from 'pg';
import { messageOf } from '../../../sandbox/message-of.ts';
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
    throw refusal(
      'store_unavailable',
      `${where} cannot be used: ${messageOf(error)}. Check the URL, and whether that PostgreSQL runs and lets you in.`,
      error,
    );
  }
  const open = client;
  return {
    client: open,
    session: sessionOf(open),
    where,
    close: () => open.end().catch(() => {}),
  };
}
