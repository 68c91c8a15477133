import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../../runtime/store/store.ts';
import { deployWrite, MID_MONTH } from '../../../../support/rows.ts';
import { type OpenedStore, TEST_STORES } from '../../../../support/stores.ts';

const NOW = MID_MONTH;
const open = new Map(TEST_STORES).get('PostgreSQL');
if (open === undefined) throw new Error('There is no such store.');

let opened: OpenedStore;
let store: Store;
let project: string;
let count = 0;
const token = (id: string, expires_at: number) => ({
  id,
  project_id: project,
  sealed: `sealed ${id}`,
  expires_at,
});
const kept = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => store.getAccessToken(id)))).map((each) => each?.id);

beforeAll(async () => {
  opened = await open();
  store = opened.store;
});
afterAll(() => opened.close());
beforeEach(async () => {
  count += 1;
  project = (await store.deploy(deployWrite({ slug: `p${count}`, triggers: [] })))?.project.id ?? '';
});

describe('an errand', () => {
  it('is held by one of many who begin at once, until it ends', async () => {
    const holders = Array.from({ length: 10 }, (_, at) => `holder ${at}`);
    const held = await Promise.all(holders.map((holder) => store.holdErrand('a', holder, NOW, NOW + 100)));
    expect(held.filter(Boolean)).toHaveLength(1);
    const holder = holders[held.indexOf(true)] ?? '';
    await store.endErrand('a', 'somebody else');
    expect(await store.holdErrand('a', 'next', NOW, NOW + 100)).toBe(false);
    await store.endErrand('a', holder);
    expect(await store.holdErrand('a', 'next', NOW, NOW + 100)).toBe(true);
  });

  it('goes on for its holder, and to another one when its lease is over', async () => {
    expect(await store.holdErrand('b', 'first', NOW, NOW + 100)).toBe(true);
    expect(await store.holdErrand('b', 'first', NOW + 50, NOW + 150)).toBe(true);
    expect(await store.holdErrand('b', 'second', NOW + 149, NOW + 250)).toBe(false);
    expect(await store.holdErrand('b', 'second', NOW + 150, NOW + 250)).toBe(true);
    expect(await store.holdErrand('b', 'first', NOW + 151, NOW + 300)).toBe(false);
  });
});

describe('an access token', () => {
  it('takes the place of the one before, and is gone with its project', async () => {
    await store.putAccessToken(token('a', NOW + 1), NOW, 10);
    await store.putAccessToken({ ...token('a', NOW + 2), sealed: 'another' }, NOW, 10);
    expect(await store.getAccessToken('a')).toEqual({ ...token('a', NOW + 2), sealed: 'another' });
    await store.deleteProject(project);
    expect(await kept(['a'])).toEqual([undefined]);
    await store.putAccessToken(token('late', NOW + 1), NOW, 10);
    expect(await kept(['late'])).toEqual([undefined]);
  });

  it('is forgotten when its time is over, or too many of its project last longer', async () => {
    await store.putAccessToken(token('old', NOW), NOW - 1, 10);
    for (const n of [2, 1, 3]) await store.putAccessToken(token(`t${n}`, NOW + n), NOW, 2);
    expect(await kept(['old', 't1', 't2', 't3'])).toEqual([undefined, undefined, 't2', 't3']);
  });
});
