import { beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryWrite, REMEMBERED_MS, type TakenId } from '../../../../runtime/store/hook-store.ts';
import { freePlaces } from '../../../support/free-places.ts';
import { deployWrite, doneJob, jobRow, ledgerWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

export function describeDeliveries(open: OpenStore): void {
  describe('deliveries', () => {
    const data = freshStore(open);
    let projectId: string;
    let name: string;
    beforeEach(async () => {
      const deployed = await data.store.deploy(deployWrite());
      projectId = deployed?.project.id ?? '';
      name = deployed?.triggers[0]?.name ?? '';
    });

    const taken = (changes: Partial<TakenId> = {}): TakenId => ({
      project_id: projectId,
      name,
      hash: 'h',
      at: MID_MONTH,
      ...changes,
    });
    let last = 0;
    function delivery(changes: Partial<DeliveryWrite> = {}): DeliveryWrite {
      last += 1;
      return {
        id: `0190a1b2-0000-7000-8000-${String(last).padStart(12, '0')}`,
        project_id: projectId,
        name,
        at: MID_MONTH,
        taken: 1,
        method: 'POST',
        path: '/a\0b',
        remote_addr: '192.0.2.7',
        status: 200,
        job: null,
        redelivery_of: null,
        redelivered_by: null,
        verdict: '[]',
        headers: '{}',
        bytes: 2,
        body: '{}',
        sealed: null,
        keep: 2,
        ...changes,
      };
    }
    const ids = async () =>
      (await data.store.listDeliveries(projectId, name, { limit: 50 })).items.map(({ id }) => id);

    it('are listed newest first, in pages, and read with their sealed request', async () => {
      const rows = [delivery(), delivery({ sealed: 'x' }), delivery({ taken: 0 })];
      for (const row of rows) await data.store.appendDelivery(row);
      expect(await ids()).toEqual(rows.map(({ id }) => id).toReversed());
      const first = await data.store.listDeliveries(projectId, name, { limit: 2 });
      expect(first.items.map(({ whole }) => whole)).toEqual([0, 1]);
      expect(first.items[0]).toMatchObject({ path: '/a\uFFFDb', taken: 0, bytes: 2 });
      const second = await data.store.listDeliveries(projectId, name, { limit: 2, after: first.next ?? '' });
      expect([second.items.length, second.next]).toEqual([1, null]);
      const found = await data.store.getDelivery(projectId, name, rows[1]?.id ?? '');
      expect(found).toMatchObject({ sealed: 'x', whole: 1 });
      expect(await data.store.getDelivery('another', name, rows[1]?.id ?? '')).toBeUndefined();
    });

    it('are kept as many of each kind as is said', async () => {
      const [refused, ...others] = [delivery({ taken: 0 }), delivery(), delivery(), delivery()];
      for (const row of [refused, ...others]) await data.store.appendDelivery(row);
      expect(await ids()).toEqual([others[2]?.id, others[1]?.id, refused.id]);
      await data.store.appendDelivery(delivery({ keep: 0 }));
      expect(await ids()).toEqual([refused.id]);
    });

    it('that were refused go in the order of their addresses: the newest of each stays', async () => {
      const from = (remote_addr: string) => delivery({ taken: 0, remote_addr, keep: 3 });
      const all = [from('a'), from('b'), from('b'), from('b'), from('c'), from('b')];
      for (const row of all) await data.store.appendDelivery(row);
      expect(await ids()).toEqual([all[5]?.id, all[4]?.id, all[0]?.id]);
      const [other, newest] = [from('d'), from('b')];
      for (const row of [other, newest]) await data.store.appendDelivery(row);
      expect(await ids()).toEqual([newest.id, other.id, all[4]?.id]);
      const taken = ['a', 'b', 'b', 'b'].map((remote_addr) => delivery({ remote_addr, keep: 3 }));
      for (const row of taken) await data.store.appendDelivery(row);
      expect((await ids()).slice(0, 3)).toEqual([taken[3]?.id, taken[2]?.id, taken[1]?.id]);
    });

    it('are written with the end of their job, or not at all', async () => {
      const job = doneJob();
      const hook = { taken: [taken()], delivery: delivery({ job: job.id }) };
      const end = () => data.store.finishJob({ job, logs: [], ledger: [], hook });
      expect(await data.store.isTaken(taken())).toBe(false);
      expect([await end(), await data.store.isTaken(taken())]).toEqual([true, true]);
      expect(await ids()).toHaveLength(1);
      const again = { ...hook, taken: [taken({ hash: 'other' })], delivery: delivery() };
      expect(await data.store.finishJob({ job, logs: [], ledger: [], hook: again })).toBe(false);
      expect([await data.store.isTaken(taken({ hash: 'other' })), await ids()]).toMatchObject([
        false,
        { length: 1 },
      ]);
    });

    it('are queued once for each id, with the row for the answer', async () => {
      const queue = (hash: string) => {
        const job = jobRow({ trigger_type: 'webhook', args: 'sealed' });
        const ledger = [ledgerWrite({ job: job.id })];
        const hook = { taken: [taken({ hash })], delivery: delivery({ job: job.id }) };
        return data.store.enqueueDelivery({ job, ledger, hook });
      };
      expect(await Promise.all([queue('a'), queue('a'), queue('b')])).toEqual([true, false, true]);
      expect((await data.store.listJobs({}, { limit: 9 })).items).toHaveLength(2);
      expect((await data.store.listLedger({}, { limit: 9 })).items).toHaveLength(2);
    });

    it('are queued once for what was signed, whatever their ids', async () => {
      const queue = (...hashes: readonly string[]) => {
        const job = jobRow({ trigger_type: 'webhook', args: 'sealed' });
        const hook = { taken: hashes.map((hash) => taken({ hash })), delivery: null };
        return data.store.enqueueDelivery({ job, ledger: [], hook });
      };
      expect(await Promise.all([queue('a', 'content'), queue('b', 'content')])).toEqual([true, false]);
      expect([await data.store.isTaken(taken({ hash: 'b' })), await queue('b')]).toEqual([false, true]);
    });

    it('may come again after a day, and an id is that of one trigger', async () => {
      const hook = (id: TakenId) => ({ taken: [id], delivery: null });
      await data.store.finishJob({ job: doneJob(), logs: [], ledger: [], hook: hook(taken()) });
      const late = taken({ at: MID_MONTH + REMEMBERED_MS });
      expect(await data.store.isTaken({ ...late, at: late.at - 1 })).toBe(true);
      expect(await data.store.isTaken(late)).toBe(false);
      expect(await data.store.isTaken(taken({ name: 'ANOTHER' }))).toBe(false);
      await data.store.finishJob({ job: doneJob(), logs: [], ledger: [], hook: hook(late) });
      expect(await data.store.isTaken({ ...late, at: late.at + 1 })).toBe(true);
    });

    it('end with their project, and are left out of one that is gone', async () => {
      await data.store.appendDelivery(delivery());
      await data.store.deleteProject(projectId);
      expect(await ids()).toEqual([]);
      await data.store.appendDelivery(delivery());
      const hook = { taken: [taken()], delivery: delivery() };
      expect(await data.store.finishJob({ job: doneJob(), logs: [], ledger: [], hook })).toBe(true);
      expect([await ids(), await data.store.isTaken(taken())]).toEqual([[], false]);
    });

    it('that a dead process had begun to handle are given back when they were queued, with their request', async () => {
      const job = jobRow({ trigger_type: 'webhook', args: 'sealed', input_whole: 0 });
      await data.store.enqueueDelivery({ job, ledger: [], hook: { taken: [], delivery: null } });
      await data.store.claimJobs({ now: MID_MONTH, leaseUntil: MID_MONTH + 1000, places: freePlaces() });
      const store = await data.reopen();
      expect(await store.takeBackJobs(MID_MONTH + 1000)).toEqual([job.id]);
      expect(await store.getJob(job.id)).toMatchObject({ status: 'queued', attempt: 0, args: 'sealed' });
    });
  });
}
