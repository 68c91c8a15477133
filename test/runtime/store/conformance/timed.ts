import { describe, expect, it } from 'vitest';
import type { TimedPlan, TimedWrite } from '../../../../runtime/store/timed-store.ts';
import { deployWrite, jobRow, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const AT = MID_MONTH + 60_000;
const TRIGGERS = ['REMIND', 'CLOSE'].map((name) => ({ name, type: 'db', hook: null }) as const);

export function describeTimed(open: OpenStore): void {
  describe('plans of db triggers on a time', () => {
    const data = freshStore(open);
    const deploy = (changes: Parameters<typeof deployWrite>[0] = {}) =>
      data.store.deploy(deployWrite({ triggers: TRIGGERS, ...changes }));

    async function deployed(): Promise<string> {
      const loaded = await deploy();
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded.project.id;
    }

    const plan = (project_id: string, changes: Partial<TimedPlan> = {}): TimedPlan => ({
      project_id,
      name: 'REMIND',
      rule: '["x.thing","at",0]',
      checked_at: AT,
      after_id: 0,
      armed: true,
      ...changes,
    });
    const write = (project_id: string, changes: Partial<TimedWrite> = {}): TimedWrite => ({
      project_id,
      name: 'REMIND',
      expected: { checked_at: AT, after_id: 0 },
      checked_at: AT + 1000,
      after_id: 0,
      jobs: [jobRow({ project_id, trigger: 'REMIND', trigger_type: 'db', function: 'handle_db' })],
      logs: [],
      ...changes,
    });
    const jobs = async () => (await data.store.listJobs({}, { limit: 9 })).items;

    it('are written, changed and read back in order of their names', async () => {
      const id = await deployed();
      const other = plan(id, { name: 'CLOSE', armed: false, after_id: 7 });
      await data.store.putTimedPlans([plan(id), other]);
      expect(await data.store.listTimedPlans(id)).toEqual([other, plan(id)]);
      const moved = plan(id, { checked_at: AT + 5, after_id: 3, rule: '["y"]' });
      await data.store.putTimedPlans([moved]);
      expect(await data.store.listTimedPlans(id)).toEqual([other, moved]);
    });

    it('of triggers that do not exist are left out', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id, { name: 'NOPE' }), plan('nobody'), plan(id)]);
      expect(await data.store.listTimedPlans(id)).toEqual([plan(id)]);
      expect(await data.store.listTimedPlans('nobody')).toEqual([]);
    });

    it('are not written when they were worked out from another one', async () => {
      const id = await deployed();
      const moved = plan(id, { checked_at: AT + 5, after_id: 2 });
      await data.store.putTimedPlans([{ ...plan(id), before: null }]);
      await data.store.putTimedPlans([{ ...moved, before: null }]);
      for (const other of [{ rule: 'x' }, { checked_at: AT + 1 }, { after_id: 1 }, { armed: false }])
        await data.store.putTimedPlans([{ ...moved, before: plan(id, other) }]);
      expect(await data.store.listTimedPlans(id)).toEqual([plan(id)]);
      await data.store.putTimedPlans([{ ...moved, before: plan(id) }]);
      expect(await data.store.listTimedPlans(id)).toEqual([moved]);
    });

    it('stay through a deploy and a restart, and end with their trigger', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id), plan(id, { name: 'CLOSE' })]);
      await deploy({ expected_version: 1, triggers: TRIGGERS.slice(0, 1) });
      const store = await data.reopen();
      expect(await store.listTimedPlans(id)).toEqual([plan(id)]);
    });

    it('end with their project', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id)]);
      await data.store.deleteProject(id);
      expect(await data.store.listTimedPlans(id)).toEqual([]);
    });

    it('move on together with their jobs and lines, once', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id)]);
      const logs = [logWrite({ message: 'told' })];
      const [one, other] = [write(id, { logs }), write(id, { logs })];
      const both = await Promise.all([data.store.takeTimed(one), data.store.takeTimed(other)]);
      expect(both.toSorted()).toEqual([false, true]);
      expect(await data.store.listTimedPlans(id)).toEqual([plan(id, { checked_at: AT + 1000 })]);
      expect(await jobs()).toEqual((both[0] ? one : other).jobs);
      expect((await data.store.listLogs({ q: 'told' }, { limit: 9 })).items).toHaveLength(1);
    });

    it('move on between two records of one moment', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id)]);
      const place = { checked_at: AT, after_id: 2000 };
      expect(await data.store.takeTimed(write(id, place))).toBe(true);
      expect(await data.store.takeTimed(write(id))).toBe(false);
      expect(await data.store.takeTimed(write(id, { expected: place }))).toBe(true);
      expect(await jobs()).toHaveLength(2);
    });

    it('stay where they are when a job cannot be queued', async () => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id)]);
      const taken = write(id);
      await data.store.enqueueJob(jobRow({ id: taken.jobs[0]?.id ?? '' }));
      await expect(data.store.takeTimed(taken)).rejects.toThrow();
      expect(await data.store.listTimedPlans(id)).toEqual([plan(id)]);
    });

    it.each([
      ['another process has moved them', { checked_at: AT + 1 }],
      ['they were switched off', { armed: false }],
    ])('are not taken when %s meanwhile', async (_why, change) => {
      const id = await deployed();
      await data.store.putTimedPlans([plan(id, change)]);
      expect(await data.store.takeTimed(write(id))).toBe(false);
      expect(await jobs()).toEqual([]);
    });
  });
}
