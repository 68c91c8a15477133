import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob, startJob, taskOnly } from '../support/sandbox.ts';
import { until } from '../support/wait-for.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const button = (body: string, more: object = {}) =>
  runJob(sandbox, { files: taskOnly(`export async function handle_button(data: any) { ${body} }`), ...more });

describe('a job', () => {
  it('gets its input and returns its result', async () => {
    const { outcome, result } = await button('return {sum: data.a + data.b};', { input: { a: 1, b: 2 } });
    expect(outcome.status).toBe('done');
    expect(result).toEqual({ sum: 3 });
  });

  it('knows its params, texts, webhooks, trigger, user and itself', async () => {
    const { result } = await button(
      'return [params.GREETING, texts.BYE, webhooks.ORDERS, TRIGGER_NAME, trigger_name, user.name, job.attempt, json.loads("[1]")];',
    );
    expect(result).toEqual(['Hello', 'Bye', 'http://127.0.0.1/hook/x', 'TEST', 'TEST', 'Test', 1, [1]]);
  });

  it('writes log lines with levels, in order, values shown as text', async () => {
    const { logs } = await button(
      'log("one"); log({a: [1, new Date(0)]}, LOG_WARNING); console.error("three", 3); log("four", "nonsense");',
    );
    expect(logs.map(({ level, message, name }) => [level, message, name])).toEqual([
      ['info', 'one', 'task'],
      ['warning', '{"a":[1,1970-01-01T00:00:00.000Z]}', 'task'],
      ['error', 'three 3', 'task'],
      ['info', 'four', 'task'],
    ]);
  });

  it('can wait for timers', async () => {
    const { result } = await button(
      'const t = Date.now(); await new Promise((r) => setTimeout(r, 30)); const gone = setTimeout(() => log("never"), 5); clearTimeout(gone); await new Promise((r) => setTimeout(r, 20)); return Date.now() - t >= 45;',
    );
    expect(result).toBe(true);
  });

  it('is a fresh program: what an earlier job of the same task left is gone', async () => {
    const files = taskOnly(
      'let count = 0; export function handle_button() { count += 1; globalThis.left = count; try { Object.prototype.left = 1 } catch (e) {} return [count, typeof left, ({}).left]; }',
    );
    for (let round = 0; round < 3; round += 1) {
      const { result } = await runJob(sandbox, { files });
      expect(result).toEqual([1, 'undefined', undefined]);
    }
  });

  it('sees no trace of regular expressions that another job matched', async () => {
    const { result } = await button(
      '/(secret)/.exec("secret"); return [RegExp.$1, RegExp.lastMatch, RegExp["$&"]];',
    );
    expect(result).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    'process',
    'require',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'fetch',
    'secrets',
    'log_outgoing_data',
    'lockdown',
    'harden',
    'Compartment',
  ])('has no %s', async (name) => {
    const { result } = await button(`return typeof ${name};`);
    expect(result).toBe('undefined');
  });

  it.each([
    ['Array.prototype.x = 1', 'TypeError'],
    ['Object.prototype.toString = () => "x"', 'TypeError'],
    ['(async () => {}).constructor.prototype.x = 1', 'TypeError'],
    ['Error.prepareStackTrace = () => { for (;;); }', 'TypeError'],
    ['Error.stackTraceLimit = 1e9', 'TypeError'],
    ['Intl.x = 1', 'TypeError'],
    ['URL.prototype.x = 1', 'TypeError'],
    ['new Intl.DateTimeFormat().constructor.prototype.x = 1', 'TypeError'],
    ['(function* () {})().constructor.prototype.x = 1', 'TypeError'],
    ['Symbol.iterator.constructor.x = 1', 'TypeError'],
    ['json.x = 1', 'TypeError'],
    ['UserError.prototype.x = 1', 'TypeError'],
    ['setTimeout.constructor.prototype.x = 1', 'TypeError'],
    ['Date.now = () => 0', 'TypeError'],
    ['implicit = 1', 'ReferenceError'],
  ])('cannot change what all jobs share: %s', async (code, name) => {
    const { result } = await button(
      `try { ${code}; return 'changed'; } catch (error) { return error.name; }`,
    );
    expect(result).toBe(name);
  });
});

