import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { News } from '../../../../../runtime/store/node-store.ts';
import { type Database, openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { type NewsLine, newsLine } from '../../../../../runtime/store/postgres/nodes/news.ts';
import { freePort } from '../../../../support/free-port.ts';
import { type CutProxy, cutProxy } from '../../../../support/postgres/cut-proxy.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { until } from '../../../../support/wait-for.ts';

const NOT_HEARD = expect.stringMatching(
  /^Other nodes are not heard: .+\. Sluice connects again and looks by itself meanwhile\.$/,
);
const HEARD_AGAIN = 'What other nodes tell is heard again.';
const MISSED: News = { kind: 'missed' };
/** After so long without a word the line is asked whether it lives, and for so long its answer is waited for; in milliseconds. */
const SILENCE_MS = 10_000;
/** Before the first try to connect again. */
const PAUSE_MS = 100;

describe('what nodes tell each other, over a line that breaks', () => {
  let data: TestDatabase;
  let port = 0;
  let proxy: CutProxy;
  let database: Database;
  let other: NewsLine;
  let line: NewsLine;
  let heard: News[] = [];
  let reports: string[] = [];

  beforeEach(async () => {
    data = await testDatabase();
    port = Number(new URL(data.url).port);
    proxy = await cutProxy(port);
    database = openDatabase({ url: data.url });
    other = newsLine({ url: data.url, process: 'other', report: () => {} });
    heard = [];
    reports = [];
    const place = new URL(data.url);
    place.port = String(proxy.port);
    line = newsLine({ url: place.href, process: 'one', report: (message) => reports.push(message) });
    line.watch((news) => heard.push(news));
    await until('it listens', () => heard.length > 0);
    heard = [];
  });
  afterEach(async () => {
    vi.useRealTimers();
    await line.close();
    await other.close();
    await database.close();
    await proxy[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  });

  const tell = (slug: string) => other.tell(database, { kind: 'project', slug });
  const of = (slug: string) => expect.objectContaining({ kind: 'project', slug });

  it('is reported once, however often it cannot connect, and once more when it is heard again', async () => {
    proxy.redirect(await freePort());
    await until('it is broken', () => reports.length > 0);
    await tell('meanwhile');
    // Three tries and more.
    await setTimeout(1_000);
    expect(reports).toEqual([NOT_HEARD]);
    expect(heard).toEqual([]);
    proxy.redirect(port);
    await until('it is heard again', () => reports.length > 1);
    await tell('after');
    await until('what is told then', () => heard.length > 1);
    expect(reports).toEqual([NOT_HEARD, HEARD_AGAIN]);
    expect(heard).toEqual([MISSED, of('after')]);
  });

  it('is reported for each break, also when the line is back at once', async () => {
    for (const times of [1, 2]) {
      proxy.redirect(port);
      await until('it is heard again', () => reports.length === 2 * times);
    }
    expect(reports).toEqual([NOT_HEARD, HEARD_AGAIN, NOT_HEARD, HEARD_AGAIN]);
    expect(heard).toEqual([MISSED, MISSED]);
  });

  it('is known to be lost when the line is cut without a word, and comes again when it is mended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // The timers of the next connection are those that go as the test says.
    proxy.redirect(port);
    await until('it is broken', () => reports.length === 1);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await until('it is heard again', () => reports.length === 2);
    proxy.cut();
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(reports).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(reports).toEqual([NOT_HEARD, HEARD_AGAIN, NOT_HEARD]);
    proxy.mend();
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await until('it is heard once more', () => reports.length === 4);
    expect(reports.at(-1)).toBe(HEARD_AGAIN);
    expect(heard).toEqual([MISSED, MISSED]);
  });

  it('is nothing any more once it is closed', async () => {
    await line.close();
    proxy.redirect(port);
    await tell('after');
    await setTimeout(300);
    expect([reports, heard]).toEqual([[], []]);
  });
});
