import { describe, expect, it } from 'vitest';
import { type EndCause, judgeLoss } from '../../../sandbox/supervisor/loss.ts';
import type { Entered } from '../../../sandbox/wire/recording.ts';

const runs = (jobId: string, limit: Entered['limit'] = 'cpu'): Entered => ({
  jobId,
  limit,
  limitAt: 1,
  onThread: false,
});
const crash: EndCause = { kind: 'exit', how: 'SIGTRAP', crashed: true, memory: false };

describe('who is to blame for the end of a runner', () => {
  it('is the job whose code ran, when there was one; all others are bystanders', () => {
    expect(judgeLoss(crash, [runs('a')], 3, 'a')).toMatchObject({ verdict: 'guilty', limit: null });
    expect(judgeLoss(crash, [runs('a')], 3, 'b')).toMatchObject({ verdict: 'bystander' });
  });

  it('is open between jobs whose code ran at the same moment', () => {
    const both = [runs('a'), runs('b')];
    expect(judgeLoss(crash, both, 3, 'a').verdict).toBe('suspect');
    expect(judgeLoss(crash, both, 3, 'c').verdict).toBe('bystander');
  });

  it('is open between all jobs of a runner that took too much memory: those that wait hold some as well', () => {
    const memory: EndCause = { kind: 'memory', alone: false };
    for (const jobId of ['a', 'b']) {
      expect(judgeLoss(memory, [runs('a')], 2, jobId)).toMatchObject({ verdict: 'suspect', limit: 'memory' });
    }
  });

  it('is not even the only job there, when earlier ones may have left the memory that was too much', () => {
    const memory: EndCause = { kind: 'memory', alone: false };
    expect(judgeLoss(memory, [runs('a')], 1, 'a').verdict).toBe('suspect');
    expect(judgeLoss({ kind: 'memory', alone: true }, [], 1, 'a')).toMatchObject({
      verdict: 'guilty',
      limit: 'memory',
    });
  });

  it('is the only job there, when no code ran: it may have left something behind', () => {
    expect(judgeLoss(crash, [], 1, 'a').verdict).toBe('guilty');
    expect(judgeLoss(crash, [], 2, 'a').verdict).toBe('suspect');
  });

  it('is exactly the one whose entry was overdue, with the limit that it went over', () => {
    const overdue: EndCause = { kind: 'overdue', entered: runs('a', 'wall') };
    expect(judgeLoss(overdue, [runs('a'), runs('b')], 2, 'a')).toMatchObject({
      verdict: 'guilty',
      limit: 'wall',
    });
    expect(judgeLoss(overdue, [runs('a'), runs('b')], 2, 'b')).toMatchObject({
      verdict: 'bystander',
      limit: null,
    });
  });

  it('is nobody, when somebody else sent the signal or we wanted it to end', () => {
    const killed: EndCause = { kind: 'exit', how: 'SIGKILL', crashed: false, memory: false };
    expect(judgeLoss(killed, [], 1, 'a').verdict).toBe('bystander');
    expect(judgeLoss(killed, [runs('a')], 1, 'a').verdict).toBe('suspect');
    expect(judgeLoss({ kind: 'unwanted' }, [runs('a')], 1, 'a').verdict).toBe('bystander');
  });

  it('is in doubt with every job of a runner that broke the rules', () => {
    const violation: EndCause = { kind: 'violation', what: 'x' };
    expect(judgeLoss(violation, [runs('a')], 2, 'b').verdict).toBe('suspect');
    expect(judgeLoss(violation, [], 1, 'b').verdict).toBe('guilty');
  });
});
