import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../runtime/catalog.ts';
import { Places } from '../../runtime/places.ts';

/** Nothing is deployed: each task has one place. */
const nothing: Pick<Catalog, 'get'> = { get: () => undefined };
const job = (project: string, task: string) => ({ project, project_id: project, task });

/** Takes places for tasks of the project, each another one, until it is full. Says how many. */
function fill(places: Places, project: string): number {
  for (let taken = 0; ; taken += 1) {
    if (places.left === 0 || !places.mayStart(job(project, `task ${taken}`))) return taken;
    places.take(job(project, `task ${taken}`));
  }
}

describe('the places of a process', () => {
  it('are for one project alone up to the half', () => {
    const places = new Places(nothing, 8);
    expect(fill(places, 'a')).toBe(4);
    expect(places.left).toBe(4);
  });

  it('leave one for the next project, however many are busy', () => {
    const places = new Places(nothing, 64);
    for (const project of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(fill(places, project)).toBeGreaterThan(0);
      expect(places.left).toBeGreaterThan(0);
    }
  });

  it('are given back', () => {
    const places = new Places(nothing, 2);
    places.take(job('a', 't'));
    expect(places.heldBy('a')).toBe(1);
    expect(places.mayStart(job('a', 'u'))).toBe(false);
    places.leave(job('a', 't'));
    places.free(job('a', 't'));
    expect([places.left, places.heldBy('a'), places.mayStart(job('a', 't'))]).toEqual([2, 0, true]);
  });

  it('are for others while the end of a job is stored, and that of its task is not', () => {
    const places = new Places(nothing, 2);
    places.take(job('a', 't'));
    places.leave(job('a', 't'));
    expect([places.left, places.heldBy('a')]).toEqual([2, 0]);
    expect(places.mayStart(job('a', 't'))).toBe(false);
    expect(places.mayStart(job('a', 'u'))).toBe(true);
  });

  it('are one for each task that says nothing else', () => {
    const places = new Places(nothing, 64);
    places.take(job('a', 't'));
    expect(places.mayStart(job('a', 't'))).toBe(false);
    expect(places.mayStart(job('a', 'u'))).toBe(true);
    expect(places.mayStart(job('b', 't'))).toBe(true);
  });

  it('are used up by a claim in a copy', () => {
    const places = new Places(nothing, 8);
    places.take(job('a', 't'));
    const copy = places.copy();
    copy.take(job('a', 'u'));
    expect([copy.left, copy.heldBy('a'), places.left, places.heldBy('a')]).toEqual([6, 2, 7, 1]);
  });
});
