import { describe, expect, it } from 'vitest';
import { claimOne } from '../../../support/free-places.ts';
import { deployWrite, jobRow, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const NOW = MID_MONTH + 60_000;

export function describeNodes(open: OpenStore): void {
  describe('wishes that jobs end', () => {
    const data = freshStore(open);

    it('are seen by everybody while the job is queued, and by who holds it when it runs', async () => {
      const job = jobRow();
      await data.store.enqueueJob(job);
      const other = await data.another();
      expect(await other.wishEnd(job.id, 'Ada cancelled it.')).toBe(true);
      expect(await other.wishEnd(job.id, 'Ben too.')).toBe(true);
      const wish = { id: job.id, reason: 'Ada cancelled it.' };
      expect([await data.store.endWishes(), await other.endWishes()]).toEqual([[wish], [wish]]);
      await claimOne(data.store, NOW);
      expect([await data.store.endWishes(), await other.endWishes()]).toEqual([[wish], []]);
    });

    it('stay when the job goes back to the queue, and end with it', async () => {
      await data.store.enqueueJob(jobRow());
      const job = await claimOne(data.store, NOW);
      if (job === undefined) throw new Error('Nothing was claimed.');
      await data.store.wishEnd(job.id, 'Ada cancelled it.');
      await data.store.requeueJob({ job, runAt: NOW, uncounted: false, logs: [] });
      expect(await data.store.endWishes()).toHaveLength(1);
      const again = await claimOne(data.store, NOW);
      if (again === undefined) throw new Error('Nothing was claimed.');
      const done = { ...again, status: 'done', overall: 'done', finished_at: NOW } as const;
      expect(await data.store.finishJob({ job: done, logs: [], ledger: [] })).toBe(true);
      expect(await data.store.endWishes()).toEqual([]);
      expect(await data.store.wishEnd(job.id, 'Too late.')).toBe(false);
    });
  });

  describe('jobs that a process holds without knowing it', () => {
    const data = freshStore(open);

    it('are given back, unless they may still be on their way to it', async () => {
      await Promise.all([1, 2].map((n) => data.store.enqueueJob(jobRow({ run_at: n }))));
      const known = await claimOne(data.store, NOW);
      const stray = await claimOne(data.store, NOW);
      const other = await data.another();
      const held = [known?.id ?? ''];
      const back = (store = data.store, startedBefore = NOW + 1) =>
        store.takeBackStrays({ held, startedBefore, now: NOW + 5 });
      expect(await back(data.store, NOW)).toEqual([]);
      expect(await back(other)).toEqual([]);
      expect(await back()).toEqual([stray?.id]);
      expect(await data.store.getJob(stray?.id ?? '')).toMatchObject({ status: 'queued', attempt: 0 });
      expect(await data.store.getJob(known?.id ?? '')).toMatchObject({ status: 'running', attempt: 1 });
    });

    it('and whose caller waited are crashed', async () => {
      const job = jobRow({ trigger_type: 'webhook', status: 'running', attempt: 1, started_at: NOW });
      await data.store.startJob(job, [], NOW + 60_000);
      await data.store.takeBackStrays({ held: [], startedBefore: NOW + 1, now: NOW + 5 });
      expect(await data.store.getJob(job.id)).toMatchObject({ status: 'crashed', finished_at: NOW + 5 });
    });
  });

  describe('the keys that data is sealed with', () => {
    const data = freshStore(open);
    const [one, two] = ['one', 'two'].map((id) => ({ id, check_value: `check ${id}` }));
    if (one === undefined || two === undefined) throw new Error('There are two.');

    it('are those of who came first, and whoever comes then must have them', async () => {
      const other = await data.another();
      const admitted = await Promise.all([data.store.admitKeys([one], NOW), other.admitKeys([one], NOW)]);
      expect(admitted.map(({ lacking }) => lacking)).toEqual([[], []]);
      expect(admitted.map(({ first }) => first).toSorted()).toEqual([false, true]);
      expect(await other.admitKeys([two], NOW)).toEqual({ lacking: ['one'], first: false });
      const changed = { ...one, check_value: 'of other bytes' };
      expect(await other.admitKeys([changed], NOW)).toEqual({ lacking: ['one'], first: false });
      expect(await other.admitKeys([two, one], NOW)).toEqual({ lacking: [], first: false });
      expect(await data.store.admitKeys([one], NOW)).toEqual({ lacking: ['two'], first: false });
    });

    it('may also be known from secrets', async () => {
      const loaded = await data.store.deploy(deployWrite());
      const bytes = new Uint8Array(12);
      await data.store.putSecret({
        project_id: loaded?.project.id ?? '',
        key: 'S',
        version: 1,
        key_id: 'old',
        iv: bytes,
        tag: bytes,
        ciphertext: bytes,
        set_at: NOW,
        set_by: 'me',
      });
      expect(await data.store.admitKeys([one], NOW)).toEqual({ lacking: ['old'], first: false });
      const old = { id: 'old', check_value: 'x' };
      expect(await data.store.admitKeys([one, old], NOW)).toEqual({ lacking: [], first: false });
    });
  });

  describe('connections that were begun', () => {
    const data = freshStore(open);
    const begun = (id: string, expires_at: number) => ({ id, sealed: `sealed ${id}`, expires_at });

    it('are taken once, by any process', async () => {
      const other = await data.another();
      await data.store.putBegun(begun('a', NOW), 0, 10);
      const taken = await Promise.all([data.store.takeBegun('a'), other.takeBegun('a')]);
      expect(taken.filter((each) => each !== undefined)).toEqual([begun('a', NOW)]);
    });

    it('are forgotten when their time is over, and when too many came after them', async () => {
      await data.store.putBegun(begun('old', NOW), 0, 10);
      for (const n of [1, 2, 3]) await data.store.putBegun(begun(`${n}`, NOW + n), NOW, 2);
      const left = await Promise.all(['old', '1', '2', '3'].map((id) => data.store.takeBegun(id)));
      expect(left.map((each) => each?.id)).toEqual([undefined, undefined, '2', '3']);
    });
  });
}
