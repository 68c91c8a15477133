import { describe, expect, it } from 'vitest';
import { RunningJobs } from '../../runtime/running-jobs.ts';

function open() {
  const running = new RunningJobs();
  const cancelled: string[] = [];
  const add = (id: string, projectId: string) =>
    running.add(id, { projectId, cancel: (reason) => cancelled.push(`${id}: ${reason}`) });
  add('a1', 'a');
  add('a2', 'a');
  add('b1', 'b');
  return { running, cancelled };
}

describe('running jobs', () => {
  it('are cancelled one, by project, or all', () => {
    const { running, cancelled } = open();
    expect(running.cancel('b1', 'x')).toBeInstanceOf(Promise);
    expect(running.cancel('c1', 'x')).toBeUndefined();
    running.cancelAll('y', 'a');
    running.cancelAll('z');
    expect(cancelled).toEqual(['b1: x', 'a1: y', 'a2: y', 'a1: z', 'a2: z', 'b1: z']);
  });

  it('say why one of them was cancelled, and that it has ended', async () => {
    const { running } = open();
    const ended = running.cancel('b1', 'x');
    running.cancelAll('y');
    expect(['a1', 'b1'].map((id) => running.cancelReason(id))).toEqual([undefined, 'x']);
    running.remove('b1');
    await ended;
    expect(running.cancelReason('b1')).toBeUndefined();
  });

  it('are waited for, those of one project or all', async () => {
    const { running } = open();
    const ended: string[] = [];
    const ofA = running.ended('a').then(() => ended.push('a'));
    const all = running.ended().then(() => ended.push('all'));
    running.remove('a1');
    running.remove('a2');
    await ofA;
    expect(ended).toEqual(['a']);
    running.remove('b1');
    await all;
    expect(ended).toEqual(['a', 'all']);
    await running.ended('a');
    await running.ended();
  });
});
