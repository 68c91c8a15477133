import { afterAll, beforeAll, expect } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { type EnvAnswers, envAnswers } from './env-answers.ts';
import { runJob, type TestJob, type TestOutcome, taskOnly } from './sandbox.ts';

/** Runs jobs whose `env` is answered, in a sandbox of the test file. */
export interface EnvTask {
  run(test: Omit<TestJob, 'call'>, answers?: EnvAnswers): Promise<TestOutcome>;
  /**
   * What the body of a task returns, which has to end well. It has the model `partners` and `why`, which runs a function and
   * tells the error.
   */
  result(body: string, answers?: EnvAnswers, more?: Partial<TestJob>): Promise<unknown>;
}

export const PARTNERS = {
  'res.partner': [
    { name: 'Ada', email: 'ada@a.example', length: 170, read: true, image: new Uint8Array([1, 2]) },
    { name: 'Bob', email: null, length: 180, read: false, parent_id: { id: 1, name: 'Ada' } },
    { name: 'Cy', email: 'cy@a.example', length: 160, read: false, born: new Date(0) },
  ],
  'res.country': [{ name: 'Togo' }],
};

export function useEnvTask(): EnvTask {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
    await sandbox.ready();
  });
  afterAll(() => sandbox.stop());

  const run: EnvTask['run'] = (test, answers = envAnswers(PARTNERS)) =>
    runJob(sandbox, { ...test, call: answers.call });
  return {
    run,
    async result(body, answers, more) {
      const files = taskOnly(`export async function handle_button(data: any) {
        const partners = env["res.partner"];
        const why = async (work: any) => { try { return await work(); } catch (error: any) { return error.name + ': ' + error.message; } };
        ${body}
      }`);
      const { outcome, result } = await run({ files, ...more }, answers);
      expect(outcome).toMatchObject({ status: 'done' });
      return result;
    },
  };
}
