import { describe, expect, it } from 'vitest';
import { doneJob, jobRow, ledgerWrite, logWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

export function describeBatches(open: OpenStore): void {
  describe('writes of one moment', () => {
    const data = freshStore(open);

    it('rejects only the culprit', async () => {
      const job = jobRow();
      const results = await Promise.allSettled([
        data.store.enqueueJob(job),
        data.store.enqueueJob(job),
        data.store.appendLogs([logWrite({ message: 'kept' })]),
        data.store.finishJob({ job: doneJob(), logs: [], ledger: [ledgerWrite()] }),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect((await data.store.listJobs({}, { limit: 9 })).items).toHaveLength(2);
      expect((await data.store.listLogs({}, { limit: 9 })).items).toMatchObject([{ message: 'kept' }]);
      expect((await data.store.listLedger({}, { limit: 9 })).items).toMatchObject([{ seq: 1 }]);
    });

    it('writes a job, its lines and its rows together or not at all', async () => {
      const job = doneJob({ created_at: Date.UTC(2031, 4, 5) });
      const finish = {
        job,
        logs: [logWrite({ at: job.created_at })],
        ledger: [ledgerWrite({ at: Number.NaN })],
      };
      await expect(data.store.finishJob(finish)).rejects.toMatchObject({ code: 'invalid_time' });
      expect(await data.store.getJob(job.id)).toBeUndefined();
      expect((await data.store.listLogs({}, { limit: 9 })).items).toEqual([]);
      await data.store.finishJob({ ...finish, ledger: [] });
      expect(await data.store.getJob(job.id)).toMatchObject({ id: job.id });
    });

    it('refuses a job whose id does not say when it was made', async () => {
      const job = doneJob({ id: 'b6a9f1de-7d0c-4c39-9d5c-3a3c6c1d2e4f' });
      const finished = data.store.finishJob({ job, logs: [], ledger: [] });
      await expect(finished).rejects.toMatchObject({ code: 'invalid_id' });
    });

    it('keeps what was accepted before it is closed and refuses what comes after', async () => {
      const job = doneJob();
      const accepted = data.store.finishJob({ job, logs: [], ledger: [] });
      const first = data.store;
      const store = await data.reopen();
      await accepted;
      expect(await store.getJob(job.id)).toMatchObject({ id: job.id });
      await expect(first.enqueueJob(jobRow())).rejects.toMatchObject({ code: 'store_closed' });
    });
  });
}
