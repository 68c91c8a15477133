import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TimedTest } from '../../support/timed.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MB = 1024 ** 2;

let test: TimedTest;
beforeEach(() => {
  test = new TimedTest();
});
afterEach(() => test.close());

const sorted = (numbers: readonly unknown[]) => numbers.map(Number).toSorted((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a db trigger on a time', () => {
  it('fires once for each record whose time has come, with those that are due together in one job', async () => {
    await test.deploy({ DUE: {} });
    await test.start();
    await test.make(
      { n: 1, at: test.at(MINUTE) },
      { n: 2, at: test.at(90_000) },
      { n: 3, at: test.at(HOUR) },
      { n: 4 },
    );
    await test.pass();
    expect(await test.fired()).toEqual([{ trigger: 'DUE', given: [1, 2] }]);
    await test.pass();
    await test.pass(HOUR);
    expect(await test.given('DUE')).toEqual([1, 2, 3]);
  });

  it('counts before and after from a time or a day', async () => {
    await test.deploy({
      AFTER: { delay: HOUR },
      BEFORE: { delay: HOUR, direction: 'before' },
      DAY: { field: 'day', delay: 2 * HOUR },
      DAY_BEFORE: { field: 'day', delay: DAY, direction: 'before' },
    });
    await test.start();
    // The clock starts at midnight.
    const tomorrow = test.at(DAY).slice(0, 10);
    await test.make(
      { n: 1, at: test.at(2 * HOUR) },
      { n: 2, day: tomorrow },
      { n: 3, day: test.at(2 * DAY).slice(0, 10) },
    );
    await test.pass(HOUR - 5000);
    expect(await test.fired()).toEqual([]);
    await test.pass(2 * MINUTE);
    expect(await test.fired()).toEqual([{ trigger: 'BEFORE', given: [1] }]);
    await test.pass(2 * HOUR);
    expect(await test.given('AFTER')).toEqual([1]);
    await test.pass(22 * HOUR);
    expect(await test.given('DAY_BEFORE')).toEqual([3]);
    expect(await test.given('DAY')).toEqual([]);
    await test.pass(HOUR);
    expect(await test.given('DAY')).toEqual([2]);
  });

  it('counts from when a record was made or written last', async () => {
    await test.deploy({ MADE: { field: 'create_date' }, QUIET: { field: 'write_date', delay: HOUR } });
    await test.start();
    const [id = 0] = await test.make({ n: 1 }, { n: 2 });
    await test.pass();
    expect(await test.given('MADE')).toEqual([1, 2]);
    await test.write(id, { n: 1 });
    await test.pass(HOUR - MINUTE);
    expect(await test.given('QUIET')).toEqual([2]);
    await test.pass();
    expect(await test.given('QUIET')).toEqual([2, 1]);
    expect(await test.given('MADE')).toEqual([1, 2]);
  });

  it('sees what was committed a moment after the time that it says', async () => {
    await test.deploy({ MADE: { field: 'create_date' } });
    await test.start();
    await test.make({ n: 1 });
    await test.pass();
    const now = test.clock.now();
    await test.store.commitRecords({
      at: now - 2000,
      user: '{"id":null,"name":"late"}',
      changes: [{ model: 'x.timed', id: 1000, expected: null, values: { n: 2 }, files: new Map() }],
      learned: new Map(),
      jobs: [],
      logs: [],
      most_bytes: MB,
    });
    await test.pass();
    expect(await test.given('MADE')).toEqual([1, 2]);
  });

  it('fires again for a new time, and for those only that fit its domain', async () => {
    await test.deploy({ DUE: { apply_on: [['n', '<', 10]] } });
    await test.start();
    const [id = 0] = await test.make({ n: 1, at: test.at(MINUTE) }, { n: 11, at: test.at(MINUTE) });
    await test.pass();
    await test.write(id, { n: 2, at: test.at(MINUTE) });
    await test.pass();
    expect(await test.given('DUE')).toEqual([1, 2]);
  });

  it('makes up for what fell due while the server was away, once', async () => {
    await test.deploy({ DUE: {} });
    await test.start();
    await test.make(...upTo(10).map((n) => ({ n, at: test.at((n + 1) * HOUR) })));
    await test.pass(2 * HOUR + 10_000);
    await test.stop();
    test.clock.advance(4 * HOUR);
    await test.restart();
    await test.pass();
    expect(await test.given('DUE')).toEqual([0, 1, 2, 3, 4, 5]);
    for (let round = 0; round < 4; round += 1) {
      await test.restart();
      await test.pass(HOUR);
    }
    expect(await test.given('DUE')).toEqual(upTo(10));
  });

  it('leaves out what fell due before it was there, or while it was switched off', async () => {
    await test.deploy({});
    await test.start();
    await test.make(...upTo(4).map((n) => ({ n, at: test.at(n * HOUR + MINUTE) })));
    await test.pass(30 * MINUTE);
    await test.deploy({ DUE: {} });
    await test.pass(HOUR);
    expect(await test.given('DUE')).toEqual([1]);
    await test.deploy({ DUE: { active: false } });
    await test.pass(HOUR);
    await test.deploy({ DUE: {} });
    await test.pass(HOUR);
    expect(await test.given('DUE')).toEqual([1, 3]);
  });

  it('begins anew with another rule, and goes on with another domain', async () => {
    await test.deploy({ DUE: { delay: HOUR } });
    await test.start();
    await test.make({ n: 1, at: test.at(MINUTE) }, { n: 2, at: test.at(HOUR) });
    await test.pass(30 * MINUTE);
    await test.deploy({ DUE: { delay: HOUR, apply_on: [['n', '>', 0]] } });
    await test.pass(HOUR);
    expect(await test.given('DUE')).toEqual([1]);
    await test.deploy({ DUE: { delay: MINUTE } });
    await test.pass(2 * HOUR);
    expect(await test.given('DUE')).toEqual([1]);
  });

  it.each([
    ['one after the other', (n: number) => MINUTE + n],
    ['at the very same moment', () => MINUTE],
  ])('takes more than 2,000 that are due %s', async (_how, at) => {
    await test.deploy({ DUE: {} });
    await test.start();
    await test.make(...upTo(5000).map((n) => ({ n, at: test.at(at(n)) })));
    await test.pass();
    const jobs = await test.fired();
    expect(jobs.every(({ given }) => given.length <= 1000)).toBe(true);
    expect(sorted(await test.given('DUE'))).toEqual(upTo(5000));
    await test.pass();
    expect(await test.fired()).toHaveLength(jobs.length);
  });

  it('goes on between two of one moment after a restart', async () => {
    await test.deploy({ DUE: {} });
    const at = test.at(MINUTE);
    await test.start();
    await test.make(...upTo(3000).map((n) => ({ n, at })));
    const { store } = test;
    const take = store.takeTimed;
    // The server ends after what it took first.
    store.takeTimed = async (write) => {
      const taken = await take(write);
      store.takeTimed = () => Promise.reject(new Error('The server has ended.'));
      return taken;
    };
    await test.pass(3 * MINUTE);
    expect(await test.given('DUE')).toHaveLength(2000);
    await test.restart();
    await test.pass();
    expect(sorted(await test.given('DUE'))).toEqual(upTo(3000));
  });

  it('takes large records in parts that can be queued', async () => {
    await test.deploy({ DUE: {} });
    await test.start();
    const text = 'x'.repeat(700_000);
    for (let n = 0; n < 12; n += 1) await test.make({ n, at: test.at(MINUTE), text });
    await test.pass();
    expect(await test.given('DUE')).toEqual(upTo(12));
    expect(await test.lines()).toEqual([]);
  });

  it('whose domain cannot be used any more says so once, and others go on', async () => {
    await test.deploy({ DUE: {}, BROKEN: { apply_on: [['at', '>', 'soon']] } });
    await test.start();
    await test.make({ n: 1, at: test.at(MINUTE) });
    for (let round = 0; round < 3; round += 1) await test.pass();
    expect(await test.given('DUE')).toEqual([1]);
    expect(await test.lines()).toEqual([
      expect.stringContaining('The trigger cannot look for records whose time has come: '),
    ]);
  });

  it('takes each time once when two look at one store', async () => {
    await test.deploy({ DUE: {} });
    await test.start();
    await test.start();
    await test.make(...upTo(100).map((n) => ({ n, at: test.at((n + 1) * MINUTE) })));
    for (let round = 0; round < 60; round += 1) await test.pass();
    expect(sorted(await test.given('DUE'))).toEqual(upTo(100));
    expect(test.reports).toEqual([]);
  });
});
