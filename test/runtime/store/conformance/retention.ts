import { describe, expect, it } from 'vitest';
import type { LogFilter } from '../../../../runtime/store/log-store.ts';
import { doneJob, jobRow, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NEXT_MONTH = Date.UTC(2026, 11, 1);

export function describeRetention(open: OpenStore): void {
  describe('deleting what is old', () => {
    const data = freshStore(open);

    const write = (...lines: readonly Parameters<typeof logWrite>[0][]) =>
      data.store.appendLogs(lines.map(logWrite));
    const messages = async (filter: LogFilter = {}) =>
      (await data.store.listLogs(filter, { limit: 100 })).items.map(({ message }) => message);
    const counts = async () =>
      (await data.store.groupLogs({}, 'hour')).groups.map(({ key, count }) => [key?.slice(5, 13), count]);
    const finish = (...jobs: readonly ReturnType<typeof doneJob>[]) =>
      Promise.all(jobs.map((job) => data.store.finishJob({ job, logs: [], ledger: [] })));
    const jobIds = async () => (await data.store.listJobs({}, { limit: 100 })).items.map(({ id }) => id);
    const deleteJobs = (before: number, after: string | null = null, limit = 100) =>
      data.store.deleteOldJobs({ project: 'demo', before, after, limit });

    it('takes the oldest lines of a project first, a few at a time, and counts them off', async () => {
      const times = [3, 1, 2, 4].map((n) => ({ at: MID_MONTH + n, message: String(n) }));
      await write(...times, { at: MID_MONTH, project: 'other', message: 'other' }, { at: MID_MONTH + HOUR });
      const old = { project: 'demo', before: MID_MONTH + HOUR, limit: 3 };
      expect(await data.store.deleteOldLogs(old)).toBe(3);
      expect(await messages()).toEqual(['hello', '4', 'other']);
      expect(await counts()).toEqual([
        ['11-15T13', 1],
        ['11-15T12', 2],
      ]);
      expect(await data.store.deleteOldLogs(old)).toBe(1);
      expect(await data.store.deleteOldLogs(old)).toBe(0);
      expect(await counts()).toEqual([
        ['11-15T13', 1],
        ['11-15T12', 1],
      ]);
      expect(await messages()).toEqual(['hello', 'other']);
    });

    it('takes whole hours of lines only, over months, of all projects when none is named', async () => {
      const at = NEXT_MONTH - 1;
      await write({ at }, { at: NEXT_MONTH, project: 'other' }, { at: NEXT_MONTH + HOUR, message: 'kept' });
      const before = NEXT_MONTH + 2 * HOUR - 1;
      expect(await data.store.deleteOldLogs({ before, limit: 100 })).toBe(2);
      expect(await messages()).toEqual(['kept']);
      expect(await data.store.deleteOldLogs({ before: -DAY, limit: 100 })).toBe(0);
    });

    it('knows how much all lines are, also after deleting and starting again', async () => {
      expect(await data.store.sizeOfLogs()).toEqual({ bytes: 0, oldest: null });
      await write({ message: 'ß' }, { message: 'ab', at: MID_MONTH + HOUR }, { at: NEXT_MONTH });
      expect(await data.store.sizeOfLogs()).toEqual({ bytes: 909, oldest: MID_MONTH });
      await data.store.deleteOldLogs({ before: MID_MONTH + HOUR, limit: 100 });
      const store = await data.reopen();
      expect(await store.sizeOfLogs()).toEqual({ bytes: 607, oldest: MID_MONTH + HOUR });
      await Promise.all([write({ at: Number.NaN }).catch(() => {}), write({ message: '' })]);
      expect(await store.sizeOfLogs()).toEqual({ bytes: 907, oldest: MID_MONTH });
    });

    it('numbers lines on when all lines are gone, also over a restart', async () => {
      await write({}, {});
      await data.store.deleteOldLogs({ before: NEXT_MONTH, limit: 100 });
      await data.store.dropEmptyMonths(NEXT_MONTH);
      const store = await data.reopen();
      await store.appendLogs([logWrite()]);
      expect((await store.listLogs({}, { limit: 9 })).items).toMatchObject([{ id: 3 }]);
    });

    it('drops empty months before this one, and they come back when they are written to', async () => {
      await write({}, { at: NEXT_MONTH });
      await finish(doneJob());
      await data.store.deleteOldLogs({ before: NEXT_MONTH + DAY, limit: 100 });
      await deleteJobs(NEXT_MONTH);
      await data.store.dropEmptyMonths(NEXT_MONTH + DAY);
      await data.store.dropEmptyMonths(NEXT_MONTH + DAY);
      const job = doneJob();
      await finish(job);
      await write({ message: 'again' });
      expect(await messages()).toEqual(['again']);
      expect(await counts()).toEqual([['11-15T12', 1]]);
      expect(await jobIds()).toEqual([job.id]);
    });

    it('takes finished jobs by when they ended, and looks at a few at a time', async () => {
      const old = [1, 2, 3].map((n) => doneJob({ created_at: MID_MONTH + n }));
      const late = { ...doneJob({ created_at: MID_MONTH }), finished_at: MID_MONTH + DAY };
      const queued = jobRow();
      const other = doneJob({ project: 'other' });
      await finish(...old, late, other);
      await data.store.enqueueJob(queued);
      const first = await deleteJobs(MID_MONTH + HOUR, null, 2);
      expect(first).toEqual({ deleted: 1, next: old[0]?.id });
      expect(await deleteJobs(MID_MONTH + HOUR, first.next, 5)).toEqual({ deleted: 2, next: null });
      expect((await jobIds()).toSorted()).toEqual([late.id, queued.id, other.id].toSorted());
      expect(await deleteJobs(MID_MONTH + 2 * DAY)).toEqual({ deleted: 1, next: null });
      expect(await deleteJobs(-DAY)).toEqual({ deleted: 0, next: null });
    });

    it('goes on in the next month where it stopped in the one before', async () => {
      const jobs = [-2, -1, 0, 1].map((n) => doneJob({ created_at: NEXT_MONTH + n }));
      await finish(...jobs);
      const first = await deleteJobs(NEXT_MONTH + DAY, null, 3);
      expect(first).toEqual({ deleted: 3, next: jobs[2]?.id });
      expect(await deleteJobs(NEXT_MONTH + DAY, first.next, 3)).toEqual({ deleted: 1, next: null });
    });

    it('keeps a job while a sub-job of it has not ended', async () => {
      const parent = doneJob();
      const child = jobRow({ parent_id: parent.id, depth: 1 });
      await data.store.finishJob({ job: parent, logs: [], ledger: [], subJobs: [child] });
      expect(await deleteJobs(NEXT_MONTH)).toEqual({ deleted: 0, next: null });
      const ended = {
        ...child,
        status: 'cancelled',
        overall: 'cancelled',
        finished_at: child.created_at,
      } as const;
      await data.store.finishQueuedJob({ job: ended, logs: [], ledger: [] });
      expect(await deleteJobs(NEXT_MONTH)).toEqual({ deleted: 2, next: null });
      expect(await jobIds()).toEqual([]);
    });

    it('knows whose rows there are, in order and page by page', async () => {
      await write(...['b', 'a', 'ｚ', '😀'].map((project) => ({ project })), {
        project: 'a',
        at: NEXT_MONTH,
      });
      await finish(doneJob({ project: 'c' }), doneJob({ project: 'a' }));
      expect(await data.store.listKeptProjects(null, 3)).toEqual(['a', 'b', 'c']);
      expect(await data.store.listKeptProjects('c', 3)).toEqual(['ｚ', '😀']);
      expect(await data.store.listKeptProjects('😀', 3)).toEqual([]);
    });

    it('gives back space until none is left to give, and keeps what is written', async () => {
      await write({ message: 'x'.repeat(500_000) }, { at: NEXT_MONTH, message: 'kept' });
      await data.store.deleteOldLogs({ before: NEXT_MONTH, limit: 100 });
      while ((await data.store.giveSpaceBack(400_000, 0)) > 0);
      await write({ message: 'after' });
      expect(await messages()).toEqual(['kept', 'after']);
    });

    it('is done by one of several processes at a time, and by each some time', async () => {
      const other = await data.another();
      const rows = 40;
      await write(...Array.from({ length: rows }, (_, n) => ({ at: MID_MONTH + n, message: 'x' })));
      const old = { before: MID_MONTH + HOUR, limit: 3 };
      let deleted = 0;
      while (deleted < rows) {
        const both = await Promise.all([data.store.deleteOldLogs(old), other.deleteOldLogs(old)]);
        deleted += both[0] + both[1];
      }
      expect(deleted).toBe(rows);
      expect(await messages()).toEqual([]);
      expect(await counts()).toEqual([]);
      expect(await other.sizeOfLogs()).toEqual({ bytes: 0, oldest: null });
    });
  });
}