describe('a job that fails', () => {
  it('can log an error: the lines are the author’s there too', async () => {
    const { messages } = await runJob(sandbox, {
      files: taskOnly('export function handle_button() {\n  log(new Error("seen"));\n}'),
    });
    expect(messages[0]).toContain('tasks/t.ts:2:');
    expect(messages[0]).not.toContain('isolated-vm');
  });

  it('is told to await', async () => {
    const { outcome } = await button('return [Promise.resolve(1)];');
    expect(outcome).toMatchObject({
      error: { message: 'result[0] is a Promise (forgot await?); only plain data can cross' },
    });
  });

  it('has an input that no runner could take', async () => {
    const input = { bytes: new Uint8Array(60 * 1024 ** 2) };
    const { outcome } = await button('return 1;', { input });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'messages' } });
    expect((await button('return 2;')).result).toBe(2);
  });

  it('names the file, line and column of the author and maps the stack', async () => {
    const { outcome } = await runJob(sandbox, {
      files: {
        'common.ts': 'export function deep(x: number): never {\n  throw new RangeError("bad " + x);\n}',
        'tasks/t.ts':
          'interface Unused { a: string }\n\nexport function handle_button() {\n  const n: number = 4;\n  return deep(n);\n}',
      },
    });
    expect(outcome.status).toBe('failed');
    if (outcome.status === 'done') return;
    expect(outcome.error).toMatchObject({ name: 'RangeError', message: 'bad 4', file: 'common.ts', line: 2 });
    expect(outcome.error.stack).toContain('tasks/t.ts:5:');
    expect(outcome.error.stack).not.toContain('sluice:');
  });

  it.each([
    ['throw "text"', 'Error', 'text'],
    ['throw null', 'Error', 'null'],
    ['throw new RetryableJobError("later")', 'RetryableJobError', 'later'],
    ['throw {name: "Odd", message: 5}', 'Odd', '{"name":"Odd","message":5}'],
    ['class Mine extends Error {}; throw new Mine("own")', 'Error', 'own'],
    ['null.x', 'TypeError', "Cannot read properties of null (reading 'x')"],
    [
      'return {items: [1, {client: new (class Client {})()}]}',
      'TypeError',
      'result.items[1].client is an instance of Client; only plain data can cross',
    ],
    ['return new Proxy({}, {})', 'TypeError', 'result is a Proxy; only plain data can cross'],
    ['return {then(){}}', 'TypeError', ''],
  ])('is a value: %s', async (code, name, message) => {
    const { outcome } = await button(code, code.includes('then()') ? { limits: { timeoutMs: 300 } } : {});
    if (code.includes('then()')) {
      expect(outcome.status).toBe('timed_out');
      return;
    }
    expect(outcome.status).toBe('failed');
    if (outcome.status !== 'done') expect(outcome.error).toMatchObject({ name, message });
  });

  it('says so when the handler is not there', async () => {
    const { outcome } = await runJob(sandbox, { files: taskOnly('export const x = 1;') });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { message: 'The task declares no function handle_button.' },
    });
  });
});

describe('the jobs of another project', () => {
  it('go on while code that was quick so far loops', async () => {
    const loop = taskOnly('export function handle_button(forever: boolean) { while (forever); }');
    const waiting = taskOnly(
      'export async function handle_button() { log("up"); await new Promise((r) => setTimeout(r, 300)); return "ok"; }',
    );
    for (let count = 0; count < 30; count += 1) await runJob(sandbox, { files: loop });
    const other = await startJob(sandbox, { files: waiting, projectId: 'project-2' });
    await until('the other job runs', () => other.logs.length === 1);
    const looping = runJob(sandbox, { files: loop, input: true, limits: { cpuMs: 2_000 } });
    const first = await Promise.race([other.outcome, looping.then(({ outcome }) => outcome)]);
    expect(first).toMatchObject({ status: 'done' });
    expect((await looping).outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
  });
});

describe('limits', () => {
  const cases: [string, string, object, string, string | null][] = [
    ['wall time of a job that waits', 'await new Promise(() => {});', { timeoutMs: 200 }, 'timed_out', null],
    ['processor time of a loop', 'for (;;);', { cpuMs: 200 }, 'limit_exceeded', 'cpu'],
    [
      'a loop after an await',
      'await new Promise((r) => setTimeout(r, 1)); for (;;);',
      { cpuMs: 200 },
      'limit_exceeded',
      'cpu',
    ],
    ['a flood of microtasks', 'for (;;) await null;', { cpuMs: 200 }, 'limit_exceeded', 'cpu'],
    [
      'an error whose message loops',
      'throw {get message() { for (;;); }};',
      { cpuMs: 200 },
      'limit_exceeded',
      'cpu',
    ],
    ['wall time of a loop', 'for (;;);', { timeoutMs: 200 }, 'timed_out', null],
    [
      'memory',
      'const a = []; for (;;) a.push(new Array(1000).fill(a.length));',
      { cpuMs: 5000 },
      'limit_exceeded',
      'memory',
    ],
    [
      'a result that is too large',
      'return "x".repeat(20000);',
      { resultBytes: 10_000 },
      'limit_exceeded',
      'result',
    ],
  ];
  it.each(cases)('%s: the job ends, and the next one runs', async (_name, code, limits, status, limit) => {
    const { outcome } = await button(code, { limits });
    expect(outcome.status).toBe(status);
    if (outcome.status !== 'done') expect(outcome.error.limit).toBe(limit);
    expect((await button('return "alive";')).result).toBe('alive');
  });

  it('log lines past the limit are dropped and counted, and the job goes on', async () => {
    const { outcome, messages } = await button(
      'for (let i = 0; i < 500; i++) log("line " + i); return "ok";',
      {
        limits: { logLines: 10 },
      },
    );
    expect(outcome.status).toBe('done');
    expect(messages).toHaveLength(11);
    expect(messages[10]).toBe(
      '490 more log lines were dropped: the job reached its limit of lines or bytes.',
    );
  });

  it('timers that are started and stopped in a loop are refused at last', async () => {
    const { outcome } = await button('for (;;) clearTimeout(setTimeout(() => {}, 60_000));');
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'RangeError' } });
  });

  it('timers of a job that waits for them are not counted together', async () => {
    const { result } = await button(
      `for (let i = 0; i < 9_000; i++) clearTimeout(setTimeout(() => {}, 1000));
       await new Promise((r) => setTimeout(r, 1));
       for (let i = 0; i < 9_000; i++) clearTimeout(setTimeout(() => {}, 1000));
       return "ok";`,
    );
    expect(result).toBe('ok');
  });

  it('cancelling ends a job with the reason', async () => {
    const running = await startJob(sandbox, {
      files: taskOnly('export const handle_button = () => new Promise(() => {});'),
    });
    running.cancel('Somebody pressed cancel.');
    expect(await running.outcome).toMatchObject({
      status: 'cancelled',
      error: { message: 'Somebody pressed cancel.' },
    });
  });
});
