import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../../../runtime/store/job-store.ts';
import { freePlaces } from '../../../support/free-places.ts';
import { doneJob, jobRow, ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);
const CLAIM = { now: NEXT_MONTH + 60_000, leaseUntil: NEXT_MONTH + 120_000 };
const QUEUED = { status: 'queued', overall: 'queued', attempt: 0 } as const;

export function describeJobs(open: OpenStore): void {
  describe('jobs', () => {
    const data = freshStore(open);

    /** Also of a job that has to be queued and claimed before. */
    async function finish(job: JobRow, subJobs: readonly JobRow[] = []): Promise<void> {
      let { started_at } = job;
      if (job.trigger_type !== 'webhook' || job.parent_id !== null) {
        const there = await data.store.getJob(job.id);
        if (there === undefined) await data.store.enqueueJob({ ...job, ...QUEUED });
        const { jobs } = await data.store.claimJobs({ ...CLAIM, places: freePlaces({ left: 1000 }) });
        expect(jobs.map(({ id }) => id)).toContain(job.id);
        started_at = CLAIM.now;
      }
      const finished = { job: { ...job, attempt: 1, started_at }, logs: [], ledger: [], subJobs };
      expect(await data.store.finishJob(finished)).toBe(true);
    }
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
      const running = { ...job, status: 'running', overall: 'running', result: null } as const;
      await data.store.startJob(running, [logWrite({ job: job.id })], MID_MONTH + 60_000);
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

    it('queues what a job added with its final state', async () => {
      const parent = doneJob();
      const child = jobRow({
        parent_id: parent.id,
        depth: 1,
        function: 'resize',
        args: '{"text":"[1]","tails":[]}',
        description: 'one of many',
        identity_key: 'resize 1',
      });
      await data.store.finishJob({ job: parent, logs: [], ledger: [], subJobs: [child] });
      expect(await data.store.getJob(parent.id)).toEqual({ ...parent, children: [child.id] });
      expect(await data.store.getJob(child.id)).toEqual({ ...child, children: [] });
      expect(await data.store.countSubJobs(child.project_id, 9)).toBe(1);
      await finish(doneJob({ ...child, overall: 'done', status: 'done' }));
      expect(await data.store.countSubJobs(child.project_id, 9)).toBe(0);
    });

    it('counts unfinished sub-jobs of one project, up to as many as are asked for', async () => {
      const parent = doneJob();
      const subJobs = Array.from({ length: 5 }, () => jobRow({ parent_id: parent.id }));
      await data.store.finishJob({ job: parent, logs: [], ledger: [], subJobs });
      await data.store.enqueueJob(jobRow());
      expect(await data.store.countSubJobs(parent.project_id, 100)).toBe(5);
      expect(await data.store.countSubJobs(parent.project_id, 3)).toBe(3);
      expect(await data.store.countSubJobs('another', 3)).toBe(0);
    });

    it('queues no second unfinished job of a project with the same identity key', async () => {
      const keyed = (changes = {}) => jobRow({ parent_id: 'p', identity_key: 'K', ...changes });
      const add = (...subJobs: ReturnType<typeof jobRow>[]) =>
        data.store.finishJob({ job: doneJob(), logs: [], ledger: [], subJobs });
      const [first, second, later] = [keyed(), keyed(), keyed()];
      const foreign = keyed({ project_id: 'p2', project: 'other' });
      const other = keyed({ identity_key: 'L' });
      await add(first, second, foreign, other, jobRow(), jobRow());
      expect(await idsOf({})).toEqual(expect.arrayContaining([first.id, foreign.id, other.id]));
      expect(await data.store.getJob(second.id)).toBeUndefined();
      await finish(doneJob({ ...first, status: 'failed', overall: 'failed' }));
      await add(later);
      expect(await data.store.getJob(later.id)).toMatchObject({ status: 'queued', identity_key: 'K' });
    });

    it('lets a job add one with the identity key that it has itself', async () => {
      const job = jobRow({ identity_key: 'K' });
      await data.store.enqueueJob(job);
      const next = jobRow({ identity_key: 'K', parent_id: job.id });
      await finish(doneJob({ ...job, status: 'done' }), [next]);
      expect(await data.store.getJob(next.id)).toMatchObject({ status: 'queued' });
    });

    it('tells all jobs above one that ended worse, over month borders', async () => {
      const top = doneJob({ created_at: NEXT_MONTH - 5 });
      const middle = doneJob({
        created_at: NEXT_MONTH + 5,
        parent_id: top.id,
        overall: 'done_with_warnings',
      });
      const low = jobRow({ created_at: NEXT_MONTH + 6, parent_id: middle.id });
      await finish(top);
      await finish(middle, [low]);
      const overalls = async () =>
        Promise.all([top, middle].map(async ({ id }) => (await data.store.getJob(id))?.overall));
      expect(await overalls()).toEqual(['done_with_warnings', 'done_with_warnings']);
      await finish(doneJob({ ...low, status: 'failed', overall: 'failed' }));
      expect(await overalls()).toEqual(['failed', 'failed']);
      expect(await data.store.getJob(top.id)).toMatchObject({ status: 'done' });
      await finish(doneJob({ parent_id: middle.id }));
      expect(await overalls()).toEqual(['failed', 'failed']);
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
