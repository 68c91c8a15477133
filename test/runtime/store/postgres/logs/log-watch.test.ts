import { expect, it } from 'vitest';
import type { LogRow } from '../../../../../runtime/store/log-store.ts';
import { type LogPoll, logWatch } from '../../../../../runtime/store/postgres/logs/log-watch.ts';
import { logWrite } from '../../../../support/rows.ts';
import { until } from '../../../../support/wait-for.ts';
import { freshStore } from '../../conformance/harness.ts';
import { openPostgres } from '../../conformance/open-postgres.ts';

const data = freshStore(openPostgres());

it('tells lines of all processes, each once', async () => {
  const other = await data.another();
  const told: LogRow[] = [];
  const end = data.store.watchLogs((lines) => told.push(...lines));
  const write = (message: string) => other.appendLogs([logWrite({ message })]);
  // From the first look on.
  await until('a line of the other process is told', async () => {
    await write('before');
    return told.length > 0;
  });
  const wanted = Array.from({ length: 40 }, (_, n) => `line ${n}`);
  await Promise.all(
    wanted.map((message, n) => (n % 2 === 0 ? data.store : other).appendLogs([logWrite({ message })])),
  );
  await write('last');
  await until('the last line is told', () => told.some(({ message }) => message === 'last'));
  end();
  const messages = told.map(({ message }) => message).filter((message) => message !== 'before');
  expect(messages.toSorted()).toEqual([...wanted, 'last'].toSorted());
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  const stored = (await data.store.listLogs({}, { limit: 200 })).items;
  expect(stored).toEqual(expect.arrayContaining(told));
});

it('tells a line late whose number was passed by when it was not committed yet', async () => {
  const told: number[] = [];
  const committed = new Set([11, 13]);
  const line = (id: number) => ({ id }) as LogRow;
  const poll: LogPoll = {
    newest: async () => 10,
    read: async (after, missing) =>
      [...committed].filter((id) => id > after || missing.includes(id)).map(line),
  };
  const watch = logWatch(poll);
  watch.watchLogs((lines) => told.push(...lines.map(({ id }) => id)));
  await until('two lines are told', () => told.length === 2);
  committed.add(12);
  await until('the late line is told', () => told.length === 3);
  watch.close();
  expect(told).toEqual([11, 13, 12]);
});
