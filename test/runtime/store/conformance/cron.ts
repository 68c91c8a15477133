import { describe, expect, it } from 'vitest';
import type { CronPlan, TickWrite } from '../../../../runtime/store/cron-store.ts';
import type { JobRow } from '../../../../runtime/store/job-store.ts';
import { claimOne } from '../../../support/free-places.ts';
import { deployWrite, jobRow, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const AT = MID_MONTH + 60_000;
const TRIGGERS = ['NIGHTLY', 'OFTEN'].map((name) => ({ name, type: 'cron', hook: null }) as const);

export function describeCron(open: OpenStore): void {
  describe('plans of cron triggers', () => {
    const data = freshStore(open);
    const deploy = (changes: Parameters<typeof deployWrite>[0] = {}) =>
      data.store.deploy(deployWrite({ triggers: TRIGGERS, ...changes }));

    async function deployed(): Promise<string> {
      const loaded = await deploy();
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded.project.id;
    }

    const plan = (project_id: string, changes: Partial<CronPlan> = {}): CronPlan => ({
      project_id,
      name: 'NIGHTLY',
      rhythm: '["r"]',
      next_at: AT,
      armed: true,
      ...changes,
    });
    const cronJob = (project_id: string, changes: Partial<JobRow> = {}) =>
      jobRow({ project_id, trigger: 'NIGHTLY', trigger_type: 'cron', function: 'handle_cron', ...changes });
    const tick = (project_id: string, changes: Partial<TickWrite> = {}): TickWrite => ({
      project_id,
      name: 'NIGHTLY',
      planned_at: AT,
      next_at: AT + 1000,
      job: cronJob(project_id, { planned_at: AT }),
      logs: [],
      unfinished: logWrite({ message: 'not finished' }),
      ...changes,
    });
    const nextOf = async (id: string) => (await data.store.listCronPlans(id)).map(({ next_at }) => next_at);
    const messages = async () =>
      (await data.store.listLogs({}, { limit: 10 })).items.map(({ message }) => message);

    it('are written, changed and read back', async () => {
      const id = await deployed();
      const other = plan(id, { name: 'OFTEN', next_at: null, armed: false });
      await data.store.putCronPlans([plan(id), other]);
      expect(await data.store.listCronPlans(id)).toEqual([plan(id), other]);
      const moved = plan(id, { next_at: AT + 5, rhythm: '["s"]' });
      await data.store.putCronPlans([moved]);
      expect(await data.store.listCronPlans(id)).toEqual([moved, other]);
    });

    it('of triggers that do not exist are left out', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id, { name: 'NOPE' }), plan('nobody'), plan(id)]);
      expect(await data.store.listCronPlans(id)).toEqual([plan(id)]);
    });

    it('are not written when they were worked out from another one', async () => {
      const id = await deployed();
      const moved = plan(id, { next_at: AT + 5 });
      await data.store.putCronPlans([{ ...plan(id), before: null }]);
      await data.store.putCronPlans([{ ...moved, before: null }]);
      expect(await data.store.listCronPlans(id)).toEqual([plan(id)]);
      for (const other of [{ rhythm: 'x' }, { next_at: AT + 1 }, { next_at: null }, { armed: false }])
        await data.store.putCronPlans([{ ...moved, before: plan(id, other) }]);
      expect(await data.store.listCronPlans(id)).toEqual([plan(id)]);
      await data.store.putCronPlans([{ ...moved, next_at: null, before: plan(id) }]);
      await data.store.putCronPlans([{ ...moved, before: plan(id, { next_at: null }) }]);
      expect(await data.store.listCronPlans(id)).toEqual([moved]);
    });

    it('stay through a deploy and a restart, and end with their trigger', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id), plan(id, { name: 'OFTEN' })]);
      await deploy({ expected_version: 1, triggers: TRIGGERS.slice(0, 1) });
      const store = await data.reopen();
      expect(await store.listCronPlans(id)).toEqual([plan(id)]);
    });

    it('end with their project', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      await data.store.deleteProject(id);
      expect(await data.store.listCronPlans(id)).toEqual([]);
      expect(await data.store.nextTickAt()).toBeNull();
    });

    it('fall due by their time when they are armed, the earliest first', async () => {
      const id = await deployed();
      expect(await data.store.nextTickAt()).toBeNull();
      await data.store.putCronPlans([plan(id), plan(id, { name: 'OFTEN', next_at: AT - 1 })]);
      expect(await data.store.nextTickAt()).toBe(AT - 1);
      expect(await data.store.dueTicks(AT - 2, 9)).toEqual([]);
      const due = { project_id: id, project: 'demo', name: 'NIGHTLY', rhythm: '["r"]', next_at: AT };
      expect(await data.store.dueTicks(AT, 9)).toEqual([{ ...due, name: 'OFTEN', next_at: AT - 1 }, due]);
      expect(await data.store.dueTicks(AT, 1)).toHaveLength(1);
      await data.store.putCronPlans([plan(id, { name: 'OFTEN', next_at: AT - 1, armed: false })]);
      expect(await data.store.dueTicks(AT, 9)).toEqual([due]);
      await data.store.putCronPlans([plan(id, { next_at: null })]);
      expect(await data.store.nextTickAt()).toBeNull();
    });

    it('move on together with the job that is queued, once', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      const logs = [logWrite({ message: 'late' })];
      const [one, other] = [tick(id, { logs }), tick(id, { logs })];
      const both = await Promise.all([data.store.takeTick(one), data.store.takeTick(other)]);
      expect(both.toSorted()).toEqual(['queued', 'taken']);
      expect(await nextOf(id)).toEqual([AT + 1000]);
      const queued = both[0] === 'queued' ? one : other;
      expect((await data.store.listJobs({}, { limit: 9 })).items).toEqual([queued.job]);
      expect(await messages()).toEqual(['late']);
    });

    it('stay where they are when the job cannot be queued', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      const job = cronJob(id);
      await data.store.enqueueJob({ ...job, trigger: 'ANOTHER' });
      await expect(data.store.takeTick(tick(id, { job }))).rejects.toThrow();
      expect(await nextOf(id)).toEqual([AT]);
    });

    it('are not taken when they changed or were switched off meanwhile', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id, { next_at: AT + 1 })]);
      expect(await data.store.takeTick(tick(id))).toBe('taken');
      await data.store.putCronPlans([plan(id, { armed: false })]);
      expect(await data.store.takeTick(tick(id))).toBe('taken');
      expect((await data.store.listJobs({}, { limit: 9 })).items).toEqual([]);
    });

    it('move on without a job when the tick is let go', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      const given = tick(id, { job: null, next_at: null, logs: [logWrite({ message: 'skipped' })] });
      expect(await data.store.takeTick(given)).toBe('let_go');
      expect(await nextOf(id)).toEqual([null]);
      expect(await messages()).toEqual(['skipped']);
    });

    it('move on without a job while the one before is queued or running', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      const before = cronJob(id);
      await data.store.enqueueJob(before);
      expect(await data.store.takeTick(tick(id))).toBe('unfinished');
      const running = await claimOne(data.store, AT);
      expect(running?.id).toBe(before.id);
      const second = { planned_at: AT + 1000, next_at: AT + 2000 };
      expect(await data.store.takeTick(tick(id, second))).toBe('unfinished');
      expect(await messages()).toEqual(['not finished', 'not finished']);

      const done = { ...before, ...running, status: 'done', overall: 'done' } as const;
      await data.store.finishJob({ job: done, logs: [], ledger: [] });
      const third = { planned_at: AT + 2000, next_at: AT + 3000 };
      expect(await data.store.takeTick(tick(id, third))).toBe('queued');
    });

    it('do not wait for jobs of other triggers, nor for sub-jobs', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      await data.store.enqueueJob(cronJob(id, { trigger: 'OFTEN' }));
      await data.store.enqueueJob(cronJob('another-project'));
      await data.store.enqueueJob(cronJob(id, { parent_id: jobRow().id }));
      expect(await data.store.takeTick(tick(id))).toBe('queued');
    });

    it('are not touched by a job that somebody starts, which waits for nobody either', async () => {
      const id = await deployed();
      await data.store.putCronPlans([plan(id)]);
      expect(await data.store.enqueueAlone(cronJob(id))).toBe(true);
      expect(await data.store.enqueueAlone(cronJob(id))).toBe(false);
      expect(await nextOf(id)).toEqual([AT]);
      expect((await data.store.listJobs({}, { limit: 9 })).items).toHaveLength(1);
    });

    it('start from what is set on the server, which stays through a deploy', async () => {
      const id = await deployed();
      await data.store.setTriggerNext(id, 'NIGHTLY', AT);
      const again = await deploy({ expected_version: 1 });
      expect(again?.triggers.map(({ name, next_at }) => [name, next_at])).toEqual([
        ['NIGHTLY', AT],
        ['OFTEN', null],
      ]);
      await data.store.setTriggerNext(id, 'NIGHTLY', null);
      expect((await data.store.loadProject('demo'))?.triggers[0]?.next_at).toBeNull();
      await expect(data.store.setTriggerNext(id, 'NOPE', AT)).rejects.toThrow('The trigger NOPE');
    });
  });
}
