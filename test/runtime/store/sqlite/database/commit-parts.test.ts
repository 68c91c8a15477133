import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Commits, groupCommit } from '../../../../../runtime/store/sqlite/database/group-commit.ts';

let db: Database.Database;
let commits: Commits;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE t (n INTEGER UNIQUE)');
  commits = groupCommit(db);
});
afterEach(() => db.close());

const insert = (n: number) => db.prepare('INSERT INTO t VALUES (?)').run(n);
const rows = () => db.prepare('SELECT n FROM t ORDER BY n').pluck().all();
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Inserts these one by one, a turn for each. */
function* oneByOne(...numbers: readonly number[]): Generator<void, void> {
  for (const n of numbers) {
    insert(n);
    yield;
  }
}

describe('work in parts', () => {
  it('is committed as a whole, with turns of others in between', async () => {
    let isOver = false;
    const work = commits
      .writeInParts(() => oneByOne(1, 2, 3, 4))
      .then(() => {
        isOver = true;
      });
    let turns = 0;
    for (; !isOver; turns += 1) await turn();
    await work;
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(rows()).toEqual([1, 2, 3, 4]);
  });

  it('leaves nothing when a part of it fails, and others go on', async () => {
    insert(3);
    const failing = commits.writeInParts(() => oneByOne(1, 2, 3, 4));
    const next = commits.writeInParts(() => oneByOne(7));
    await expect(failing).rejects.toThrow('UNIQUE');
    await next;
    expect(rows()).toEqual([3, 7]);
  });

  it('has other writes wait for its end, which then come before the next of its kind', async () => {
    const order: string[] = [];
    const note = (what: string) => () => order.push(what);
    const first = commits.writeInParts(() => oneByOne(1, 2)).then(note('first'));
    const second = commits.writeInParts(() => oneByOne(3, 4)).then(note('second'));
    await turn();
    const other = commits.write(() => insert(9)).then(note('other'));
    await Promise.all([first, second, other]);
    expect(order).toEqual(['first', 'other', 'second']);
    expect(rows()).toEqual([1, 2, 3, 4, 9]);
  });

  it('is half done for those only who do not await that it is settled', async () => {
    const work = commits.writeInParts(() => oneByOne(1, 2, 3));
    await turn();
    await turn();
    expect(rows().length).toBeGreaterThan(0);
    expect(rows().length).toBeLessThan(3);
    await commits.settled();
    expect(rows()).toEqual([1, 2, 3]);
    await work;
  });

  it('is finished when the store closes, and refused afterwards', async () => {
    const begun = commits.writeInParts(() => oneByOne(1, 2, 3));
    const waiting = commits.writeInParts(() => oneByOne(4));
    await turn();
    const other = commits.write(() => insert(9));
    commits.close();
    await Promise.all([begun, waiting, other]);
    expect(rows()).toEqual([1, 2, 3, 4, 9]);
    await expect(commits.writeInParts(() => oneByOne(5))).rejects.toMatchObject({ code: 'store_closed' });
  });
});
