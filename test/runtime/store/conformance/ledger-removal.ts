import { describe, expect, it } from 'vitest';
import type { LedgerWrite } from '../../../../runtime/store/ledger-store.ts';
import { HEX_KEY } from '../../../support/ledger.ts';
import { ledgerWrite, MID_MONTH, outcomeOf } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);
const HOUR = 3_600_000;

export function describeLedgerRemoval(open: OpenStore): void {
  describe('removing old rows of the ledger', () => {
    const data = freshStore(open);

    const write = (...rows: readonly Partial<LedgerWrite>[]) =>
      data.store.appendLedger(rows.map(ledgerWrite));
    const remove = (before: number, project = 'demo', after: string | null = null, limit = 100) =>
      data.store.deleteOldLedger({ project, before, after, limit });
    const verify = () => data.store.verifyLedger({}, [HEX_KEY]);
    const ids = async () => (await data.store.listLedger({}, { limit: 1000 })).items.map(({ id }) => id);

    it('takes those of one project from before a time, oldest first, a few at a time', async () => {
      await write(...[3, 1, 2, 9].map((n) => ({ id: `${n}`, at: MID_MONTH + n })), {
        id: 'o',
        project: 'other',
      });
      const first = await remove(MID_MONTH + 5, 'demo', null, 2);
      expect(first).toEqual({ deleted: 2, kept: 0, next: expect.any(String) });
      expect(await ids()).toEqual(['9', '3', 'o']);
      expect(await remove(MID_MONTH + 5, 'demo', first.next, 2)).toEqual({ deleted: 1, kept: 0, next: null });
      expect(await ids()).toEqual(['9', 'o']);
      expect(await remove(MID_MONTH + 5)).toEqual({ deleted: 0, kept: 0, next: null });
      expect(await remove(-HOUR)).toEqual({ deleted: 0, kept: 0, next: null });
      expect(await verify()).toMatchObject({ ok: true, rows: 2, removed: 3 });
    });

    it('takes outcomes with their rows, also those of the next month', async () => {
      const row = ledgerWrite({ at: NEXT_MONTH - 1 });
      await data.store.appendLedger([
        row,
        ledgerWrite({ at: NEXT_MONTH }),
        outcomeOf(row.id, { at: NEXT_MONTH }),
      ]);
      expect(await remove(NEXT_MONTH)).toEqual({ deleted: 1, kept: 0, next: null });
      expect(await verify()).toMatchObject({ ok: true, rows: 1, removed: 2 });
    });

    it('leaves chains whole whose projects take turns, over months and starts', async () => {
      const rows = (at: number) =>
        Array.from({ length: 30 }, (_, n) => ({ at: at + n, project: `p${n % 3}` }));
      await write(...rows(MID_MONTH), ...rows(NEXT_MONTH));
      const store = await data.reopen();
      await store.appendLedger(rows(NEXT_MONTH).map(ledgerWrite));
      expect(await remove(NEXT_MONTH + 5, 'p0', null, 7)).toMatchObject({ deleted: 7 });
      expect(await verify()).toMatchObject({ ok: true, rows: 83, removed: 7 });
      await remove(NEXT_MONTH + 100, 'p1');
      expect(await verify()).toMatchObject({ ok: true, rows: 53, removed: 37 });
      await remove(NEXT_MONTH + 100, 'p0');
      await remove(NEXT_MONTH + 100, 'p2');
      await data.store.dropEmptyMonths(NEXT_MONTH);
      expect(await verify()).toMatchObject({ ok: true, rows: 0, chains: 2, removed: 90 });
    });

    it('goes on with a chain whose last rows are gone, and with the next chain after all are', async () => {
      await write({}, {});
      await remove(NEXT_MONTH);
      await data.store.dropEmptyMonths(NEXT_MONTH + HOUR);
      await write({});
      expect(await verify()).toMatchObject({ ok: true, rows: 1, removed: 2 });
      await remove(NEXT_MONTH);
      const store = await data.reopen();
      await store.appendLedger([ledgerWrite({ at: NEXT_MONTH })]);
      expect(await store.verifyLedger({}, [HEX_KEY])).toMatchObject({
        ok: true,
        rows: 1,
        removed: 3,
        chains: 2,
      });
    });

    it('says in a checkpoint up to which row', async () => {
      await write({}, {}, { at: NEXT_MONTH });
      await data.store.dropEmptyMonths(NEXT_MONTH);
      const before = (await verify()).checkpoints;
      await remove(NEXT_MONTH);
      await data.store.dropEmptyMonths(NEXT_MONTH);
      await data.store.dropEmptyMonths(NEXT_MONTH);
      expect((await verify()).checkpoints).toBe(before + 1);
    });

    it('undoes all of it when its transaction fails', async () => {
      await write({}, {}, {});
      const removed = remove(NEXT_MONTH);
      const bad = data.store.appendLedger([ledgerWrite({ at: Number.NaN })]);
      await expect(bad).rejects.toThrow();
      expect(await removed).toMatchObject({ deleted: 3 });
      await write({});
      expect(await verify()).toMatchObject({ ok: true, rows: 1, removed: 3 });
    });

    it('knows the projects that have rows', async () => {
      await write({ project: 'b' }, { project: 'a' }, { project: 'c', at: NEXT_MONTH });
      expect(await data.store.listKeptProjects(null, 9)).toEqual(['a', 'b', 'c']);
    });
  });
}
