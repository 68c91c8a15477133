import { describe, expect, it } from 'vitest';
import type { QueuedJob } from '../../../../runtime/store/job-store.ts';
import { ClaimOrder } from '../../../../runtime/store/rules/claim-order.ts';
import { freePlaces } from '../../../support/free-places.ts';

const job = (project_id: string, task: string, n: number, priority = 10): QueuedJob => ({
  id: `${project_id}${task}${n}`,
  project_id,
  project: project_id,
  task,
  priority,
  run_at: n,
});

/** What a claim takes of these jobs, and how often it looked for more. */
function claim(jobs: readonly QueuedJob[], places: Parameters<typeof freePlaces>[0]) {
  const sorted = jobs.toSorted((a, b) => a.priority - b.priority || a.run_at - b.run_at);
  const taken: string[] = [];
  const queueOf = ({ project_id, task }: QueuedJob) =>
    sorted.filter(
      (other) => other.project_id === project_id && other.task === task && !taken.includes(other.id),
    );
  let looks = 0;
  const heads = sorted.filter((one) => queueOf(one)[0] === one);
  const order = new ClaimOrder(heads, freePlaces(places)(), (one, count) => {
    looks += 1;
    return queueOf(one).slice(0, count);
  });
  for (let next = order.next(); next !== undefined; next = order.next()) taken.push(next.id);
  return { taken, looks };
}

const many = (project: string, task: string, count: number, priority = 10): readonly QueuedJob[] =>
  Array.from({ length: count }, (_, n) => job(project, task, n, priority));

describe('the order of a claim', () => {
  it('goes round the projects, and within one by priority and time over all of its tasks', () => {
    const jobs = [...many('a', 'x', 3), ...many('a', 'y', 2, 1), ...many('b', 'x', 2)];
    expect(claim(jobs, { left: 7 }).taken).toEqual(['ay0', 'bx0', 'ay1', 'bx1', 'ax0', 'ax1', 'ax2']);
  });

  it('lets a project catch up that holds fewer places', () => {
    const jobs = [...many('a', 'x', 4), ...many('b', 'x', 4)];
    expect(claim(jobs, { left: 4, held: { a: 2 } }).taken).toEqual(['bx0', 'bx1', 'ax0', 'bx2']);
  });

  it('passes by what is full, and goes on with the next task of the project', () => {
    const jobs = [...many('a', 'x', 3), ...many('a', 'y', 3, 20)];
    expect(claim(jobs, { left: 9, ofTask: 2 }).taken).toEqual(['ax0', 'ax1', 'ay0', 'ay1']);
    expect(claim(jobs, { left: 9, ofProject: 3 }).taken).toEqual(['ax0', 'ax1', 'ax2']);
  });

  it('looks for more of a long queue in growing pieces', () => {
    const { taken, looks } = claim(many('a', 'x', 200), { left: 100 });
    expect(taken).toHaveLength(100);
    expect(looks).toBeLessThan(9);
  });

  it('ends when nothing is there', () => {
    expect(claim([], { left: 3 }).taken).toEqual([]);
    expect(claim(many('a', 'x', 3), { left: 0 }).taken).toEqual([]);
  });
});
