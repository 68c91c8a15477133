import { expect, it } from 'vitest';
import { openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { storeError } from '../../../../../runtime/store/postgres/database/store-errors.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import { endsInDoubt } from '../../../../../runtime/store/postgres/queue/ends-in-doubt.ts';
import { claimOne } from '../../../../support/free-places.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';
import { jobRow, MID_MONTH } from '../../../../support/rows.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const lost = () => storeError(new Error('Connection terminated unexpectedly'));

it('tells an end that had counted before its answer was lost from one that did not count', async () => {
  await using data = await testDatabase();
  const store = await openPostgresStore({ url: data.url, chainKey: CHAIN_KEY });
  const database = openDatabase({ url: data.url });
  const doubts = endsInDoubt(database);
  for (const _ of [1, 2]) await store.enqueueJob(jobRow());
  const [own, foreign] = [await claimOne(store, MID_MONTH), await claimOne(store, MID_MONTH)];
  if (own === undefined || foreign === undefined) throw new Error('Nothing was claimed.');
  const done = { status: 'done', overall: 'done', finished_at: MID_MONTH + 9 } as const;
  const finish = (job: typeof own) => store.finishJob({ job: { ...job, ...done }, logs: [], ledger: [] });

  const answerLost = doubts.around({ ...own, ...done }, async () => {
    await finish(own);
    throw lost();
  });
  await expect(answerLost).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(await doubts.around({ ...own, ...done }, () => finish(own))).toBe(true);
  expect(await doubts.around({ ...own, ...done }, () => finish(own))).toBe(false);

  const other = { ...foreign, ...done, started_at: MID_MONTH + 5 };
  const takenOver = doubts.around(other, async () => {
    await finish(foreign);
    throw lost();
  });
  await expect(takenOver).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(await doubts.around(other, () => finish(foreign))).toBe(false);
  await database.close();
  await store.close();
});
