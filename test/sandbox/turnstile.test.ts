import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../sandbox/turnstile.ts';

/** Lets jobs in and notes in which order they began. */
function watched(mostOfProject: number, most: number) {
  const turnstile = new Turnstile(mostOfProject, most);
  const began: string[] = [];
  return {
    began,
    enter: (project: string, name = project) => turnstile.enter(project, () => began.push(name)),
  };
}

describe('the turnstile', () => {
  it('lets a job in at once while there is room', () => {
    const { began, enter } = watched(2, 10);
    enter('a');
    enter('a');
    expect(began).toEqual(['a', 'a']);
  });

  it('keeps a project at its bound waiting, and no other', () => {
    const { began, enter } = watched(1, 10);
    const leave = enter('a', 'a1');
    enter('a', 'a2');
    enter('b', 'b1');
    expect(began).toEqual(['a1', 'b1']);
    leave();
    expect(began).toEqual(['a1', 'b1', 'a2']);
  });

  it('lets waiting projects in by turns, and within a project in order', () => {
    const { began, enter } = watched(10, 1);
    const leaves = [enter('x')];
    for (const name of ['a1', 'a2', 'a3']) leaves.push(enter('a', name));
    for (const name of ['b1', 'b2']) leaves.push(enter('b', name));
    const order = ['x', 'a1', 'b1', 'a2', 'b2', 'a3'];
    const byName = new Map(['x', 'a1', 'a2', 'a3', 'b1', 'b2'].map((name, index) => [name, leaves[index]]));
    for (const name of order) byName.get(name)?.();
    expect(began).toEqual(order);
  });

  it('forgets a job that gave up waiting', () => {
    const { began, enter } = watched(1, 10);
    const leave = enter('a', 'a1');
    const giveUp = enter('a', 'a2');
    giveUp();
    leave();
    enter('a', 'a3');
    expect(began).toEqual(['a1', 'a3']);
  });
});
