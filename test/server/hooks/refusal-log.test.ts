import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRefusalLog } from '../../../server/hooks/refusal-log.ts';
import type { LogFields } from '../../../server/server-log.ts';
import { until } from '../../support/wait-for.ts';

function open(everyMs: number) {
  const told: (readonly [string, unknown, unknown])[] = [];
  const warning = (message: string, fields: LogFields = {}) =>
    void told.push([message.replace(/^.*: /, ''), fields.project, fields.refused]);
  return { told, log: createRefusalLog({ warning }, { everyMs }) };
}

it('tells the first refused webhook at once and the others of its burst when the time is over', async () => {
  const { told, log } = open(100);
  for (let n = 0; n < 50; n += 1) log.refused('a', 'project', 'too many');
  log.refused('b', 'project', 'too many');
  expect(told).toEqual([
    ['too many', 'a', 1],
    ['too many', 'b', 1],
  ]);
  await until('the rest of the burst is told', () => told.length === 3);
  expect(told[2]).toEqual(['too many', 'a', 49]);
  await sleep(300);
  expect(told).toHaveLength(3);
});

it('tells the rest when the server stops, each project and kind by itself', () => {
  const { told, log } = open(60_000);
  for (const kind of ['project', 'bytes', 'bytes', 'bytes']) log.refused('a', kind, kind);
  log.stop();
  expect(told).toEqual([
    ['project', 'a', 1],
    ['bytes', 'a', 1],
    ['bytes', 'a', 2],
  ]);
});
