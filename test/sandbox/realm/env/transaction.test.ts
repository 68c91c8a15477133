import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../../sandbox/types.ts';
import { type EnvAnswers, envAnswers } from '../../../support/env-answers.ts';
import { runJob } from '../../../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const PARTNERS = { 'res.partner': [{ name: 'Ada' }, { name: 'Bob' }] };

const run = (body: string, answers: EnvAnswers = envAnswers(PARTNERS)) =>
  runJob(sandbox, {
    files: {
      'protected.ts':
        'export const slow = async (ms: number) => { await new Promise((r) => setTimeout(r, ms)); };',
      'tasks/t.ts': `export async function handle_button() {
        const partners = env["res.partner"];
        const [ada, bob] = await partners.search();
        const why = async (work: any) => { try { return await work(); } catch (error: any) { return error.name + ': ' + error.message; } };
        const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
        ${body}
      }`,
    },
    call: answers.call,
  });

const operations = ({ calls }: EnvAnswers) => calls.slice(1).map(([operation]) => operation);
const LATE =
  'TypeError: env.write: its transaction has ended. Await everything inside the function of env.transaction.';

describe('env.transaction', () => {
  it('sends its number with what reads and writes, and commits before its value is there', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `return env.transaction(async () => {
      await ada.write({ name: "A" });
      const made = await partners.create({ name: "C" });
      await partners.search([]); await partners.search_count([]); await bob.read(["name"]);
      await bob.message_post({ body: "x" }); await made.unlink();
      return "value";
    });`;
    const { result } = await run(body, answers);
    expect(result).toBe('value');
    expect(answers.calls.slice(1, -1).map((call) => [call[0], call.at(-1)])).toEqual([
      ['env.begin', 'env.begin'],
      ...['write', 'create', 'search', 'search_count', 'read', 'message_post', 'unlink'].map((name) => [
        `env.${name}`,
        1,
      ]),
    ]);
    expect(answers.calls.at(-1)).toEqual(['env.commit', 1]);
  });

  it('leaves calls before and after it alone', async () => {
    const answers = envAnswers(PARTNERS);
    await run(
      'await env.transaction(() => ada.write({ name: "A" })); await bob.write({ name: "B" }); return env.transaction(() => 1);',
      answers,
    );
    expect(answers.calls.at(-3)).toEqual(['env.write', 'res.partner', [2], [['name', 'value', 'B']]]);
    expect(answers.calls.slice(-2)).toEqual([['env.begin'], ['env.commit', 2]]);
  });

  it('writes nothing when its function throws, and throws the same', async () => {
    const answers = envAnswers(PARTNERS);
    const body =
      'return why(() => env.transaction(async () => { await ada.write({ name: "A" }); throw new UserError("no"); }));';
    expect((await run(body, answers)).result).toBe('UserError: no');
    expect(answers.calls.at(-1)).toEqual(['env.rollback', 1]);
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Ada', 'Bob']);
  });

  it('throws what its commit was refused with', async () => {
    const answers = envAnswers(PARTNERS);
    const call: EnvAnswers['call'] = (operation, args) => {
      if (operation !== 'env.commit') return answers.call(operation, args);
      throw Object.assign(new Error('changed meanwhile'), { name: 'RetryableJobError' });
    };
    const { outcome } = await run('return env.transaction(() => ada.write({ name: "A" }));', {
      ...answers,
      call,
    });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { name: 'RetryableJobError', message: 'changed meanwhile' },
    });
  });

  it('cannot be nested, and goes on after the attempt', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `return env.transaction(async () => {
      const nested = await why(() => env.transaction(() => 1));
      await ada.write({ name: "A" });
      return nested;
    });`;
    expect((await run(body, answers)).result).toMatch(
      /^TypeError: env.transaction: a transaction is under way .* cannot be nested/,
    );
    expect(operations(answers)).toEqual(['env.begin', 'env.write', 'env.commit']);
  });

  it('takes a function only', async () => {
    expect((await run('return why(() => env.transaction(ada.write({ name: "A" }) as any));')).result).toBe(
      'TypeError: env.transaction takes a function.',
    );
  });

  it('is given up when its function did not await a call', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `let late: any;
      const error = await why(() => env.transaction(() => { late = why(() => ada.write({ name: "A" })); }));
      return [error, await late];`;
    expect((await run(body, answers)).result).toEqual([
      'TypeError: env.transaction: its function ended while 1 of its calls were not answered, so nothing was written. Await all of them inside it.',
      LATE,
    ]);
    expect(operations(answers)).toEqual(['env.begin', 'env.write', 'env.rollback']);
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Ada', 'Bob']);
  });

  it.each([
    ['a timer', 'await sleep(20);'],
    ['a protected call', 'await slow(20);'],
    ['several', 'await slow(5); await sleep(5); await Promise.resolve();'],
  ])('does not let what goes on after %s write outside of it', async (_what, wait) => {
    const answers = envAnswers(PARTNERS);
    const body = `let late: any;
      await env.transaction(() => { late = (async () => { ${wait} return why(() => ada.write({ name: "A" })); })(); });
      await bob.write({ name: "B" });
      const error = await late;
      await sleep(1);
      return error;`;
    expect((await run(body, answers)).result).toBe(LATE);
    expect(operations(answers)).toEqual(['env.begin', 'env.commit', 'env.write']);
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Ada', 'B']);
  });

  it('refuses what comes while it is being committed', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `let late: any;
      await env.transaction(() => { late = (async () => { for (let i = 0; i < 20; i++) await null; return why(() => ada.write({ name: "A" })); })(); });
      return late;`;
    expect((await run(body, answers)).result).toBe(LATE);
    expect(operations(answers)).not.toContain('env.write');
  });

  it('has what waits for something that began before it', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `const before = slow(10);
      await env.transaction(async () => { await before; await ada.write({ name: "A" }); });
      await bob.write({ name: "B" });`;
    await run(body, answers);
    expect(answers.calls.slice(1)).toEqual([
      ['env.begin'],
      ['env.write', 'res.partner', [1], [['name', 'value', 'A']], 1],
      ['env.commit', 1],
      ['env.write', 'res.partner', [2], [['name', 'value', 'B']]],
    ]);
  });

  it('ends alone when one of several calls fails', async () => {
    const answers = envAnswers(PARTNERS);
    const body = `const error = await why(() => env.transaction(() => Promise.all([ada.write({ name: "A" }), partners.search([["x", "~", 1]])])));
      await bob.write({ name: "B" });
      return error;`;
    expect((await run(body, answers)).result).toBe('ValidationError: The operator ~ is not known.');
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['Ada', 'B']);
  });

  it('is over for what Protected Code is called with later, whatever an earlier call left behind', async () => {
    const answers = envAnswers(PARTNERS);
    const files = {
      'protected.ts': `
        const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
        let left: Promise<unknown>;
        export const first = () => env.transaction(() => {
          left = sleep(5).then(() => env["res.partner"].create({ name: "late" })).catch((error) => error.name);
        });
        export const second = async () => { const [ada] = await env["res.partner"].search(); await ada.write({ name: "A" }); return left; };`,
      'tasks/t.ts': `export async function handle_button() {
        await first();
        await new Promise((r) => setTimeout(r, 30));
        return second();
      }`,
    };
    const { outcome, result } = await runJob(sandbox, { files, call: answers.call });
    expect(outcome).toMatchObject({ status: 'done' });
    expect(result).toBe('TypeError');
    expect(answers.all('res.partner').map(({ name }) => name)).toEqual(['A', 'Bob']);
  });
});
