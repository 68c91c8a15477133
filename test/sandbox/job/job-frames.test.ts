import { describe, expect, it } from 'vitest';
import { FrameBudget } from '../../../sandbox/job/frame-budget.ts';
import { readTaskFrame, readVaultFrame } from '../../../sandbox/job/job-frames.ts';
import type { Head } from '../../../sandbox/wire/frames.ts';
import { LIMITS } from '../../support/sandbox.ts';

const part = (text: string): Uint8Array => Buffer.from(text);
const value = [part('1')];

describe('frames of a task runner', () => {
  it('are read item by item', () => {
    expect(readTaskFrame(['log', 'j', 'info', 'up', 5], [])).toEqual({
      kind: 'log',
      level: 'info',
      message: 'up',
      at: 5,
    });
    expect(readTaskFrame(['call', 'j', 1, 'protected:ask', 2], [part('[]')])).toEqual({
      kind: 'call',
      callId: 1,
      operation: 'protected:ask',
      cpuMs: 2,
      args: { text: '[]', tails: [] },
    });
    expect(readTaskFrame(['done', 'j', 1.5, 0], value)).toMatchObject({
      kind: 'done',
      cpuMs: 1.5,
      dropped: 0,
    });
    expect(readTaskFrame(['fail', 'j', 1, 0, 'Error', 'no', '', 0], [])).toMatchObject({
      kind: 'fail',
      message: 'no',
    });
    expect(readTaskFrame(['limit', 'j', 1, 'cpu', ''], [])).toEqual({
      kind: 'limit',
      cpuMs: 1,
      limit: 'cpu',
      detail: '',
    });
  });

  const refused: readonly [string, Head, readonly Uint8Array[]][] = [
    ['a kind that there is not', ['secrets', 'j'], value],
    ['a kind of the vault', ['return', 'j', 1, 1, 0], value],
    ['a negative time', ['done', 'j', -1, 0], value],
    ['a time that is no number', ['done', 'j', 'NaN', 0], value],
    ['a time of years', ['done', 'j', 1e300, 0], value],
    ['a result that is missing', ['done', 'j', 1, 0], []],
    ['a count that is broken', ['done', 'j', 1, 0.5], value],
    ['a call without arguments', ['call', 'j', 1, 'x', 0], []],
    ['a call number that is no number', ['call', 'j', '1', 'x', 0], value],
    ['an endless operation', ['call', 'j', 1, 'x'.repeat(300), 0], value],
    ['a limit that there is not', ['limit', 'j', 1, '__proto__', ''], []],
    ['a message that is no text', ['fail', 'j', 1, 0, 'Error', null, '', 0], []],
    ['a stack of a megabyte', ['fail', 'j', 1, 0, 'Error', 'x', 'x'.repeat(1e6), 0], []],
    ['a line of a megabyte', ['log', 'j', 'info', 'x'.repeat(1e6), 1], []],
    ['a line without a time', ['log', 'j', 'info', 'x', null], []],
  ];
  it.each(refused)('are none with %s', (_what, head, parts) => {
    expect(readTaskFrame(head, parts)).toBeUndefined();
  });
});

describe('frames of a vault runner', () => {
  it('are read item by item', () => {
    expect(readVaultFrame(['return', 'j', 3, 1, 0], value)).toMatchObject({ kind: 'return', callId: 3 });
    expect(readVaultFrame(['throw', 'j', 3, 1, 0, 'Error', 'no', ''], [])).toMatchObject({
      kind: 'throw',
      name: 'Error',
    });
  });

  it.each<[string, Head]>([
    ['of a task', ['done', 'j', 1, 0]],
    ['without a call number', ['return', 'j', null, 1, 0]],
    ['with a name that is no text', ['throw', 'j', 1, 1, 0, 7, 'no', '']],
  ])('are none %s', (_what, head) => {
    expect(readVaultFrame(head, value)).toBeUndefined();
  });
});

describe('what one side of a job may send in all', () => {
  const call = (callId: number, size = 10) => ({
    kind: 'call' as const,
    callId,
    operation: 'x',
    cpuMs: 0,
    args: { text: 'x'.repeat(size), tails: [] },
  });
  const line = (message: string) => ({ kind: 'log' as const, level: 'info', message, at: 0 });

  it('is what the limits of the job say, with some room for the runner’s own lines', () => {
    const budget = new FrameBudget({ ...LIMITS, logLines: 10, calls: 2 });
    for (let lines = 0; lines < 210; lines += 1) expect(budget.log(line('x'))).toBeUndefined();
    expect(budget.log(line('x'))).toContain('log lines');
    expect(budget.call(call(1))).toBeUndefined();
    expect(budget.call(call(2))).toBeUndefined();
    expect(budget.call(call(3))).toContain('calls');
  });

  it('has each call number once, in order', () => {
    const budget = new FrameBudget(LIMITS);
    expect(budget.call(call(5))).toBeUndefined();
    expect(budget.call(call(5))).toContain('number');
    expect(budget.call(call(4))).toContain('number');
  });

  it('counts arguments until their call is answered', () => {
    const budget = new FrameBudget({ ...LIMITS, messageBytes: 100 });
    expect(budget.call(call(1, 300))).toBeUndefined();
    budget.answered(1);
    expect(budget.call(call(2, 300))).toBeUndefined();
    expect(budget.call(call(3, 300))).toContain('arguments');
  });

  it('takes no larger result than a realm may send', () => {
    const budget = new FrameBudget({ ...LIMITS, resultBytes: 100, messageBytes: 100 });
    const sized = (size: number) => ({ text: 'x'.repeat(size), tails: [] });
    expect(budget.result(sized(100))).toBeUndefined();
    expect(budget.result(sized(101))).toContain('result');
    expect(budget.message(sized(101))).toContain('message');
  });
});
