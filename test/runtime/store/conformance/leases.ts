import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../../../runtime/store/job-store.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { freePlaces } from '../../../support/free-places.ts';
import { doneJob, jobRow, ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const NOW = MID_MONTH + 60_000;
const LEASE = 30_000;

export function describeLeases(open: OpenStore): void {
  describe('what a process says of a job', () => {
    const data = freshStore(open);

    async function claim(store: Store, now = NOW): Promise<JobRow> {
      const [job] = (await store.claimJobs({ now, leaseUntil: now + LEASE, places: freePlaces() })).jobs;
      if (job === undefined) throw new Error('Nothing was claimed.');
      return job;
    }
    async function queueAndClaim(changes: Partial<JobRow> = {}): Promise<JobRow> {
      await data.store.enqueueJob(jobRow(changes));
      return claim(data.store);
    }
    /** With a line and a row, which are written when it counts. */
    const end = (store: Store, job: JobRow, status: 'done' | 'failed' = 'done') =>
      store.finishJob({
        job: { ...job, status, overall: status },
        logs: [logWrite({ job: job.id })],
        ledger: [ledgerWrite({ job: job.id })],
        subJobs: [jobRow({ parent_id: job.id, run_at: NOW + 99 * LEASE })],
      });
    /** It finds what was written so far. */
    async function another(): Promise<Store> {
      await end(data.store, doneJob());
      return data.another();
    }
    async function written(id: string): Promise<readonly number[]> {
      const lines = await data.store.listLogs({ job: id }, { limit: 9 });
      const rows = await data.store.listLedger({ job: id }, { limit: 9 });
      const children = (await data.store.getJob(id))?.children ?? [];
      return [lines, rows].map(({ items }) => items.length).concat(children.length);
    }

    it('counts once', async () => {
      const job = await queueAndClaim();
      expect(await Promise.all([end(data.store, job), end(data.store, job, 'failed')])).toEqual([
        true,
        false,
      ]);
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'done' });
      expect(await written(job.id)).toEqual([1, 1, 1]);
    });

    it('does not count before it is claimed', async () => {
      const job = jobRow();
      await data.store.enqueueJob(job);
      expect(await end(data.store, job)).toBe(false);
      expect(await data.store.requeueJob({ job, runAt: NOW, uncounted: true, logs: [] })).toBe(false);
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'queued', attempt: 0 });
      expect(await written(job.id)).toEqual([0, 0, 0]);
    });

    it('does not count when the store has never had the job, unless it is a webhook’s own', async () => {
      const unknown = jobRow({ attempt: 1 });
      expect(await end(data.store, unknown)).toBe(false);
      expect(await end(data.store, doneJob({ parent_id: unknown.id }))).toBe(false);
      expect(await data.store.getJob(unknown.id)).toBeUndefined();
      const webhook = doneJob();
      expect(await end(data.store, webhook)).toBe(true);
      expect(await end(data.store, webhook, 'failed')).toBe(false);
      expect(await data.store.getJob(webhook.id)).toMatchObject({ status: 'done' });
    });

    it('does not count in another attempt than the one that runs', async () => {
      const first = await queueAndClaim();
      await data.store.requeueJob({ job: first, runAt: NOW, uncounted: false, logs: [] });
      const second = await claim(data.store);
      expect(second).toMatchObject({ id: first.id, attempt: 2 });
      expect(await end(data.store, first)).toBe(false);
      expect(await data.store.requeueJob({ job: first, runAt: NOW, uncounted: true, logs: [] })).toBe(false);
      expect(await end(data.store, second)).toBe(true);
    });

    it('counts on after its lease has ended, while nobody else took the job', async () => {
      const job = await queueAndClaim();
      expect(await data.store.takeBackExpired(NOW + LEASE)).toEqual([]);
      expect(await end(data.store, job)).toBe(true);
    });

    it('does not count once its lease has ended and another process has taken the job', async () => {
      const frozen = await queueAndClaim();
      const other = await another();
      expect(await other.takeBackExpired(NOW + LEASE - 1)).toEqual([]);
      expect(await other.takeBackExpired(NOW + LEASE)).toEqual([frozen.id]);
      const back = { job: frozen, runAt: NOW, uncounted: false, logs: [logWrite({ job: frozen.id })] };
      expect([await end(data.store, frozen), await data.store.requeueJob(back)]).toEqual([false, false]);

      const taken = await claim(other, NOW + LEASE);
      expect(taken).toMatchObject({ id: frozen.id, attempt: 1 });
      expect([await end(data.store, frozen), await data.store.requeueJob(back)]).toEqual([false, false]);
      expect(await written(frozen.id)).toEqual([0, 0, 0]);
      expect(await end(other, taken)).toBe(true);
      expect(await data.store.getJob(frozen.id)).toMatchObject({ status: 'done', attempt: 1 });
      expect(await end(data.store, frozen, 'failed')).toBe(false);
      expect(await data.store.getJob(frozen.id)).toMatchObject({ status: 'done' });
    });

    it('does not count for a claim that the same process made later, of the attempt that it had lost', async () => {
      const first = await queueAndClaim();
      expect(await (await another()).takeBackExpired(NOW + LEASE)).toEqual([first.id]);
      const second = await claim(data.store, NOW + LEASE);
      expect(second).toMatchObject({ id: first.id, attempt: 1 });
      expect(await data.store.lostClaims([first, second])).toEqual([first.id]);
      const back = { job: first, runAt: NOW, uncounted: false, logs: [] };
      expect([await end(data.store, first), await data.store.requeueJob(back)]).toEqual([false, false]);
      expect(await data.store.getJob(first.id)).toMatchObject({ status: 'running', started_at: NOW + LEASE });
      expect(await end(data.store, second)).toBe(true);
      expect(await data.store.lostClaims([second])).toEqual([second.id]);
      expect(await data.store.lostClaims([])).toEqual([]);
    });

    it('holds on to its jobs by renewing their leases, and to none that was taken', async () => {
      const [kept, lost] = [await queueAndClaim(), await queueAndClaim()];
      const other = await another();
      await data.store.renewLeases(NOW + 2 * LEASE);
      expect(await other.takeBackExpired(NOW + 2 * LEASE - 1)).toEqual([]);
      expect(await other.takeBackExpired(NOW + 2 * LEASE)).toEqual([kept.id, lost.id]);
      const taken = await claim(other, NOW + 2 * LEASE);
      await data.store.renewLeases(NOW + 9 * LEASE);
      await other.renewLeases(NOW + 4 * LEASE);
      const third = await another();
      expect(await third.takeBackExpired(NOW + 4 * LEASE)).toEqual([taken.id]);
    });

    it('does not count for a webhook that another process has given up', async () => {
      const job = doneJob();
      const running = { ...job, status: 'running', overall: 'running', result: null } as const;
      await data.store.startJob(running, [], NOW + LEASE);
      const other = await another();
      expect(await other.takeBackExpired(NOW + LEASE - 1)).toEqual([]);
      expect(await other.takeBackExpired(NOW + LEASE)).toEqual([]);
      expect(await end(data.store, job)).toBe(false);
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'crashed', finished_at: NOW + LEASE });
      expect(await written(job.id)).toEqual([0, 0, 0]);
    });
  });
}
