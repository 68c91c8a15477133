import { describe, expect, it } from 'vitest';
import {
  LOG_GROUPINGS,
  type LogFilter,
  type LogGroup,
  type LogGrouping,
  type LogRow,
} from '../../../../runtime/store/log-store.ts';
import { JOB_STATUSES, LOG_LEVELS } from '../../../../runtime/words.ts';
import { matchesFilter } from '../../../../server/routes/log-filter.ts';
import { createRandom, type Random } from '../../../support/fuzz/random.ts';
import { deployWrite, doneJob, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

const HOUR = 3_600_000;
const NEXT_MONTH = Date.UTC(2026, 11, 1);
const SEED = 20_261_128;

export function describeLogGroups(open: OpenStore): void {
  describe('groups of logs', () => {
    const data = freshStore(open);

    const write = (...lines: readonly Parameters<typeof logWrite>[0][]) =>
      data.store.appendLogs(lines.map(logWrite));
    const groups = async (by: LogGrouping, filter: LogFilter = {}) =>
      (await data.store.groupLogs(filter, by)).groups;
    const counts = async (by: LogGrouping, filter: LogFilter = {}) =>
      (await groups(by, filter)).map(({ key, count }) => [key, count]);
    const allLines = async () =>
      (await pagesOf((after) => data.store.listLogs({}, { limit: 1000, after }))).flat();

    it('say how many lines there are, and of when the first and the last one is', async () => {
      await write({ at: MID_MONTH + 5 }, { at: MID_MONTH }, { at: MID_MONTH + HOUR, project: 'other' });
      expect(await groups('project')).toEqual([
        { key: 'demo', count: 2, first_at: MID_MONTH, last_at: MID_MONTH + 5 },
        { key: 'other', count: 1, first_at: MID_MONTH + HOUR, last_at: MID_MONTH + HOUR },
      ]);
      expect(await groups('project', { project: 'third' })).toEqual([]);
    });

    it('come the largest first, and hours and days the newest first, in UTC', async () => {
      const at = NEXT_MONTH - 1;
      await write({ level: 'error' }, { level: 'debug', at }, { level: 'error', at: NEXT_MONTH });
      expect(await counts('level')).toEqual([
        ['error', 2],
        ['debug', 1],
      ]);
      expect(await counts('day')).toEqual([
        ['2026-12-01', 1],
        ['2026-11-30', 1],
        ['2026-11-15', 1],
      ]);
      expect((await counts('hour'))[1]).toEqual(['2026-11-30T23:00:00.000Z', 1]);
    });

    it('have the key null for lines without a task, a trigger, a job or a status', async () => {
      await write({ task: null, trigger: null }, { task: '0', trigger: '0' });
      for (const by of ['task', 'trigger'] as const) expect(await counts(by)).toContainEqual([null, 1]);
      expect(await counts('task')).toContainEqual(['0', 1]);
      expect(await counts('trigger')).toContainEqual(['0', 1]);
      expect(await counts('job')).toEqual([[null, 2]]);
      expect(await counts('status')).toEqual([[null, 2]]);
    });

    it('are at most a thousand', async () => {
      await write(...Array.from({ length: 1200 }, (_, n) => ({ task: `T${n}`, at: MID_MONTH + n * HOUR })));
      expect(await groups('task')).toHaveLength(1000);
      const hours = await groups('hour');
      expect(hours).toHaveLength(1000);
      expect(hours[0]?.last_at).toBe(MID_MONTH + 1199 * HOUR);
    });

    it('count nothing of a write that was rejected, and all of the others of its moment', async () => {
      const bad = write({ task: 'Lost' }, { at: Number.NaN });
      await Promise.all([expect(bad).rejects.toThrow(), write({}, {}), write({ task: 'Kept' })]);
      expect(await counts('task')).toEqual([
        ['Greet', 2],
        ['Kept', 1],
      ]);
    });

    it('count nothing of a project that was deleted, in whatever month', async () => {
      const deployed = await data.store.deploy(deployWrite());
      const own = { project_id: deployed?.project.id ?? '' };
      await write(own, { ...own, at: NEXT_MONTH }, { project: 'other' }, { task: 'OfAnEarlierOne' });
      await data.store.deleteProject(own.project_id);
      expect(await counts('project')).toEqual([
        ['demo', 1],
        ['other', 1],
      ]);
      expect(await counts('task', { project: 'demo' })).toEqual([['OfAnEarlierOne', 1]]);
    });

    it(`equal a count by hand, for any lines and filters (seed ${SEED})`, async () => {
      const random = createRandom(SEED);
      const statuses = new Map<string | null, string>();
      for (let n = 0; n < 12; n += 1) {
        const status = random.pick(['done', 'done_with_warnings', 'failed', 'crashed'] as const);
        const job = doneJob({ status, created_at: timeOf(random) });
        statuses.set(job.id, status);
        await data.store.finishJob({ job, logs: [], ledger: [] });
      }
      const jobs = [null, 'gone', ...statuses.keys()].filter((job) => job !== undefined);
      for (let n = 0; n < 20; n += 1) {
        await write(...Array.from({ length: 25 }, () => lineOf(random, jobs)));
      }
      const lines = await allLines();
      for (let n = 0; n < 150; n += 1) {
        const by = random.pick(LOG_GROUPINGS);
        const filter = filterOf(random, jobs);
        const fitting = lines.filter(
          (line) =>
            matchesFilter(line, filter) &&
            (filter.status === undefined || statuses.get(line.job) === filter.status),
        );
        const key = (line: LogRow) => keyOf(line, by, statuses.get(line.job) ?? null);
        expect({ by, filter, groups: await groups(by, filter) }).toEqual({
          by,
          filter,
          groups: byHand(fitting, key, by),
        });
      }
    });

    it(`equal a count by hand while lines are deleted a few at a time (seed ${SEED + 1})`, async () => {
      const random = createRandom(SEED + 1);
      await write(...Array.from({ length: 400 }, () => lineOf(random, [null])));
      const check = async () => {
        const lines = await allLines();
        for (const by of ['project', 'task', 'level', 'hour'] as const) {
          const expected = byHand(lines, (line) => keyOf(line, by, null), by);
          expect(await counts(by)).toEqual(expected.map(({ key, count }) => [key, count]));
        }
        const bytes = lines.map(({ message }) => Buffer.byteLength(message) + 300);
        expect((await data.store.sizeOfLogs()).bytes).toBe(bytes.reduce((sum, each) => sum + each, 0));
        return lines;
      };
      for (let n = 0; n < 15; n += 1) {
        const before = timeOf(random);
        const project = random.pick(['a', 'b', 'all']);
        await Promise.all([
          data.store.deleteOldLogs({ before, limit: 7, ...(project === 'all' ? {} : { project }) }),
          write(lineOf(random, [null])),
          write(lineOf(random, [null]), { at: Number.NaN }).catch(() => {}),
        ]);
        await check();
      }
      await data.store.deleteOldLogs({ before: NEXT_MONTH + 10 * HOUR, limit: 1000 });
      const left = await check();
      expect(await groups('task')).toEqual(byHand(left, ({ task }) => task, 'task'));
    });
  });
}

/** Around the end of a month, some of them just at the border of an hour. */
function timeOf(random: Random): number {
  const hour = NEXT_MONTH + (random.whole(60) - 30) * HOUR;
  return hour + random.pick([0, 1, HOUR - 1, random.whole(HOUR)]);
}

function lineOf(random: Random, jobs: readonly (string | null)[]) {
  return {
    at: timeOf(random),
    level: random.pick(LOG_LEVELS),
    message: random.pick(['one', 'Two', 'straße']),
    project: random.pick(['a', 'b', 'c']),
    task: random.pick([null, 'T', 'U']),
    trigger: random.pick([null, 'GO', 'STOP']),
    job: random.pick(jobs),
  };
}

function filterOf(random: Random, jobs: readonly (string | null)[]): LogFilter {
  const maybe = <Value>(value: Value): Value | undefined => (random.whole(4) === 0 ? value : undefined);
  return {
    project: maybe(random.pick(['a', 'b'])),
    task: maybe(random.pick(['T', 'U'])),
    trigger: maybe('GO'),
    level: maybe(random.pick(LOG_LEVELS)),
    min_level: maybe(random.pick(LOG_LEVELS)),
    from: random.whole(2) === 0 ? timeOf(random) : undefined,
    to: random.whole(2) === 0 ? timeOf(random) : undefined,
    job: random.whole(9) === 0 ? (random.pick(jobs) ?? 'none') : undefined,
    status: random.whole(6) === 0 ? random.pick(JOB_STATUSES) : undefined,
    q: random.whole(6) === 0 ? random.pick(['TWO', 'SS', 'ß', 'e']) : undefined,
  };
}

function keyOf(line: LogRow, by: LogGrouping, status: string | null): string | null {
  const time = new Date(line.at).toISOString();
  if (by === 'status') return status;
  if (by === 'day') return time.slice(0, 10);
  return by === 'hour' ? `${time.slice(0, 13)}:00:00.000Z` : line[by];
}

function byHand(
  lines: readonly LogRow[],
  keyOfLine: (line: LogRow) => string | null,
  by: LogGrouping,
): LogGroup[] {
  const rank = (key: string | null) =>
    by === 'level' ? LOG_LEVELS.map(String).indexOf(key ?? '') : (key ?? '');
  const groups = [...Map.groupBy(lines, keyOfLine)].map(([key, own]) => {
    const times = own.map(({ at }) => at);
    return { key, count: own.length, first_at: Math.min(...times), last_at: Math.max(...times) };
  });
  if (by === 'hour' || by === 'day') return groups.sort((a, b) => b.last_at - a.last_at);
  return groups.sort((a, b) => b.count - a.count || (rank(a.key) < rank(b.key) ? -1 : 1));
}
