import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob, type TestJob } from '../support/sandbox.ts';

const SECRET = 'canary-5f1c9d';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const project = (protectedCode: string, task: string, common = ''): Record<string, string> => ({
  'protected.ts': protectedCode,
  'common.ts': common,
  'tasks/t.ts': `export async function handle_button(data: any) { ${task} }`,
});

const run = (protectedCode: string, task: string, more: Partial<TestJob> = {}) =>
  runJob(sandbox, {
    files: project(protectedCode, task),
    secrets: { TOKEN: SECRET },
    mask: (text) => text.replaceAll(SECRET, '***'),
    ...more,
  });

describe('Protected Code', () => {
  it('cannot be flooded with the arguments of calls that nobody waits for', async () => {
    const flood = 'const bytes = new Uint8Array(9_000); for (let i = 0; i < 100; i++) take(bytes);';
    const { outcome } = await run('export function take(bytes) {}', flood, {
      limits: { messageBytes: 10_000 },
    });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'messages' } });
  });

  it('takes any number of large arguments one after the other', async () => {
    const calls = 'const bytes = new Uint8Array(9_000); for (let i = 0; i < 20; i++) await take(bytes);';
    const { outcome } = await run('export function take(bytes) {}', calls, {
      limits: { messageBytes: 10_000 },
    });
    expect(outcome.status).toBe('done');
  });

  it('is called from tasks and from Common Code with plain data, and answers plain data', async () => {
    const { result } = await runJob(sandbox, {
      files: project(
        'export function add(a: number, b: number) { return { sum: a + b, at: new Date(0), bytes: new Uint8Array([1]) }; }',
        'return [await add(1, 2), await twice(4)];',
        'export const twice = async (n: number) => (await add(n, n)).sum;',
      ),
    });
    expect(result).toEqual([{ sum: 3, at: new Date(0), bytes: new Uint8Array([1]) }, 8]);
  });

  it('offers plain objects of functions', async () => {
    const { result } = await run(
      'export const bot = { send: (text: string) => "sent " + text, async len(text: string) { return text.length } };',
      'return [await bot.send("x"), await bot.len("four")];',
    );
    expect(result).toEqual(['sent x', 4]);
  });

  it('offers plain-data constants to the tasks that mention them', async () => {
    const { result } = await run(
      'export const LIMITS = Object.freeze({ day: new Date(0), tags: new Set(["a"]) }); export const N = 1 + 1;',
      'return [LIMITS, N];',
    );
    expect(result).toEqual([{ day: new Date(0), tags: new Set(['a']) }, 2]);
  });

  it.each([
    ['export const LEAK = { url: "https://x/" + secrets.TOKEN };', 'contains a secret value'],
    ['export const LEAK = new (class Client { token = secrets.TOKEN })();', 'is an instance of Client'],
  ])('refuses a task the constant of %s', async (code, message) => {
    const { outcome } = await run(code, 'return LEAK;');
    expect(outcome.status).toBe('failed');
    if (outcome.status !== 'done') {
      expect(outcome.error.message).toContain(message);
      expect(JSON.stringify(outcome)).not.toContain(SECRET);
    }
  });

  it('keeps names with an underscore, and what is not exported, to itself', async () => {
    const { result } = await run(
      'const _hidden = 1; function helper() { return 2 } export function shown() { return helper() + _hidden }',
      'return [typeof _hidden, typeof helper, await shown()];',
    );
    expect(result).toEqual(['undefined', 'undefined', 3]);
  });

  it('sees its secrets; the task does not', async () => {
    const { result } = await run(
      'export const length = () => secrets.TOKEN.length;',
      'return [await length(), typeof secrets];',
    );
    expect(result).toEqual([SECRET.length, 'undefined']);
  });

  it('hands over no answer that is withheld, and says why', async () => {
    const code = 'export const token = () => ({ a: secrets.TOKEN }); export const other = () => "b";';
    const task = 'return [await other(), await token().catch((error) => error.name + ": " + error.message)];';
    const withheld = async ({ text }: { readonly text: string }) =>
      text.includes(SECRET) ? 'It holds a secret.' : undefined;
    expect((await run(code, task, { withheld })).result).toEqual(['b', 'TypeError: It holds a secret.']);
  });

  it('runs at most once per job, at its first call, and anew for the next job', async () => {
    const files = project(
      'let calls = 0; log("evaluated"); export const count = () => { calls += 1; return calls; };',
      'return data === "none" ? 0 : [await count(), await count()];',
    );
    for (let round = 0; round < 2; round += 1) {
      const { result, messages } = await runJob(sandbox, { files });
      expect(result).toEqual([1, 2]);
      expect(messages).toEqual(['evaluated']);
    }
    const { messages } = await runJob(sandbox, { files, input: 'none' });
    expect(messages).toEqual([]);
  });

  it('has the names of its errors masked too', async () => {
    const code =
      'export function fail() { const e = new Error("x"); e.name = "E" + secrets.TOKEN; throw e; }';
    const { result } = await run(code, 'try { await fail(); } catch (e) { return e.name; }');
    expect(result).toBe('E***');
  });

  it('has its log lines and errors masked; the error names the line of the task that called', async () => {
    const { outcome, logs } = await runJob(sandbox, {
      files: {
        'protected.ts':
          '// 1\nexport function fail() {\n  log("token " + secrets.TOKEN);\n  throw new RangeError("no " + secrets.TOKEN);\n}',
        'tasks/t.ts': '\n\nexport async function handle_button() {\n  await fail();\n}',
      },
      secrets: { TOKEN: SECRET },
      mask: (text) => text.replaceAll(SECRET, '***'),
    });
    expect(logs[0]).toMatchObject({ message: 'token ***', name: 'protected' });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { name: 'RangeError', message: 'no ***', file: 'tasks/t.ts', line: 4 },
    });
    if (outcome.status === 'done') return;
    expect(outcome.error.stack).toContain('protected.ts:4:');
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it('shows in log lines, which are for everybody, no position or name of its code', async () => {
    const { logs } = await run(
      'export const f = () => { const inner = () => { log(new Error("seen")); log("as text " + new Error("too").stack); }; inner(); };',
      'await f();',
    );
    expect(logs.map(({ message }) => message)).toEqual(['Error: seen', 'as text Error: too']);
  });

  it('gives a task errors made anew: name and message, of the task’s own realm', async () => {
    const { result } = await run(
      'export const f = () => { throw Object.assign(new RangeError("no " + secrets.TOKEN, { cause: secrets.TOKEN }), { code: "E" }); };',
      `try { await f(); } catch (error: any) {
        return [error.name, error.message, Object.getPrototypeOf(error) === RangeError.prototype, error.code, error.cause, error.stack.includes("protected")];
      }`,
    );
    expect(result).toEqual(['RangeError', 'no ***', true, undefined, undefined, false]);
  });

  it('keeps its source to itself', async () => {
    const { result } = await run(
      'export const f = () => { const algorithm = 41; return algorithm; }; export const bot = { send() { const algorithm = 42; return algorithm; } };',
      'return [f, bot.send].map((name: any) => [String(name), Function.prototype.toString.call(name), name.caller ?? null, Object.getOwnPropertyNames(name).length > 9].join().includes("algorithm"));',
    );
    expect(result).toEqual([false, false]);
  });

  it.each([
    ['export const f = () => () => 1;', 'return await f();', 'result is a function'],
    [
      'export const f = () => ({ items: [0, 0, 0, { client: new Map([[1, new (class C {})()]]) }] });',
      'return await f();',
      'result.items[3].client[0] is an instance of C',
    ],
    [
      'export const f = (x: unknown) => x;',
      'return await f({ a: [() => 1] });',
      'arguments[0].a[0] is a function',
    ],
  ])('lets no function or instance through: %s', async (code, task, message) => {
    const { outcome } = await run(code, task);
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { name: 'TypeError', message: expect.stringContaining(message) },
    });
  });

  it('is stopped with the job when it loops, and the neighbour project goes on', async () => {
    const looping = run('export const f = () => { for (;;); };', 'await f();', {
      limits: { timeoutMs: 700 },
    });
    const { result } = await run('export const f = () => 7;', 'return await f();', {
      projectId: 'project-2',
    });
    expect(result).toBe(7);
    expect((await looping).outcome.status).toMatch(/timed_out|limit_exceeded/);
    const after = await run('export const f = () => 8;', 'return await f();');
    expect(after.result).toBe(8);
  });

  it('has its lines over the limit dropped and counted with those of the task', async () => {
    const { outcome, messages } = await run(
      'export function f() { for (let i = 0; i < 30; i += 1) log(i); }',
      'for (let i = 0; i < 15; i += 1) log(i); await f();',
      { limits: { logLines: 10 } },
    );
    expect(outcome.status).toBe('done');
    expect(messages).toHaveLength(21);
    expect(messages.at(-1)).toMatch(/^25 more log lines were dropped/);
  });

  it('has its processor time counted as the job’s', async () => {
    const { outcome } = await run(
      'export function f() { let sum = 0; for (let i = 0; i < 1e8; i += 1) sum += i; return sum; }',
      'return await f();',
    );
    expect(outcome.status).toBe('done');
    expect(outcome.cpuMs).toBeGreaterThan(20);
  });

  it('declares outgoing data before the job is over, awaited or not', async () => {
    const declared: unknown[] = [];
    const { outcome } = await run(
      'export function f() { log_outgoing_data("somebody", { a: 1 }); }',
      'await f();',
      {
        call: async (operation, args) => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          declared.push([operation, ...args]);
        },
      },
    );
    expect(outcome.status).toBe('done');
    expect(declared).toEqual([['log_outgoing_data', 'somebody', { a: 1 }]]);
  });

  it('fetches through the works; a refusal is an error with its reason', async () => {
    const code = `export async function get(path: string) {
      const answer = await fetch("https://api.example.org" + path, { method: "POST", headers: { "X-Key": secrets.TOKEN }, body: "hi" });
      return [answer.status, await answer.text(), answer.headers.get("x-kind")];
    }`;
    const seen: unknown[] = [];
    const call = (operation: string, [request]: readonly unknown[]) => {
      seen.push(operation, request);
      const { url } = request as { url: string };
      if (url.endsWith('/no')) throw new Error('api.example.org is not in egress.allow.');
      return {
        status: 201,
        statusText: 'Created',
        url,
        redirected: false,
        headers: [['x-kind', 'plain']],
        body: new TextEncoder().encode('made'),
      };
    };
    const good = await run(code, 'return await get("/x");', { call });
    expect(good.result).toEqual([201, 'made', 'plain']);
    expect(seen[0]).toBe('fetch');
    expect(seen[1]).toMatchObject({ method: 'POST', url: 'https://api.example.org/x' });
    const bad = await run(code, 'return await get("/no");', { call });
    expect(bad.outcome).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('is not in egress.allow') },
    });
  });
});
