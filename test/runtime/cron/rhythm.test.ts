import { describe, expect, it } from 'vitest';
import { firstTick, type Rhythm, rhythmOf, rhythmText, tickAfter } from '../../../runtime/cron/rhythm.ts';
import type { CronTrigger } from '../../../runtime/project/manifest.ts';

const HOUR = 3_600_000;

const spec = (changes: Partial<CronTrigger>): CronTrigger => ({
  type: 'cron',
  name: 'T',
  active: true,
  every: null,
  cron: null,
  timezone: null,
  next: null,
  missed: 'run_once',
  user: null,
  ...changes,
});
const pattern = (cron: string, timezone: string): Rhythm => rhythmOf(spec({ cron, timezone }), null);

/** The ticks after `from`, as local times with their offset from UTC. */
function ticks(cron: string, timezone: string, from: string, count: number): readonly string[] {
  const rhythm = pattern(cron, timezone);
  const found: string[] = [];
  let at: number | null = Date.parse(from);
  while (found.length < count) {
    at = tickAfter(rhythm, at, at);
    if (at === null) break;
    found.push(localTime(at, timezone));
  }
  return found;
}

function localTime(at: number, timeZone: string): string {
  const date = new Date(at);
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options });
  const [day = '', month = '', hour = '', minute = ''] = part({
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
    .formatToParts(date)
    .filter(({ type }) => type !== 'literal')
    .map(({ value }) => value);
  const zone = part({ timeZoneName: 'longOffset' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName');
  return `${month}-${day} ${hour}:${minute} ${zone?.value.replace('GMT', '')}`;
}

describe('a pattern in Europe/Berlin, where the clock goes', () => {
  // 29 March 2026: 01:59 +01:00, then 03:00 +02:00.
  it.each([
    ['30 2 * * *', ['03-29 03:00 +02:00', '03-30 02:30 +02:00'], 'once, right after the gap'],
    ['0,30 2 * * *', ['03-29 03:00 +02:00', '03-30 02:00 +02:00'], 'once for all that fell in the gap'],
    ['0 3 * * *', ['03-29 03:00 +02:00', '03-30 03:00 +02:00'], 'at its time'],
    ['30 1 * * *', ['03-29 01:30 +01:00', '03-30 01:30 +02:00'], 'before the gap'],
    ['0 * * * *', ['03-29 01:00 +01:00', '03-29 03:00 +02:00'], 'each hour that passes'],
    ['*/30 * * * *', ['03-29 01:00 +01:00', '03-29 01:30 +01:00', '03-29 03:00 +02:00'], 'each half hour'],
    ['*/30 2 * * *', ['03-30 02:00 +02:00', '03-30 02:30 +02:00'], 'not in an hour that does not come'],
  ])('from 2 to 3 in spring: %s runs %j: %3$s', (cron, expected) => {
    const found = ticks(cron, 'Europe/Berlin', '2026-03-28T23:30:00Z', expected.length);
    expect(found).toEqual(expected);
  });

  // 25 October 2026: 02:59 +02:00, then 02:00 +01:00.
  it.each([
    ['30 2 * * *', ['10-25 02:30 +02:00', '10-26 02:30 +01:00'], 'once, the first time'],
    ['0,30 2 * * *', ['10-25 02:00 +02:00', '10-25 02:30 +02:00', '10-26 02:00 +01:00'], 'once each'],
    ['0 3 * * *', ['10-25 03:00 +01:00', '10-26 03:00 +01:00'], 'at its time'],
    [
      '0 * * * *',
      ['10-25 02:00 +02:00', '10-25 02:00 +01:00', '10-25 03:00 +01:00'],
      'each hour that passes',
    ],
    ['*/30 2 * * *', ['10-25 02:00 +02:00', '10-25 02:30 +02:00', '10-25 02:00 +01:00'], 'in both hours'],
  ])('from 3 back to 2 in autumn: %s runs %j: %3$s', (cron, expected) => {
    const found = ticks(cron, 'Europe/Berlin', '2026-10-24T23:30:00Z', expected.length);
    expect(found).toEqual(expected);
  });
});

describe('a pattern in America/New_York, where the clock goes', () => {
  // 8 March 2026: 01:59 -05:00, then 03:00 -04:00.
  it.each([
    ['30 2 * * *', ['03-08 03:00 -04:00', '03-09 02:30 -04:00']],
    ['0 2 * * *', ['03-08 03:00 -04:00', '03-09 02:00 -04:00']],
    ['0 3 * * *', ['03-08 03:00 -04:00', '03-09 03:00 -04:00']],
    ['0 * * * *', ['03-08 01:00 -05:00', '03-08 03:00 -04:00']],
    ['30 2 * * 0', ['03-08 03:00 -04:00', '03-15 02:30 -04:00']],
  ])('from 2 to 3 in spring: %s runs %j', (cron, expected) => {
    const found = ticks(cron, 'America/New_York', '2026-03-08T05:30:00Z', expected.length);
    expect(found).toEqual(expected);
  });

  // 1 November 2026: 01:59 -04:00, then 01:00 -05:00.
  it.each([
    ['30 1 * * *', ['11-01 01:30 -04:00', '11-02 01:30 -05:00']],
    ['0 1 1 * *', ['11-01 01:00 -04:00', '12-01 01:00 -05:00']],
    ['0 2 * * *', ['11-01 02:00 -05:00', '11-02 02:00 -05:00']],
    ['0 * * * *', ['11-01 01:00 -04:00', '11-01 01:00 -05:00', '11-01 02:00 -05:00']],
  ])('from 2 back to 1 in autumn: %s runs %j', (cron, expected) => {
    const found = ticks(cron, 'America/New_York', '2026-11-01T04:30:00Z', expected.length);
    expect(found).toEqual(expected);
  });
});

describe('a pattern', () => {
  it('is in UTC unless a time zone is given', () => {
    const rhythm = rhythmOf(spec({ cron: '0 3 * * *' }), null);
    const now = Date.UTC(2026, 6, 1, 2);
    expect(tickAfter(rhythm, now, now)).toBe(Date.UTC(2026, 6, 1, 3));
  });

  it('waits for its first run, and then goes by its own times', () => {
    const rhythm = rhythmOf(spec({ cron: '0 3 * * *', next: '2026-12-01T02:15:00.000Z' }), null);
    const first = firstTick(rhythm, Date.UTC(2026, 10, 1));
    expect(first).toBe(Date.UTC(2026, 11, 1, 2, 15));
    expect(tickAfter(rhythm, first ?? 0, first ?? 0)).toBe(Date.UTC(2026, 11, 1, 3));
  });

  it('may have a field of seconds in front, and an end', () => {
    const now = Date.UTC(2026, 0, 1, 0, 0, 5, 300);
    expect(tickAfter(pattern('*/10 * * * * *', 'UTC'), now, now)).toBe(Date.UTC(2026, 0, 1, 0, 0, 10));
    expect(tickAfter(pattern('0 0 0 1 1 * 2026', 'UTC'), now, now)).toBeNull();
  });

  it('is looked for as far as the longest time without a 29 February', () => {
    const now = Date.UTC(2096, 2, 1);
    expect(tickAfter(pattern('0 0 29 2 *', 'UTC'), now, now)).toBe(Date.UTC(2104, 1, 29));
  });

  it.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
    'is found on both sides of New Year in %s',
    (timezone) => {
      const now = Date.UTC(2026, 11, 31, 9, 59, 30);
      const next = tickAfter(pattern('0 0 1 1 *', timezone), now, now) ?? 0;
      expect(next).toBeLessThan(now + 27 * HOUR);
      expect(tickAfter(pattern('0 * * * *', timezone), next, next)).toBe(next + HOUR);
    },
  );

  it('is looked for up to the last year that there is', () => {
    const now = Date.UTC(9999, 11, 31, 23, 30);
    expect(tickAfter(pattern('0 * * * *', 'UTC'), now, now)).toBeNull();
  });
});

describe('an interval', () => {
  const now = Date.UTC(2026, 11, 1, 12);

  it('begins one interval after its plan is made', () => {
    expect(firstTick(rhythmOf(spec({ every: 2 * HOUR }), null), now)).toBe(now + 2 * HOUR);
  });

  it('begins at its first run when that is still to come', () => {
    const rhythm = rhythmOf(spec({ every: 2 * HOUR, next: '2026-12-24T00:00:00.000Z' }), null);
    expect(firstTick(rhythm, now)).toBe(Date.UTC(2026, 11, 24));
  });

  it('is counted from its first run when that is over', () => {
    const rhythm = rhythmOf(spec({ every: 5 * HOUR, next: '2026-12-01T02:00:00.000Z' }), null);
    expect(firstTick(rhythm, now)).toBe(Date.UTC(2026, 11, 1, 17));
    expect(firstTick(rhythm, Date.UTC(2026, 11, 1, 7))).toBe(Date.UTC(2026, 11, 1, 12));
  });

  it('leaves out what is over and keeps its rhythm', () => {
    const rhythm = rhythmOf(spec({ every: 1000 }), null);
    expect(tickAfter(rhythm, now, now)).toBe(now + 1000);
    expect(tickAfter(rhythm, now, now + 999)).toBe(now + 1000);
    expect(tickAfter(rhythm, now, now + 86_400_250)).toBe(now + 86_401_000);
  });

  it('goes by the time that passes where the clock is put forward', () => {
    const before = Date.parse('2026-03-28T12:00:00+01:00');
    const next = tickAfter(rhythmOf(spec({ every: 24 * HOUR }), null), before, before);
    expect(new Date(next ?? 0).toISOString()).toBe('2026-03-29T11:00:00.000Z');
  });
});

describe('a first run that was set on the server', () => {
  it('stands in the place of the deployed one, and makes another rhythm', () => {
    const deployed = spec({ every: HOUR, next: '2026-12-24T00:00:00.000Z' });
    const set = Date.UTC(2026, 11, 25);
    expect(firstTick(rhythmOf(deployed, set), Date.UTC(2026, 11, 1))).toBe(set);
    expect(rhythmText(rhythmOf(deployed, set))).not.toBe(rhythmText(rhythmOf(deployed, null)));
    const later = { ...deployed, next: '2026-12-31T00:00:00.000Z' };
    expect(rhythmText(rhythmOf(later, set))).toBe(rhythmText(rhythmOf(deployed, set)));
  });
});
