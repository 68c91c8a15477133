import { describe, expect, it } from 'vitest';
import { doneJob, jobRow, ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

export function describeJobs(open: OpenStore): void {
  describe('jobs', () => {
    const data = freshStore(open);

    const finish = (job: ReturnType<typeof doneJob>) => data.store.finishJob({ job, logs: [], ledger: [] });
    const idsOf = async (filter: Parameters<typeof data.store.listJobs>[0]) =>
      (await data.store.listJobs(filter, { limit: 100 })).items.map(({ id }) => id);

    it('writes a job with its log lines and ledger rows at once', async () => {
      const job = doneJob({ error: '{"name":"E"}', input: '{}' });
      await data.store.finishJob({
        job,
        logs: [logWrite({ job: job.id, message: 'one' }), logWrite({ job: job.id, message: 'two' })],
        ledger: [ledgerWrite({ job: job.id })],
      });
      expect(await data.store.getJob(job.id)).toEqual({ ...job, children: [] });
      const lines = await data.store.listLogs({ job: job.id }, { limit: 9 });
      expect(lines.items.map(({ message }) => message)).toEqual(['two', 'one']);
      expect((await data.store.listLedger({ job: job.id }, { limit: 9 })).items).toHaveLength(1);
    });

    it('replaces what was visible of a webhook while it ran', async () => {
      const job = doneJob({ trigger_type: 'webhook' });
      await data.store.startJob({ ...job, status: 'running', overall: 'running', result: null }, [
        logWrite({ job: job.id }),
      ]);
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'running' });
      await finish(job);
      expect((await data.store.listJobs({}, { limit: 9 })).items).toEqual([job]);
    });

    it('knows no job that was never stored', async () => {
      expect(await data.store.getJob(jobRow().id)).toBeUndefined();
      expect(await data.store.getJob('not an id')).toBeUndefined();
      expect(await data.store.getJob('ffffffff-ffff-7fff-bfff-ffffffffffff')).toBeUndefined();
    });

    it('lists children in the order in which they were made, finished or not', async () => {
      const parent = doneJob({ created_at: NEXT_MONTH - 5 });
      const children = [
        doneJob({ created_at: NEXT_MONTH - 4, parent_id: parent.id }),
        jobRow({ created_at: NEXT_MONTH - 3, parent_id: parent.id }),
        doneJob({ created_at: NEXT_MONTH + 3, parent_id: parent.id }),
      ];
      for (const job of [parent, ...children]) {
        if (job.status === 'queued') await data.store.enqueueJob(job);
        else await finish(job);
      }
      expect((await data.store.getJob(parent.id))?.children).toEqual(children.map(({ id }) => id));
    });

    it('lists newest first over month borders and statuses, page by page', async () => {
      const times = [-3, -2, -1, 0, 1, 2, 3].map((n) => NEXT_MONTH + n * 20 * 86_400_000);
      const jobs = times.map((created_at, n) =>
        n % 3 === 0 ? jobRow({ created_at }) : doneJob({ created_at }),
      );
      for (const job of jobs) await (job.status === 'queued' ? data.store.enqueueJob(job) : finish(job));
      const pages = await pagesOf((after) => data.store.listJobs({}, { limit: 3, after }));
      expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
      expect(pages.flat()).toEqual(jobs.toReversed());
    });

    it('ends a list with its last full page', async () => {
      for (let n = 0; n < 4; n += 1) await finish(doneJob());
      const pages = await pagesOf((after) => data.store.listJobs({}, { limit: 2, after }));
      expect(pages.map((page) => page.length)).toEqual([2, 2]);
    });

    it('lists by project, task, trigger and status', async () => {
      const plain = doneJob();
      const failed = doneJob({ status: 'failed', overall: 'failed', task: 'Another' });
      const queued = jobRow({ trigger: 'BYE' });
      const foreign = doneJob({ project: 'other', project_id: 'p2' });
      await data.store.enqueueJob(queued);
      for (const job of [plain, failed, foreign]) await finish(job);

      expect(await idsOf({ project: 'other' })).toEqual([foreign.id]);
      expect(await idsOf({ project: 'demo', task: 'Another' })).toEqual([failed.id]);
      expect(await idsOf({ trigger: 'BYE' })).toEqual([queued.id]);
      expect(await idsOf({ status: 'queued' })).toEqual([queued.id]);
      expect(await idsOf({ status: 'failed' })).toEqual([failed.id]);
      expect(await idsOf({ status: 'done', project: 'demo' })).toEqual([plain.id]);
      expect(await idsOf({ status: 'running' })).toEqual([]);
    });

    it('lists from a time on and before another', async () => {
      const days = [1, 2, 3].map((day) => Date.UTC(2026, 11, day));
      const jobs = [MID_MONTH, ...days].map((created_at) => doneJob({ created_at }));
      for (const job of jobs) await finish(job);
      const [old, first, second, third] = jobs.map(({ id }) => id);
      expect(await idsOf({ from: days[0] })).toEqual([third, second, first]);
      expect(await idsOf({ to: days[1] })).toEqual([first, old]);
      expect(await idsOf({ from: days[0], to: days[2] })).toEqual([second, first]);
      expect(await idsOf({ from: days[2], to: days[0] })).toEqual([]);
      expect(await idsOf({ from: -1, to: Number.MAX_SAFE_INTEGER })).toHaveLength(4);
    });

    it('refuses a cursor that it did not give', async () => {
      await expect(data.store.listJobs({}, { limit: 5, after: 'x' })).rejects.toMatchObject({
        code: 'invalid_cursor',
      });
    });

    it('keeps finished jobs over a restart', async () => {
      const job = doneJob();
      await finish(job);
      const store = await data.reopen();
      expect((await store.listJobs({}, { limit: 5 })).items).toEqual([job]);
    });
  });
}
