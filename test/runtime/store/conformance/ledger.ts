import { describe, expect, it } from 'vitest';
import { CHAIN_START } from '../../../../runtime/store/chain.ts';
import type { LedgerFilter } from '../../../../runtime/store/ledger-store.ts';
import { ledgerWrite, outcomeOf } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

export function describeLedger(open: OpenStore): void {
  describe('the ledger', () => {
    const data = freshStore(open);

    const all = async (filter: LedgerFilter = {}) =>
      (await data.store.listLedger(filter, { limit: 100 })).items;
    const idsOf = async (filter: LedgerFilter) => (await all(filter)).map(({ id }) => id);

    it('gives rows back whole, newest first, each linked to the one before', async () => {
      const writes = [
        ledgerWrite(),
        ledgerWrite({ kind: 'declared', method: null, url: null, excerpt: null }),
      ];
      await data.store.appendLedger(writes);
      const [second, first] = await all();
      const { of: _, ...shown } = writes[0] ?? ledgerWrite();
      expect(first).toEqual({
        ...shown,
        chain: expect.any(String),
        seq: 1,
        previous_hash: CHAIN_START,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(second).toMatchObject({
        id: writes[1]?.id,
        seq: 2,
        chain: first?.chain,
        previous_hash: first?.hash,
      });
    });

    it('takes no row whose time or duration is none, of which another hash would be made than is stored', async () => {
      for (const part of [{ at: Number.NaN }, { at: Infinity }, { duration_ms: Number.NaN }]) {
        const written = data.store.appendLedger([ledgerWrite(part)]);
        await expect(written).rejects.toMatchObject({ code: 'invalid_time' });
      }
      await data.store.appendLedger([ledgerWrite()]);
      expect(await all()).toMatchObject([{ seq: 1 }]);
    });

    it('joins an outcome into its row and does not list it', async () => {
      const [answered, failed, open_] = [ledgerWrite(), ledgerWrite(), ledgerWrite()];
      await data.store.appendLedger([answered, failed, open_]);
      await data.store.appendLedger([
        outcomeOf(answered.id),
        outcomeOf(failed.id, { status: null, error: 'The connection was refused.', received_bytes: null }),
      ]);
      const rows = await all();
      expect(
        rows.map(({ status, error, received_bytes, duration_ms }) => [
          status,
          error,
          received_bytes,
          duration_ms,
        ]),
      ).toEqual([
        [null, null, null, null],
        [null, 'The connection was refused.', null, 5.5],
        [200, null, 34, 5.5],
      ]);
      expect(rows.map(({ seq }) => seq)).toEqual([3, 2, 1]);
    });

    it('joins an outcome of the next month', async () => {
      const row = ledgerWrite({ at: NEXT_MONTH - 1 });
      await data.store.appendLedger([row]);
      await data.store.appendLedger([outcomeOf(row.id, { at: NEXT_MONTH + 1 })]);
      expect(await all()).toMatchObject([{ id: row.id, status: 200 }]);
    });

    it('leaves no gap in the chain when a write is rejected', async () => {
      const before = data.store.appendLedger([ledgerWrite()]);
      const bad = data.store.appendLedger([ledgerWrite(), ledgerWrite({ at: Number.NaN })]);
      const after = data.store.appendLedger([ledgerWrite()]);
      await expect(bad).rejects.toThrow();
      await Promise.all([before, after]);
      const [second, first] = await all();
      expect([first?.seq, second?.seq]).toEqual([1, 2]);
      expect(second?.previous_hash).toBe(first?.hash);
    });

    it('opens a chain of its own on each start', async () => {
      await data.store.appendLedger([ledgerWrite()]);
      const store = await data.reopen();
      await store.appendLedger([ledgerWrite()]);
      const [second, first] = (await store.listLedger({}, { limit: 9 })).items;
      expect(second).toMatchObject({ seq: 1, previous_hash: CHAIN_START });
      expect(second?.chain).not.toBe(first?.chain);
    });

    it('pages over month borders', async () => {
      const rows = [-2, -1, 0, 1, 2].map((n) => ledgerWrite({ at: NEXT_MONTH + n }));
      await data.store.appendLedger(rows);
      const pages = await pagesOf((after) => data.store.listLedger({}, { limit: 2, after }));
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat().map(({ id }) => id)).toEqual(rows.map(({ id }) => id).reverse());
    });

    it('lists by project, task, trigger, job, recipient and time', async () => {
      const row = ledgerWrite();
      const changed = {
        project: ledgerWrite({ project: 'other' }),
        task: ledgerWrite({ task: 'Another' }),
        trigger: ledgerWrite({ trigger: 'BYE' }),
        job: ledgerWrite({ job: 'j1' }),
        recipient: ledgerWrite({ recipient: 'files.example.org' }),
        late: ledgerWrite({ at: NEXT_MONTH }),
      };
      await data.store.appendLedger([row, ...Object.values(changed)]);
      expect(await idsOf({ project: 'other' })).toEqual([changed.project.id]);
      expect(await idsOf({ task: 'Another' })).toEqual([changed.task.id]);
      expect(await idsOf({ trigger: 'BYE' })).toEqual([changed.trigger.id]);
      expect(await idsOf({ job: 'j1' })).toEqual([changed.job.id]);
      expect(await idsOf({ recipient: 'files.example.org' })).toEqual([changed.recipient.id]);
      expect(await idsOf({ from: NEXT_MONTH })).toEqual([changed.late.id]);
      expect(await idsOf({ to: NEXT_MONTH })).toHaveLength(6);
    });

    it('lists by kind, method, refusal and text in recipient, url or excerpt', async () => {
      const row = ledgerWrite();
      const changed = {
        kind: ledgerWrite({ kind: 'declared', method: null, url: null, excerpt: 'Grüße' }),
        method: ledgerWrite({ method: 'PUT', url: 'https://api.example.org/ORDERS/7' }),
        blocked: ledgerWrite({ blocked: 'egress', recipient: 'evil.example.org' }),
      };
      await data.store.appendLedger([row, ...Object.values(changed)]);
      expect(await idsOf({ kind: 'declared' })).toEqual([changed.kind.id]);
      expect(await idsOf({ method: 'PUT' })).toEqual([changed.method.id]);
      expect(await idsOf({ blocked: true })).toEqual([changed.blocked.id]);
      expect(await idsOf({ blocked: false, kind: 'request' })).toEqual([changed.method.id, row.id]);
      expect(await idsOf({ q: 'orders/7' })).toEqual([changed.method.id]);
      expect(await idsOf({ q: 'EVIL' })).toEqual([changed.blocked.id]);
      expect(await idsOf({ q: 'GRÜSSE' })).toEqual([changed.kind.id]);
      expect(await idsOf({ q: '%' })).toEqual([]);
    });
  });
}
