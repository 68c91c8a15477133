import { expect, it } from 'vitest';
import { joinedWarnings } from '../../../runtime/project/joined-warnings.ts';

const at = (file: string, line: number, message: string) => ({ file, line, column: line, message });
const NOT_THERE = '"fetch" is there in Protected Code only: export a function';
const UNKNOWN = "Type: Cannot find name 'fetch'.";

it('says once, and where, that a name is not there', () => {
  const joined = joinedWarnings(
    [at('tasks/a.ts', 0, NOT_THERE), at('project.yaml', 0, 'something else')],
    [at('tasks/a.ts', 3, UNKNOWN), at('tasks/a.ts', 7, UNKNOWN), at('tasks/a.ts', 9, 'Type: not a number')],
  );
  expect(joined).toEqual([
    at('tasks/a.ts', 3, NOT_THERE),
    at('project.yaml', 0, 'something else'),
    at('tasks/a.ts', 9, 'Type: not a number'),
  ]);
});

it('keeps what the type checker says of names and files that nobody else explains', () => {
  const types = [at('tasks/b.ts', 3, UNKNOWN), at('tasks/a.ts', 4, "Type: Cannot find name 'fetches'.")];
  const warnings = [at('tasks/a.ts', 0, NOT_THERE)];
  expect(joinedWarnings(warnings, types)).toEqual([...warnings, ...types]);
  expect(joinedWarnings([], types)).toEqual(types);
});
