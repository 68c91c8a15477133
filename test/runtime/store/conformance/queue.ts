import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../../../runtime/store/job-store.ts';
import { claimOne, freePlaces } from '../../../support/free-places.ts';
import { jobRow, logWrite, MID_MONTH, PROJECT_ID } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const NOW = MID_MONTH + 60_000;
const OTHER = '0190a1b2-0000-7000-8000-000000000002';

export function describeQueue(open: OpenStore): void {
  describe('the queue', () => {
    const data = freshStore(open);

    const claim = (now = NOW, places = freePlaces()) => claimOne(data.store, now, places);

    async function claimAll(): Promise<readonly string[]> {
      const ids: string[] = [];
      for (let job = await claim(); job !== undefined; job = await claim()) ids.push(job.id);
      return ids;
    }

    async function claimed(now = NOW): Promise<JobRow> {
      const job = await claim(now);
      if (job === undefined) throw new Error('Nothing was claimed.');
      return job;
    }

    const requeue = (job: JobRow, runAt: number, uncounted: boolean) =>
      data.store.requeueJob({ job, runAt, uncounted, logs: [] });

    it('starts a job that is due', async () => {
      const job = jobRow({ input: '{"a":1}' });
      await data.store.enqueueJob(job);
      const started = { ...job, status: 'running', overall: 'running', attempt: 1, started_at: NOW };
      expect(await claim()).toEqual(started);
      expect(await data.store.getJob(job.id)).toEqual({ ...started, children: [] });
      expect(await claim()).toBeUndefined();
    });

    it('takes the lowest priority number first, then the earliest, then the oldest', async () => {
      const oldest = jobRow({ run_at: MID_MONTH + 5 });
      const earliest = jobRow({ run_at: MID_MONTH + 1 });
      const second = jobRow({ run_at: MID_MONTH + 5, task: 'Another' });
      const urgent = jobRow({ run_at: MID_MONTH + 9, priority: 1 });
      for (const job of [second, oldest, earliest, urgent]) await data.store.enqueueJob(job);
      expect(await claimAll()).toEqual([urgent.id, earliest.id, oldest.id, second.id]);
    });

    it('leaves a job alone until it is due', async () => {
      await data.store.enqueueJob(jobRow({ run_at: NOW + 1, priority: 0 }));
      const due = jobRow();
      await data.store.enqueueJob(due);
      expect((await claim())?.id).toBe(due.id);
      expect(await claim()).toBeUndefined();
      expect(await claim(NOW + 1)).toMatchObject({ priority: 0, attempt: 1 });
    });

    it('passes by tasks that may not start another job', async () => {
      const busy = jobRow({ priority: 0 });
      const free = jobRow({ task: 'Another' });
      for (const job of [busy, free]) await data.store.enqueueJob(job);
      const full = freePlaces({ full: [{ project_id: PROJECT_ID, task: 'Greet' }] });
      expect((await claim(NOW, full))?.id).toBe(free.id);
      expect(await claim(NOW, full)).toBeUndefined();
      const other = freePlaces({ full: [{ project_id: 'other', task: 'Greet' }] });
      expect((await claim(NOW, other))?.id).toBe(busy.id);
    });

    it('passes by projects that may not start another job', async () => {
      const busy = jobRow({ priority: 0 });
      const free = jobRow({ project_id: OTHER, project: 'other' });
      for (const job of [busy, free]) await data.store.enqueueJob(job);
      const full = freePlaces({ held: { [PROJECT_ID]: 1 }, ofProject: 1 });
      expect((await claim(NOW, full))?.id).toBe(free.id);
      expect(await claim(NOW, full)).toBeUndefined();
      expect((await claim(NOW, freePlaces({ held: { [OTHER]: 1 }, ofProject: 1 })))?.id).toBe(busy.id);
    });

    it('lets the project come first that runs fewest jobs, whatever the priorities', async () => {
      const busy = jobRow({ priority: 0 });
      const idle = jobRow({ project_id: OTHER, project: 'other', run_at: MID_MONTH + 5 });
      for (const job of [busy, idle]) await data.store.enqueueJob(job);
      const held = freePlaces({ held: { [PROJECT_ID]: 10, [OTHER]: 9 } });
      expect((await claim(NOW, held))?.id).toBe(idle.id);
      expect((await claim(NOW, held))?.id).toBe(busy.id);
    });

    describe('filling several places at once', () => {
      const fill = async (places: Parameters<typeof freePlaces>[0]) => {
        const { jobs } = await data.store.claimJobs({
          now: NOW,
          leaseUntil: NOW + 30_000,
          places: freePlaces(places),
        });
        return jobs.map(({ id }) => id);
      };
      async function queued(count: number, changes: Partial<JobRow> = {}): Promise<readonly string[]> {
        const jobs = Array.from({ length: count }, () => jobRow(changes));
        await Promise.all(jobs.map((job) => data.store.enqueueJob(job)));
        return jobs.map(({ id }) => id);
      }

      it('takes as many as there are places, the best first', async () => {
        const plain = await queued(3);
        const urgent = await queued(2, { priority: 1 });
        expect(await fill({ left: 4 })).toEqual([...urgent, ...plain.slice(0, 2)]);
        expect(await fill({ left: 4 })).toEqual(plain.slice(2));
        expect(await fill({ left: 4 })).toEqual([]);
        expect(await fill({ left: 0 })).toEqual([]);
      });

      it('gives the projects places in turn', async () => {
        const [a = '', b = ''] = await queued(5, { priority: 0 });
        const [c = '', d = ''] = await queued(2, { project_id: OTHER, project: 'other', task: 'T' });
        expect(await fill({ left: 4 })).toEqual([a, c, b, d]);
      });

      it('takes no more of a task or a project than may start', async () => {
        await queued(5);
        await queued(5, { task: 'Another' });
        await queued(5, { project_id: OTHER, project: 'other' });
        expect(await fill({ left: 15, ofTask: 2 })).toHaveLength(6);
        expect(await fill({ left: 15, ofProject: 3 })).toHaveLength(6);
        expect(await fill({ left: 15 })).toHaveLength(3);
      });

      it('finds every task that has something to do', async () => {
        const ids: string[] = [];
        for (const task of ['A', 'B', 'B b', 'Ä', 'ZZ']) ids.push(...(await queued(2, { task })));
        expect((await fill({ left: 20 })).toSorted()).toEqual(ids.toSorted());
      });

      it('makes jobs ready that fall due together, however many they are', async () => {
        await queued(2500, { run_at: NOW - 1 });
        const found = new Set<string>();
        for (let round = 0; round < 4; round += 1) {
          for (const id of await fill({ left: 1000 })) found.add(id);
        }
        expect(found.size).toBe(2500);
        expect(await data.store.nextJobAt()).toBeNull();
      });
    });

    it('gives each job to one of many claims of the same moment', async () => {
      for (let n = 0; n < 5; n += 1) await data.store.enqueueJob(jobRow());
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
      const ids = claims.flatMap((job) => (job === undefined ? [] : [job.id]));
      expect(new Set(ids).size).toBe(5);
      expect(ids).toHaveLength(5);
    });

    it('says when the next queued job will be due', async () => {
      expect(await data.store.nextJobAt()).toBeNull();
      await data.store.enqueueJob(jobRow({ run_at: NOW + 500 }));
      expect(await data.store.nextJobAt()).toBe(NOW + 500);
      await data.store.enqueueJob(jobRow({ run_at: MID_MONTH }));
      expect(await data.store.nextJobAt()).toBe(MID_MONTH);
      await claim();
      expect(await data.store.nextJobAt()).toBe(NOW + 500);
    });

    it('puts a running job back for later, its attempt counted, with its lines', async () => {
      await data.store.enqueueJob(jobRow());
      const job = await claimed();
      const logs = [logWrite({ job: job.id })];
      expect(await data.store.requeueJob({ job, runAt: NOW + 100, uncounted: false, logs })).toBe(true);
      expect((await data.store.listLogs({ job: job.id }, { limit: 9 })).items).toHaveLength(1);
      expect(await claim(NOW + 99)).toBeUndefined();
      expect(await claim(NOW + 100)).toMatchObject({ id: job.id, attempt: 2, run_at: NOW + 100 });
    });

    it('puts a running job back without counting its attempt', async () => {
      await data.store.enqueueJob(jobRow());
      const job = await claimed();
      await requeue(job, NOW, true);
      expect(await data.store.getJob(job.id)).toMatchObject({
        status: 'queued',
        overall: 'queued',
        attempt: 0,
        started_at: null,
      });
      expect(await claim()).toMatchObject({ id: job.id, attempt: 1 });
    });

    it('neither puts a finished job back nor finishes it again', async () => {
      await data.store.enqueueJob(jobRow());
      const job = await claimed();
      const done = { ...job, status: 'done', overall: 'done' } as const;
      const lines = [logWrite({ job: job.id })];
      expect(await data.store.finishJob({ job: done, logs: [], ledger: [] })).toBe(true);
      expect(await requeue(job, NOW, false)).toBe(false);
      const again = { ...job, status: 'failed', overall: 'failed' } as const;
      expect(await data.store.finishJob({ job: again, logs: lines, ledger: [] })).toBe(false);
      expect(await claim()).toBeUndefined();
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'done' });
      expect((await data.store.listLogs({ job: job.id }, { limit: 9 })).items).toEqual([]);
    });

    it('ends a queued job at once with its lines, once', async () => {
      const job = jobRow();
      await data.store.enqueueJob(job);
      const ended = { ...job, status: 'cancelled', overall: 'cancelled', finished_at: NOW } as const;
      const finish = { job: ended, logs: [logWrite({ job: job.id })], ledger: [] };
      const both = [data.store.finishQueuedJob(finish), data.store.finishQueuedJob(finish)];
      expect(await Promise.all(both)).toEqual([true, false]);
      expect(await claim()).toBeUndefined();
      expect(await data.store.getJob(job.id)).toEqual({ ...ended, children: [] });
      expect((await data.store.listLogs({ job: job.id }, { limit: 9 })).items).toHaveLength(1);
    });

    it('does not end a queued job that was started meanwhile, or has had another attempt', async () => {
      const job = jobRow();
      await data.store.enqueueJob(job);
      const running = await claimed();
      const ended = { ...job, status: 'cancelled', overall: 'cancelled', finished_at: NOW } as const;
      const end = () => data.store.finishQueuedJob({ job: ended, logs: [], ledger: [] });
      expect(await end()).toBe(false);
      await requeue(running, NOW, false);
      expect(await end()).toBe(false);
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'queued', attempt: 1 });
    });

    it('keeps a queued job over a restart', async () => {
      const job = jobRow();
      await data.store.enqueueJob(job);
      const store = await data.reopen();
      expect(await store.takeBackJobs(NOW)).toEqual([]);
      expect(await store.getJob(job.id)).toEqual({ ...job, children: [] });
    });

    it('takes back what a process that died was running', async () => {
      const queued = jobRow();
      const subJob = jobRow({ trigger_type: 'webhook', parent_id: queued.id });
      const webhook = jobRow({ trigger_type: 'webhook', status: 'running', overall: 'running', attempt: 1 });
      await data.store.enqueueJob(queued);
      await data.store.enqueueJob(subJob);
      await claim();
      await claim();
      await data.store.startJob(webhook, [logWrite({ job: webhook.id })], NOW + 60_000);

      const store = await data.reopen();
      const dead = NOW + 60_000;
      expect(await store.takeBackJobs(dead)).toEqual([queued.id, subJob.id].toSorted());
      expect(await store.getJob(queued.id)).toMatchObject({ status: 'queued', attempt: 0 });
      const crashed = await store.getJob(webhook.id);
      expect(crashed).toMatchObject({ status: 'crashed', overall: 'crashed', finished_at: dead });
      expect(JSON.parse(crashed?.error ?? '')).toMatchObject({
        message: expect.stringContaining('stopped'),
        limit: null,
      });
    });

    it('takes back nothing that this process is running', async () => {
      await data.store.enqueueJob(jobRow());
      const job = await claim();
      expect(await data.store.takeBackJobs(NOW)).toEqual([]);
      expect(await data.store.takeBackExpired(NOW + 3_600_000)).toEqual([]);
      expect(await data.store.getJob(job?.id ?? '')).toMatchObject({ status: 'running' });
    });
  });
}
