import { describe, expect, it } from 'vitest';
import { Logbook } from '../../runtime/logbook.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { LogWrite } from '../../runtime/store/log-store.ts';
import type { LogLevel } from '../../sandbox/types.ts';
import { FakeClock } from '../support/fake-clock.ts';

const JOB = { id: 'job', project: 'p', project_id: 'id', task: 't', trigger: 'g' } as JobRow;
const line = (message: string, level: LogLevel = 'info') => ({
  at: 1,
  level,
  message,
  name: 'task' as const,
});
const messages = (lines: readonly LogWrite[]) => lines.map(({ message }) => message);

function open(flush: (lines: readonly LogWrite[]) => Promise<void> = async () => {}) {
  const clock = new FakeClock();
  const flushed: string[][] = [];
  const logbook = new Logbook({
    job: JOB,
    limits: { logLines: 3, logBytes: 100 },
    clock,
    flush: async (lines) => {
      await flush(lines);
      flushed.push(messages(lines));
    },
  });
  return { clock, flushed, logbook };
}

describe('the lines of a job', () => {
  it('stay together until the end of a short job', async () => {
    const { clock, flushed, logbook } = open();
    logbook.write(line('one'));
    clock.advance(249);
    logbook.note('debug', 'two');
    const lines = await logbook.close();
    expect(lines).toMatchObject([
      { job: 'job', project: 'p', project_id: 'id', task: 't', trigger: 'g', name: 'task', message: 'one' },
      { name: 'sluice', message: 'two' },
    ]);
    clock.advance(10_000);
    expect(flushed).toEqual([]);
  });

  it('are written after 250 ms and then each second, each line once', async () => {
    const { clock, flushed, logbook } = open();
    clock.advance(250);
    await expect.poll(() => flushed).toEqual([[]]);
    logbook.write(line('one'));
    clock.advance(1000);
    await expect.poll(() => flushed).toEqual([[], ['one']]);
    logbook.write(line('two'));
    expect(messages(await logbook.close())).toEqual(['two']);
  });

  it('are not lost when they cannot be written', async () => {
    let attempts = 0;
    const { clock, logbook } = open(async () => {
      attempts += 1;
      throw new Error('the disk is full');
    });
    logbook.write(line('one'));
    clock.advance(250);
    await expect.poll(() => attempts).toBe(1);
    expect(messages(await logbook.close())).toEqual(['one']);
  });

  it('wait at the end for those that are being written', async () => {
    let written = () => {};
    const { clock, logbook } = open(
      () =>
        new Promise((resolve) => {
          written = resolve;
        }),
    );
    logbook.write(line('one'));
    clock.advance(250);
    logbook.write(line('two'));
    const closed = logbook.close();
    written();
    expect(messages(await closed)).toEqual(['two']);
  });

  it('past the limit of lines or bytes are dropped and counted in one closing line', async () => {
    const { logbook } = open();
    for (const text of ['1', '2', '3', '4', '5']) logbook.write(line(text));
    const lines = await logbook.close();
    expect(messages(lines)).toEqual([
      '1',
      '2',
      '3',
      '2 more log lines were dropped: the job reached its limit of lines or bytes.',
    ]);

    const both = open().logbook;
    for (const text of ['1', '2', '3', '4']) both.write(line(text));
    both.write({ ...line('7 more log lines were dropped'), name: 'sluice', dropped: 7 });
    expect(both.warned).toBe(true);
    expect(messages(await both.close()).slice(3)).toEqual([
      '8 more log lines were dropped: the job reached its limit of lines or bytes.',
    ]);

    const bytes = open().logbook;
    bytes.write(line('x'.repeat(99)));
    bytes.write(line('xx'));
    expect(messages(await bytes.close())[1]).toContain('1 more log lines were dropped');
  });

  it('tell warnings from errors', () => {
    const { logbook } = open();
    logbook.write(line('1', 'info'));
    expect([logbook.warned, logbook.failed]).toEqual([false, false]);
    logbook.write(line('2', 'warning'));
    expect([logbook.warned, logbook.failed]).toEqual([true, false]);
    logbook.note('critical', '3');
    expect([logbook.warned, logbook.failed]).toEqual([true, true]);
  });
});
