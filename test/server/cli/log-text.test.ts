import { expect, it } from 'vitest';
import type { ApiLogLine } from '../../../server/cli/api-shapes.ts';
import { formatLogLine } from '../../../server/cli/log-text.ts';
import { createOutput } from '../../../server/cli/output.ts';

const CLEAR = '\u001b[2J';

it('shows no control character that a server puts into any field of a line', () => {
  const line = {
    id: 1,
    at: CLEAR,
    level: CLEAR,
    message: CLEAR,
    project: CLEAR,
    task: CLEAR,
    trigger: CLEAR,
  };
  const text = formatLogLine(line as unknown as ApiLogLine, createOutput({ json: false }));
  expect(text).not.toContain('\u001b');
});
