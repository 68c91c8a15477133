import { describe, expect, it } from 'vitest';
import { HEX_KEY } from '../../../support/ledger.ts';
import { ledgerWrite, outcomeOf } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

export function describeLedgerChecks(open: OpenStore): void {
  describe('verification of the ledger', () => {
    const data = freshStore(open);

    const write = (count: number) =>
      data.store.appendLedger(Array.from({ length: count }, () => ledgerWrite()));
    const verify = (store = data.store) => store.verifyLedger({}, [HEX_KEY]);

    it('finds an empty ledger right', async () => {
      expect(await verify()).toMatchObject({ ok: true, rows: 0, chains: 0, checkpoints: 0, newest: null });
    });

    it('finds rows of several starts right, each with a checkpoint at its beginning and its end', async () => {
      const row = ledgerWrite();
      await data.store.appendLedger([row, outcomeOf(row.id)]);
      const store = await data.reopen();
      await store.appendLedger([ledgerWrite()]);
      const last = await data.reopen();
      expect(await verify(last)).toMatchObject({ ok: true, rows: 3, chains: 2, checkpoints: 4 });
    });

    it('has a checkpoint every thousand rows', async () => {
      await write(1500);
      await write(1500);
      expect(await verify()).toMatchObject({ ok: true, rows: 3000, checkpoints: 4 });
    });

    it('has one when it is asked for and rows have come since the last', async () => {
      await data.store.checkpointLedger();
      await write(2);
      await data.store.checkpointLedger();
      await data.store.checkpointLedger();
      expect(await verify()).toMatchObject({ ok: true, checkpoints: 2, newest: { number: 2 } });
    });

    it('has none of a write that was rejected', async () => {
      await expect(
        data.store.appendLedger([ledgerWrite(), ledgerWrite({ at: Number.NaN })]),
      ).rejects.toThrow();
      expect(await verify()).toMatchObject({ ok: true, rows: 0, checkpoints: 0 });
      await write(1);
      expect(await verify()).toMatchObject({ ok: true, rows: 1, checkpoints: 1 });
    });

    it('finds nothing right with another key', async () => {
      await write(2);
      const report = await data.store.verifyLedger({}, ['08'.repeat(32)]);
      expect(report).toMatchObject({ ok: false, faults: { changed: 3 } });
    });
  });
}
