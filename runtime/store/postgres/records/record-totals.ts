import { MOST_KEPT_BYTES } from '../../../env/bounds.ts';
import { allEnded } from '../database/all-ended.ts';
import type { Session } from '../database/session.ts';

/*
 * What all records take together, in bytes. Each commit adds to one of several rows, so that commits do not wait for each other; the
 * total is the sum of all rows. Commits that are under way do not see each other: near the limit they come one after the other.
 *
 *     far from the limit    added
 *     near it               alone -> too much: refused
 *                                 -> added
 */

const ROWS = 64;
/** From the limit, in bytes: as much as 64 commits can bring that are under way at once. */
const NEAR = 64 * MOST_KEPT_BYTES;

/** What all records take as far as it is committed. */
export async function totalBytes(session: Session): Promise<number> {
  return (await session.row<{ bytes: number }>(TOTAL))?.bytes ?? 0;
}

/** Whether a commit that brings so many bytes has to be alone; what only shrinks is never too much. `seen` is what `totalBytes` gave. */
export const isNearLimit = (growth: number, seen: number, most: number): boolean =>
  growth > 0 && seen + growth > most - NEAR;

/** The last part of a transaction near the limit: others there wait until it ends. False when all records would take more than `most`. */
export async function fitsAlone(session: Session, growth: number, most: number): Promise<boolean> {
  const [, now] = await allEnded([session.rows(ALONE), totalBytes(session)]);
  return now + growth <= most;
}

export async function addBytes(session: Session, growth: number): Promise<void> {
  if (growth !== 0) await session.rows(ADD, [growth]);
}

const TOTAL = {
  name: 'bytes of records',
  text: 'SELECT coalesce(sum(bytes), 0) AS bytes FROM record_totals',
};
const ALONE = {
  name: 'bytes of records alone',
  text: `SELECT pg_advisory_xact_lock(hashtext('bytes of records'))`,
};
const ADD = {
  name: 'add bytes of records',
  text: `INSERT INTO record_totals (part, bytes) VALUES (pg_backend_pid() % ${ROWS} + 1, $1)
    ON CONFLICT (part) DO UPDATE SET bytes = record_totals.bytes + excluded.bytes`,
};
