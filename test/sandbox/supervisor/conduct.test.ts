import { describe, expect, it } from 'vitest';
import { Conduct } from '../../../sandbox/supervisor/conduct.ts';

const NOW = 1_700_000_000_000;
const task = { projectId: 'p', version: 1, task: 'tasks/a.ts' };
const done = { status: 'done', cpuMs: 1 } as const;
const proven = (): Conduct => {
  const conduct = new Conduct();
  for (let job = 0; job < 20; job += 1) conduct.ended(task, done);
  return conduct;
};

describe('what is known of a task', () => {
  it('begins on probation, and joins the others after twenty harmless jobs', () => {
    const conduct = new Conduct();
    expect(conduct.laneOf(task)).toBe('new');
    for (let job = 0; job < 19; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('new');
    conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('shared');
  });

  it('is about one file of one version of one project', () => {
    const conduct = proven();
    expect(conduct.laneOf({ ...task, projectId: 'q' })).toBe('new');
    expect(conduct.laneOf({ ...task, version: 2 })).toBe('new');
    expect(conduct.laneOf({ ...task, task: 'tasks/b.ts' })).toBe('new');
  });

  it('moves a task aside when a job of it took long, until it has been quick for a while', () => {
    const conduct = proven();
    conduct.ended(task, { status: 'done', cpuMs: 500 });
    expect(conduct.laneOf(task)).toBe('slow');
    for (let job = 0; job < 20; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('shared');
  });

  it('puts one that had to be stopped on probation again', () => {
    const conduct = proven();
    conduct.ended(task, { status: 'timed_out', cpuMs: 0 });
    expect(conduct.laneOf(task)).toBe('slow');
    for (let job = 0; job < 20; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('shared');
  });

  it('gives one that has ended a runner a runner of its own for good', () => {
    const conduct = proven();
    conduct.endedItsRunner(task, NOW);
    for (let job = 0; job < 100; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('own');
    expect(conduct.laneOf({ ...task, version: 2 })).toBe('new');
  });

  it('puts one that may have ended a runner on probation again, and the second time it stays with its project', () => {
    const conduct = proven();
    conduct.suspected(task);
    expect(conduct.laneOf(task)).toBe('new');
    for (let job = 0; job < 20; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('shared');
    conduct.suspected(task);
    for (let job = 0; job < 100; job += 1) conduct.ended(task, done);
    expect(conduct.laneOf(task)).toBe('own');
    expect(conduct.quarantinedUntil(task, NOW)).toBeUndefined();
  });

  it('keeps one from starting for ten minutes after the third runner, and again after each further one', () => {
    const conduct = new Conduct();
    for (let kill = 0; kill < 2; kill += 1) conduct.endedItsRunner(task, NOW);
    expect(conduct.quarantinedUntil(task, NOW)).toBeUndefined();
    conduct.endedItsRunner(task, NOW);
    expect(conduct.quarantinedUntil(task, NOW)).toBe(NOW + 600_000);
    expect(conduct.quarantinedUntil(task, NOW + 600_000)).toBeUndefined();
    conduct.endedItsRunner(task, NOW + 700_000);
    expect(conduct.quarantinedUntil(task, NOW + 700_000)).toBe(NOW + 1_300_000);
  });
});
