import { expect, it } from 'vitest';
import { Trouble } from '../../runtime/trouble.ts';

it('what fails again and again is told once, and once more after it went well', () => {
  const told: string[] = [];
  const trouble = new Trouble((message) => told.push(message));
  trouble.failed('It cannot be done', new Error('The wire is cut.'));
  trouble.failed('It cannot be done', new Error('The wire is cut.'));
  trouble.went();
  trouble.failed('It cannot be done', new Error('no answer'));
  expect(told).toEqual([
    'It cannot be done: The wire is cut. It is tried again.',
    'It cannot be done: no answer. It is tried again.',
  ]);
});
