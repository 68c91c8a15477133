import { describe, expect, it } from 'vitest';
import { createMasker } from '../../../runtime/mask/masker.ts';
import { judgeAnswer } from '../../../runtime/webhook/judge-answer.ts';
import { placelessError } from '../../../sandbox/job/job-error.ts';

const crashed = { status: 'crashed', error: placelessError('Quarantined', 'not now'), cpuMs: 0 } as const;
const judge = (notBefore?: number) =>
  judgeAnswer(
    { ...crashed, ...(notBefore === undefined ? {} : { notBefore }) },
    'job-1',
    createMasker({}),
    false,
  );

describe('the answer for a job that was not done', () => {
  it('is 500 and does not say why', async () => {
    const { answer } = await judge();
    expect(answer).toMatchObject({ status: 500, body: 'The webhook failed. Job job-1\n' });
  });

  it('is 503 with the time to come back, when the task is not started for a while', async () => {
    const { answer } = await judge(Date.now() + 90_500);
    expect(answer.status).toBe(503);
    const [, seconds] = answer.headers.find(([name]) => name === 'Retry-After') ?? [];
    expect(Number(seconds)).toBeGreaterThan(80);
    expect(Number(seconds)).toBeLessThanOrEqual(91);
  });
});
