import pg from 'pg';

const CONNECT_MS = 5_000;
const INT8 = 20;
const NUMERIC = 1700;

/** Whole numbers of 64 bits and sums of them come as numbers: nothing here counts beyond 2^53. */
const types = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as never,
};

/**
 * What a URL may say and Sluice sets itself, where the URL would win: a move knows nodes by their name, reads cannot write, and a write
 * is on disk and ends in its time.
 */
const OWN = [
  'application_name',
  'fallback_application_name',
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
];

/** What every connection to the database of a URL has in common. `options`: settings of the session, after those of the URL. */
export function connectionOf(url: string, options = ''): pg.ClientConfig {
  const place = new URL(url);
  const given = place.searchParams.get('options') ?? '';
  const isPlain = OWN.every((name) => !place.searchParams.has(name));
  for (const name of OWN) place.searchParams.delete(name);
  return {
    connectionString: isPlain ? url : place.href,
    options: `${given} ${options}`.trim(),
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'sluice',
    types,
  };
}
