import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import type { Role } from '../../../runtime/words.ts';
import { toJob } from '../../../server/shapes/job.ts';

const STACK = [
  'Error: no',
  '    at send (protected.ts:3:7)',
  '    at protected.js:1:1',
  '    at handle (tasks/a.ts:9:1)',
  '    at tasks/protected.ts:2:2',
].join('\n');

const error = {
  name: 'Error',
  message: 'no',
  limit: null,
  file: 'protected.ts',
  line: 3,
  column: 7,
  stack: STACK,
};

const JOB: JobRow = {
  id: '01a201df-2c68-7420-b78d-4ae0a7a220c5',
  project_id: '01a201df-2c68-7420-b78d-4ae0a7a220c4',
  project: 'shop',
  task: 'A',
  trigger: 'GO',
  trigger_type: 'button',
  function: 'handle_button',
  status: 'failed',
  overall: 'failed',
  attempt: 1,
  max_attempts: 1,
  priority: 0,
  created_at: 0,
  planned_at: null,
  run_at: 0,
  started_at: 1_000,
  finished_at: 3_500,
  cpu_ms: 2,
  version: 1,
  user: '{"id":null}',
  input: '{"a":1}',
  input_whole: 1,
  args: null,
  result: null,
  error: JSON.stringify(error),
  parent_id: null,
  depth: 0,
  identity_key: null,
  description: null,
};

const shownTo = (role: Role) => toJob(JOB, { id: null, name: 'x', login: null, role });

describe('a job', () => {
  it('has times in ISO 8601 and values instead of JSON texts', () => {
    expect(shownTo('user')).toMatchObject({
      created_at: '1970-01-01T00:00:00.000Z',
      planned_at: null,
      finished_at: '1970-01-01T00:00:03.500Z',
      duration_ms: 2_500,
      user: { id: null },
      input: { a: 1 },
      result: null,
    });
  });
});

describe('a failed job', () => {
  it('is shown whole to a Manager', () => {
    expect(shownTo('manager').error).toEqual(error);
  });

  it.each(['user', 'developer'] as const)('is shown to a %s without frames of Protected Code', (role) => {
    expect(shownTo(role).error).toEqual({
      ...error,
      stack: 'Error: no\n    at handle (tasks/a.ts:9:1)\n    at tasks/protected.ts:2:2',
    });
  });
});
