import { describe, expect, it } from 'vitest';
import { logWrite } from '../../support/rows.ts';
import { freshStore } from './conformance/harness.ts';
import { openSqlite } from './conformance/open-sqlite.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

describe('the space of rows that were deleted from the file', () => {
  const data = freshStore(openSqlite());

  it('is given back in steps, but for what is to be spare', async () => {
    const message = 'x'.repeat(50_000);
    await data.store.appendLogs(Array.from({ length: 40 }, () => logWrite({ message })));
    await data.store.deleteOldLogs({ before: NEXT_MONTH, limit: 100 });
    const given: number[] = [];
    do given.push(await data.store.giveSpaceBack(400_000, 200_000));
    while (given.at(-1) !== 0);
    const all = given.reduce((sum, bytes) => sum + bytes, 0);
    expect(all).toBeGreaterThan(1_700_000);
    expect(Math.max(...given)).toBeLessThan(410_000);
    expect(await data.store.giveSpaceBack(1_000_000, 0)).toBeGreaterThan(190_000);
    expect(await data.store.giveSpaceBack(1_000_000, 0)).toBe(0);
  });
});
