import { timeOfUuid } from '../../../ids.ts';
import type { JobRow, JobStore } from '../../job-store.ts';
import { crashed, hasCaller } from '../../rules/taken-back.ts';
import type { Database } from '../database/database.ts';
import type { Session, SqlText } from '../database/session.ts';
import type { KnownMonths } from '../schema/known-months.ts';
import { JOB_COLUMNS, JOB_FIELDS, jobValues } from './job-columns.ts';

export interface LeasesOptions {
  readonly database: Database;
  readonly months: KnownMonths;
  /** Names this start of the process. */
  readonly process: string;
  /** Renews the hold of this process on the ledger's chain. */
  renewChain(until: number): Promise<void>;
  /** Closes the ledger's chains of processes that are gone. Never rejects. */
  closeChains(now: number): Promise<void>;
}

/** Jobs that run, and what becomes of those whose process is gone. Only a lease says that: other processes may be alive. */
export function postgresLeases({
  database,
  months,
  process,
  renewChain,
  closeChains,
}: LeasesOptions): Pick<
  JobStore,
  'renewLeases' | 'takeBackJobs' | 'takeBackExpired' | 'takeBackStrays' | 'lostClaims'
> {
  async function end(session: Session, jobs: readonly JobRow[]): Promise<void> {
    if (jobs.length === 0) return;
    const times = jobs.map(({ id }) => timeOfUuid(id) ?? 0);
    await months.within(session, 'finished_jobs', times);
    await Promise.all([
      session.changes(LEAVE, [jobs.map(({ id }) => id)]),
      session.changes(CRASH, [JSON.stringify(jobs.map(jobValues))]),
    ]);
  }

  /** `sql` finds jobs that nobody runs, and locks them. */
  const takeBack = (sql: SqlText, values: readonly unknown[], now: number): Promise<readonly string[]> =>
    database.transact(async (session) => {
      const lost = await session.rows<JobRow>(sql, values);
      const given = lost.filter((job) => !hasCaller(job)).map(({ id }) => id);
      await Promise.all([
        given.length > 0 ? session.changes(GIVE_BACK, [given]) : 0,
        end(
          session,
          lost.filter(hasCaller).map((job) => crashed(job, now)),
        ),
      ]);
      return given;
    });

  async function takeBackExpired(now: number): Promise<readonly string[]> {
    const [given] = await Promise.all([takeBack(EXPIRED, [process, now], now), closeChains(now)]);
    return given;
  }

  return {
    async renewLeases(until) {
      await Promise.all([database.changes(RENEW, [until, process]), renewChain(until)]);
    },
    takeBackJobs: takeBackExpired,
    takeBackExpired,
    takeBackStrays: ({ held, startedBefore, now }) => takeBack(STRAYS, [process, startedBefore, held], now),
    async lostClaims(claims) {
      const ids = claims.map(({ id }) => id);
      const starts = claims.map(({ started_at }) => started_at);
      return (await database.rows<{ id: string }>(LOST, [ids, starts, process])).map(({ id }) => id);
    },
  };
}

/** Those that somebody changes at the moment are left out: they end, or go back. One that comes late shortens none. */
const RENEW = {
  name: 'renew leases',
  text: `UPDATE jobs SET lease_until = greatest(lease_until, $1) WHERE id IN (
  SELECT id FROM jobs WHERE status = 'running' AND process = $2 FOR UPDATE SKIP LOCKED)`,
};
const EXPIRED = {
  name: 'expired leases',
  text: `SELECT ${JOB_COLUMNS} FROM jobs WHERE status = 'running' AND process <> $1 AND lease_until <= $2
ORDER BY id FOR UPDATE SKIP LOCKED`,
};
const STRAYS = {
  name: 'stray jobs',
  text: `SELECT ${JOB_COLUMNS} FROM jobs WHERE status = 'running' AND process = $1 AND started_at < $2 AND id <> ALL($3::text[])
ORDER BY id FOR UPDATE SKIP LOCKED`,
};
const LOST = {
  name: 'lost claims',
  text: `SELECT id FROM unnest($1::text[], $2::bigint[]) AS claim(id, started_at) WHERE NOT EXISTS (
  SELECT 1 FROM jobs WHERE jobs.id = claim.id AND status = 'running' AND jobs.started_at = claim.started_at AND process = $3)`,
};
const GIVE_BACK = {
  name: 'give back',
  text: `UPDATE jobs SET status = 'queued', overall = 'queued', attempt = greatest(0, attempt - 1), ready = 0, started_at = NULL,
  lease_until = NULL, process = NULL, slot = NULL WHERE id = ANY($1::text[])`,
};
const LEAVE = { name: 'leave', text: 'DELETE FROM jobs WHERE id = ANY($1::text[])' };
const CRASH = {
  name: 'crash',
  text: `INSERT INTO finished_jobs (${JOB_COLUMNS}) SELECT ${JOB_COLUMNS} FROM json_to_recordset($1) AS job(${JOB_FIELDS})
ON CONFLICT (id) DO NOTHING`,
};
