import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMasker } from '../../runtime/mask/masker.ts';
import { storedEncoded } from '../../runtime/stored-json.ts';
import { readResult } from '../../runtime/webhook/answer.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import { RunnerProcess } from '../../sandbox/supervisor/runner-process.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob, startJob, type TestJob } from '../support/sandbox.ts';
import { until } from '../support/wait-for.ts';

const HOSTILE = path.resolve(import.meta.dirname, '../support/hostile-runner.ts');
const FILES = {
  'protected.ts':
    'export const ask = () => 1; export const nobody = () => 1; export const large = () => 1; export const guard = { matches: () => 1 }; export const made = [1].map(String); function _hidden() {}',
  'tasks/t.ts':
    'export const handle_button = async () => { await ask(); await guard.matches(); await nobody(); await large(); };',
};
/** The same, with a constant that Protected Code has to be asked for. */
const ASKING = { ...FILES, 'tasks/t.ts': 'export const handle_button = () => made.length;' };

let sandbox: Sandbox;
let project = 0;

beforeAll(async () => {
  const command = { command: process.execPath, args: [HOSTILE] };
  sandbox = await createSandbox({ makeRunner: () => new RunnerProcess(command) });
});
afterAll(() => sandbox.stop());

/** A job of a project of its own, so that no other is in its runner. */
function job(order: object, more: Partial<TestJob> = {}): TestJob {
  project += 1;
  return {
    files: FILES,
    input: order,
    projectId: `project-${project}`,
    limits: { timeoutMs: 3_000 },
    call: (operation) => {
      return operation === 'wait' ? new Promise(() => {}) : 'x'.repeat(operation === 'large' ? 100_000 : 1);
    },
    ...more,
  };
}

const attack = (deed: string, order: object = {}) => runJob(sandbox, job({ do: deed, ...order }));

describe('a runner that was taken over', () => {
  /** How the job ends on whose behalf it speaks; afterwards others go on. */
  const deeds: readonly [string, string, string?][] = [
    ['honest', 'done'],
    ['byte by byte', 'done'],
    ['ready again', 'done'],
    ['nothing', 'timed_out', 'crashed'],
    ['half a frame', 'timed_out', 'crashed'],
    ['exit', 'crashed'],
    ['a length of four gigabytes', 'crashed'],
    ['no parts', 'crashed'],
    ['a million parts', 'crashed'],
    ['parts beyond the frame', 'crashed'],
    ['a head that is no JSON', 'crashed'],
    ['a head that is an object', 'crashed'],
    ['a head with lists in it', 'crashed'],
    ['a head that is deep', 'crashed'],
    ['an unknown kind', 'crashed'],
    ['a kind of prototypes', 'crashed'],
    ['the kind of the vault', 'crashed'],
    ['a time that is negative', 'crashed'],
    ['a time that is no number', 'crashed'],
    ['a count that is text', 'crashed'],
    ['no result', 'crashed'],
    ['a result that is too large', 'crashed'],
    ['a line that is too long', 'crashed'],
    ['lines without end', 'crashed'],
    ['a limit that there is not', 'crashed'],
    ['an error with odd parts', 'crashed'],
    ['an error with a forged place', 'failed'],
    ['jobs that there are not', 'crashed'],
    ['lost again and again', 'crashed'],
    ['a call number used twice', 'crashed'],
    ['a call number that is negative', 'crashed'],
    ['calls without end', 'crashed'],
    ['arguments without end', 'crashed'],
  ];
  it.each(deeds)('that does this ends its job alone: %s (%s)', async (deed, status, other = status) => {
    const started = Date.now();
    const { outcome, logs } = await attack(deed);
    expect([status, other]).toContain(outcome.status);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(logs.length).toBeLessThan(2_000);
    expect((await attack('honest')).result).toBe('ok');
  });

  it.each(['a result that is no JSON', 'a result of unknown marks', 'a result that is deep'])(
    'gives the works nothing that they choke on: %s',
    async (deed) => {
      const running = await startJob(sandbox, job({ do: deed }));
      const outcome = await running.outcome;
      if (outcome.status !== 'done') throw new Error(outcome.status);
      expect(storedEncoded(outcome.result, createMasker({}))).toBeNull();
      expect(readResult(outcome.result, false)).toBeUndefined();
    },
  );

  it('cannot change prototypes of the server', async () => {
    const { outcome } = await attack('a result with prototypes');
    expect(outcome.status).toBe('done');
    expect(({} as { left_behind?: number }).left_behind).toBeUndefined();
  });

  it('is heard once about the end of a job, and not after it', async () => {
    expect((await attack('done twice')).result).toBe('first');
    const late = await startJob(sandbox, job({ do: 'lines after the end' }));
    expect((await late.outcome).status).toBe('done');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(late.logs).toEqual([]);
  });

  it('cannot write lines as the server, nor at times that have not come', async () => {
    const { logs } = await attack('a line of the server');
    expect(logs).toMatchObject([{ level: 'info', name: 'task' }]);
    expect(logs[0]?.at).toBeLessThanOrEqual(Date.now());
  });

  it('cannot speak for a job of another runner', async () => {
    const waiting = await startJob(sandbox, job({ do: 'nothing' }, { jobId: 'job-of-another' }));
    expect((await attack('the job of another runner', { job: 'job-of-another' })).result).toBe('ok');
    const { status } = await waiting.outcome;
    expect(['timed_out', 'crashed']).toContain(status);
  });

  it('calls of Protected Code what its version offers, and nothing else', async () => {
    const offered = ['protected:ask', 'protected:guard.matches'];
    const others = [
      '',
      '_hidden',
      'secrets',
      'constructor',
      '__proto__',
      'toString',
      'guard',
      'guard.constructor',
      'guard.__proto__',
      'ask.call',
      'guard.matches.call',
      '.ask',
      'ask.',
      'other',
    ].map((name) => `protected:${name}`);
    const { result } = await attack('calls', { names: [...offered, ...others] });
    const answers = result as string[];
    expect(answers.filter((answer) => answer.startsWith('"vault')).toSorted()).toEqual([
      '"vault: ask"',
      '"vault: guard.matches"',
    ]);
    expect(answers.filter((answer) => answer === 'TypeError')).toHaveLength(others.length);
  });

  it('cannot make the server keep what it does not read', async () => {
    const patient = { limits: { timeoutMs: 15_000 } };
    const { outcome } = await runJob(sandbox, job({ do: 'never reading' }, patient));
    expect(outcome).toMatchObject({ status: 'crashed' });
    expect((await attack('honest')).result).toBe('ok');
  });

  it('gives Protected Code no arguments that are none', async () => {
    expect((await attack('arguments that are no JSON')).outcome.status).toMatch(/crashed|timed_out|failed/);
  });
});

describe('a vault runner that was taken over', () => {
  it('cannot answer calls that nobody made', async () => {
    const { outcome } = await attack('calls', { names: ['protected:nobody'] });
    expect(outcome.status).toBe('crashed');
  });

  it('cannot answer with more than a message may have', async () => {
    const limits = { timeoutMs: 20_000 };
    const { outcome } = await runJob(sandbox, job({ do: 'calls', names: ['protected:large'] }, { limits }));
    expect(outcome.status).toBe('crashed');
  });

  it('cannot offer names that were not asked for', async () => {
    const { outcome } = await runJob(sandbox, job({ do: 'honest' }, { files: ASKING }));
    expect(outcome.status).toBe('failed');
  });
});

it('every runner that broke the rules is gone', async () => {
  await until('a runner answers', async () => (await attack('honest')).result === 'ok');
});
