import { describe, expect, it } from 'vitest';
import type { LogFilter, LogRow } from '../../../../runtime/store/log-store.ts';
import { doneJob, jobRow, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

export function describeLogs(open: OpenStore): void {
  describe('logs', () => {
    const data = freshStore(open);

    const write = (...lines: readonly Parameters<typeof logWrite>[0][]) =>
      data.store.appendLogs(lines.map(logWrite));
    const messages = async (filter: LogFilter) =>
      (await data.store.listLogs(filter, { limit: 100 })).items.map(({ message }) => message);

    it('gives lines back whole, newest first, without the project id', async () => {
      await write(
        { message: 'one' },
        { message: 'two', level: 'critical', task: null, trigger: null, job: 'j' },
      );
      const { items, next } = await data.store.listLogs({}, { limit: 9 });
      expect(next).toBeNull();
      const { project_id, ...shown } = logWrite();
      expect(items).toEqual([
        { ...shown, id: 2, message: 'two', level: 'critical', task: null, trigger: null, job: 'j' },
        { ...shown, id: 1, message: 'one' },
      ]);
      expect(items[0]).not.toHaveProperty('project_id', project_id);
    });

    it('pages over month borders and misses no line', async () => {
      // A line of the old month that was committed after one of the new month.
      const times = [-2, -1, 0, -3, 1, 2].map((n) => NEXT_MONTH + n);
      await write(...times.map((at) => ({ at, message: String(at - NEXT_MONTH) })));
      const pages = await pagesOf((after) => data.store.listLogs({}, { limit: 2, after }));
      expect(pages.map((page) => page.map(({ message }) => message))).toEqual([
        ['2', '1'],
        ['0', '-1'],
        ['-2', '-3'],
      ]);
    });

    it('numbers lines without going back, also over a restart', async () => {
      await write({ at: NEXT_MONTH }, { at: MID_MONTH });
      const store = await data.reopen();
      await store.appendLogs([logWrite({ at: MID_MONTH })]);
      const ids = (await store.listLogs({}, { limit: 9 })).items.map(({ id }) => id);
      expect(ids.toSorted()).toEqual([1, 2, 3]);
    });

    it('lists by project, task, trigger and job', async () => {
      await write(
        { message: 'a' },
        { message: 'b', project: 'other' },
        { message: 'c', task: 'Another' },
        { message: 'd', trigger: 'BYE' },
        { message: 'e', job: 'j1' },
      );
      expect(await messages({ project: 'other' })).toEqual(['b']);
      expect(await messages({ task: 'Another' })).toEqual(['c']);
      expect(await messages({ trigger: 'BYE', project: 'demo' })).toEqual(['d']);
      expect(await messages({ job: 'j1' })).toEqual(['e']);
      expect(await messages({ job: 'j2' })).toEqual([]);
    });

    it('lists one level, or a level and the worse ones', async () => {
      const levels = ['debug', 'info', 'warning', 'error', 'critical'] as const;
      await write(...levels.map((level) => ({ level, message: level })));
      expect(await messages({ level: 'warning' })).toEqual(['warning']);
      expect(await messages({ min_level: 'error' })).toEqual(['critical', 'error']);
    });

    it('lists from a time on and before another', async () => {
      await write(...[1, 2, 3, 4].map((n) => ({ at: MID_MONTH + n, message: String(n) })));
      expect(await messages({ from: MID_MONTH + 2, to: MID_MONTH + 4 })).toEqual(['3', '2']);
    });

    it('finds text whatever its case, in every script, and takes wildcards literally', async () => {
      await write({ message: 'Привет, ÉCOLE' }, { message: '100% of a_b' }, { message: '100 of acb' });
      expect(await messages({ q: 'ПРИВЕТ' })).toEqual(['Привет, ÉCOLE']);
      expect(await messages({ q: 'école' })).toEqual(['Привет, ÉCOLE']);
      expect(await messages({ q: '0%' })).toEqual(['100% of a_b']);
      expect(await messages({ q: 'A_B' })).toEqual(['100% of a_b']);
      expect(await messages({ q: "'; DROP TABLE logs" })).toEqual([]);
    });

    it('finds text of ASCII in every message that has it when all is upper case', async () => {
      const found = ['Strasse', 'straße', 'STRASSE', 'ﬁnal straßen'];
      await write(...[...found, 'stra%e', 'stra_se', 'a\\b'].map((message) => ({ message })));
      expect((await messages({ q: 'STRASSE' })).toReversed()).toEqual(found);
      expect(await messages({ q: 'fINal' })).toEqual(['ﬁnal straßen']);
      expect(await messages({ q: '\\' })).toEqual(['a\\b']);
      expect(await messages({ q: 'A%E' })).toEqual(['stra%e']);
      expect(await messages({ q: '' })).toHaveLength(7);
    });

    it('lists lines by what became of their job', async () => {
      const done = doneJob({ created_at: Date.UTC(2026, 9, 31) });
      const failed = doneJob({ status: 'failed', overall: 'failed' });
      const queued = jobRow();
      const of = (job: string, message: string) => logWrite({ job, message });
      await data.store.finishJob({ job: done, logs: [of(done.id, 'of done')], ledger: [] });
      await data.store.finishJob({ job: failed, logs: [of(failed.id, 'of failed')], ledger: [] });
      await data.store.enqueueJob(queued);
      await data.store.appendLogs([of(queued.id, 'of queued'), of('gone', 'of none'), logWrite()]);
      expect(await messages({ status: 'done' })).toEqual(['of done']);
      expect(await messages({ status: 'failed', project: 'demo' })).toEqual(['of failed']);
      expect(await messages({ status: 'queued' })).toEqual(['of queued']);
      expect(await messages({ status: 'crashed' })).toEqual([]);
    });

    it('refuses a cursor that it did not give', async () => {
      const listed = data.store.listLogs({}, { limit: 5, after: '2026_11.1; DROP' });
      await expect(listed).rejects.toMatchObject({ code: 'invalid_cursor', status: 400 });
    });

    it('stores text that no database can hold as replacement characters', async () => {
      await write({ message: 'a\0b\ud800c😀' });
      expect(await messages({})).toEqual(['a\ufffdb\ufffdc😀']);
    });

    it('tells watchers each commit once, with stored lines in order', async () => {
      const told: (readonly LogRow[])[] = [];
      const end = data.store.watchLogs((lines) => told.push(lines));
      await Promise.all([write({ message: 'a' }, { message: 'b' }), write({ message: 'c' })]);
      end();
      await write({ message: 'd' });
      expect(told.flat().map(({ message }) => message)).toEqual(['a', 'b', 'c']);
      const stored = (await data.store.listLogs({}, { limit: 9 })).items;
      expect(stored.toReversed().slice(0, 3)).toEqual(told.flat());
    });

    it('does not tell watchers about a write that was rejected', async () => {
      const told: LogRow[] = [];
      data.store.watchLogs((lines) => told.push(...lines));
      const bad = write({ message: 'lost' }, { at: Number.NaN });
      const good = write({ message: 'kept' });
      await expect(bad).rejects.toThrow();
      await good;
      expect(told.map(({ message }) => message)).toEqual(['kept']);
      expect(await messages({})).toEqual(['kept']);
    });
  });
}
