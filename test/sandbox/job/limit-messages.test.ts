import { describe, expect, it } from 'vitest';
import { limitMessage } from '../../../sandbox/job/limit-messages.ts';
import { LIMITS } from '../../support/sandbox.ts';

describe('the sentence of a limit', () => {
  it.each([
    ['wall', '5 s', 'Raise limits.timeout'],
    ['turn', '5 s', 'Call less often'],
    ['cpu', '3 s', 'Raise limits.cpu'],
    ['memory', '64 MB', 'Raise limits.memory'],
    ['calls', 'the detail', 'make fewer calls'],
    ['messages', 'the detail', 'pass less at once'],
    ['result', 'the detail', 'return less'],
  ])('%s says how large it is and what to do', (limit, size, advice) => {
    const sentence = limitMessage(limit, LIMITS, 'the detail');
    expect(sentence).toContain(size);
    expect(sentence).toContain(advice);
  });
});
