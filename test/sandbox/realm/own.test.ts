import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { runJob, startJob, type TestJob, taskOnly } from '../../support/sandbox.ts';
import { until } from '../../support/wait-for.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const files = (body: string) => taskOnly(`export async function handle_button(data: any) { ${body} }`);
const own = (body: string, more: Partial<TestJob> = {}) =>
  runJob(sandbox, { files: files(body), ownRealm: { task: true }, ...more });

describe('a task with a realm of its own', () => {
  it('can change built-ins; its next job has them as new', async () => {
    const body =
      'const A = Array as any; const had = [A.prototype.last, (Map as any).left, (globalThis as any).left]; A.prototype.last = function () { return this.at(-1) }; (Map as any).left = 1; (globalThis as any).left = 1; return [had, ([1, 2] as any).last()];';
    for (let round = 0; round < 3; round += 1) {
      expect((await own(body)).result).toEqual([[undefined, undefined, undefined], 2]);
    }
  });

  it('has the same names as every other, on a global object that libraries find each other on', async () => {
    const { result, messages } = await own(
      'log("up"); (globalThis as any).lib = { a: 1 }; await new Promise((r) => setTimeout(r, 5)); return [(0, eval)("lib.a"), params.GREETING, typeof fetch, typeof process, typeof WebAssembly, new URL("http://a/b").pathname, globalThis.params === params, await globalThis.crypto.subtle.digest("SHA-256", new Uint8Array(1)).then((d) => d.byteLength)];',
    );
    expect(result).toEqual([1, 'Hello', 'undefined', 'undefined', 'undefined', '/b', true, 32]);
    expect(messages).toEqual(['up']);
  });

  it('leaves the hardened realm of another task as it is', async () => {
    const hardened = files(
      'log("up"); await new Promise((r) => setTimeout(r, 300)); return [Object.isFrozen(Array.prototype), ([] as any).left];',
    );
    const neighbour = await startJob(sandbox, { files: hardened });
    await until('the neighbour runs', () => neighbour.logs.length === 1);
    await own('(Array.prototype as any).left = 1;');
    expect((await neighbour.outcome).status).toBe('done');
    expect((await runJob(sandbox, { files: hardened })).result).toEqual([true, undefined]);
  });

  const PATCHES = `
    const nothing = () => 0 as any;
    Map.prototype.get = Map.prototype.set = Map.prototype.delete = nothing;
    Array.prototype.push = Array.prototype.slice = Array.prototype.reduce = nothing;
    String.prototype.slice = function () { return 'x'.repeat(1000) };
    Object.hasOwn = () => true;`;

  it.each<[string, string, object, string | RegExp, string | null]>([
    ['processor time', 'for (;;);', { cpuMs: 200 }, 'limit_exceeded', 'cpu'],
    [
      'processor time after an await',
      'await null; for (;;) await null;',
      { cpuMs: 200 },
      'limit_exceeded',
      'cpu',
    ],
    [
      'memory',
      'const a: any = {}; for (let i = 0; ; i++) a[i] = new Array(1000).fill(i);',
      {},
      'limit_exceeded',
      'memory',
    ],
    ['wall time', 'await new Promise(() => {});', { timeoutMs: 400 }, 'timed_out', null],
    [
      'wall time with patched promises',
      'Promise.prototype.then = (() => {}) as any; return 1;',
      { timeoutMs: 400 },
      /timed_out|done/,
      null,
    ],
    [
      'the size of its result',
      'return "x".repeat(20_000);',
      { resultBytes: 10_000 },
      'limit_exceeded',
      'result',
    ],
  ])('cannot escape the limit of %s', async (_name, body, limits, status, limit) => {
    const { outcome } = await own(body, { limits });
    expect(outcome.status).toMatch(status);
    if (outcome.status !== 'done' && limit !== null) expect(outcome.error.limit).toBe(limit);
    expect((await own('return "next";')).result).toBe('next');
  });

  it('cannot escape the limits that its realm counts by patching what counts', async () => {
    const project = {
      'protected.ts': 'export const f = () => 1;',
      ...files(`${PATCHES} for (let i = 0; i < 500; i++) { log(i); f(); } await new Promise(() => {});`),
    };
    const { outcome, logs } = await runJob(sandbox, {
      files: project,
      ownRealm: { task: true },
      limits: { calls: 10, logLines: 5 },
    });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'calls' } });
    expect(logs.length).toBeLessThan(10);
  });

  it('gets no more power from what it catches of the bootstrap', async () => {
    const calls: string[] = [];
    const { outcome, result } = await own(
      `const caught: any[] = [];
       const { get } = Map.prototype;
       Map.prototype.get = function (key: any) { const value = Reflect.apply(get, this, [key]); if (value?.call && value?.id) caught.push(value); return value; };
       await new Promise((r) => setTimeout(r, 5));
       await new Promise((r) => setTimeout(r, 5));
       const tries = [];
       for (const op of ['fetch', 'protected:nothing', 'protected:__proto__', 'log_outgoing_data']) {
         for (const job of caught.slice(0, 1)) tries.push(await job.call(op, ['x']).catch((e: any) => e.message));
       }
       return [caught.length > 0, tries];`,
      {
        call: (operation) => {
          calls.push(operation);
          throw new Error('refused by the works');
        },
      },
    );
    expect(outcome.status).toBe('done');
    // What reaches the works is judged there as a call of a task; nothing reaches a protected realm.
    expect(calls.sort()).toEqual(['fetch', 'log_outgoing_data']);
    expect(result).toEqual([
      true,
      [
        'refused by the works',
        'The project has no Protected Code.',
        'The project has no Protected Code.',
        'refused by the works',
      ],
    ]);
  });

  /** Its code catches the bootstrap's own object of its job as `mine`, which speaks for the job. */
  const impostor = (body: string) =>
    taskOnly(`const caught: any[] = [];
      const { set } = Map.prototype;
      Map.prototype.set = function (key: any, value: any) { if (value?.call && value?.id) caught.push(value); return Reflect.apply(set, this, [key, value]); };
      export async function handle_button(data: any) {
        log("up");
        await new Promise((r) => setTimeout(r, data.waits));
        const [mine] = caught;
        ${body}
      }`);

  it('cannot speak for another job of its runner', async () => {
    const files = impostor(
      'if (data.victim) { mine.id = data.victim; mine.log("forged"); mine.stop("calls", "forged"); } return caught.length;',
    );
    const order = { files, ownRealm: { task: true } };
    const victim = await startJob(sandbox, { ...order, input: { waits: 2_000 } });
    await until('the victim runs', () => victim.logs.length === 1);
    const { result } = await runJob(sandbox, { ...order, input: { waits: 20, victim: victim.id } });
    expect(result).toBe(1);
    expect(await victim.outcome).toMatchObject({ status: 'done' });
    expect(victim.logs.map(({ message }) => message)).toEqual(['up']);
  });

  it('does not end its runner by what it says', async () => {
    const files = impostor(
      'if (data.lies) { mine.encode = () => ({ text: {}, tails: [1, {}, null] }); void mine.call("x", []); await new Promise((r) => setTimeout(r, 50)); } return caught.length;',
    );
    const order = { files, ownRealm: { task: true }, call: () => 1 };
    const neighbour = await startJob(sandbox, { ...order, input: { waits: 1_000 } });
    await until('the neighbour runs', () => neighbour.logs.length === 1);
    const liar = await startJob(sandbox, { ...order, input: { waits: 5, lies: true } });
    await liar.outcome;
    expect(await neighbour.outcome).toMatchObject({ status: 'done' });
    expect(neighbour.logs.map(({ message }) => message)).toEqual(['up']);
  });
});

describe('Protected Code with a realm of its own', () => {
  it('can change built-ins, for its job alone; tasks stay hardened', async () => {
    const project = {
      'protected.ts':
        'const had = (Array.prototype as any).left; (Array.prototype as any).left = secrets.TOKEN; export const f = () => [had, ([] as any).left.length];',
      ...files('return [await f(), ([] as any).left, Object.isFrozen(Array.prototype)];'),
    };
    for (let round = 0; round < 2; round += 1) {
      const { result } = await runJob(sandbox, {
        files: project,
        ownRealm: { protected: true },
        secrets: { TOKEN: 'canary' },
      });
      expect(result).toEqual([[undefined, 6], undefined, true]);
    }
  });

  it('does not hurt the server by what it says of its names', async () => {
    const project = {
      'protected.ts': `
        const deep = '['.repeat(1100) + ']'.repeat(1100);
        const text = '[{"name":"x","kind":"constant","value":' + deep + '}]';
        const { set } = Map.prototype;
        Map.prototype.set = function (key: any, value: any) {
          if (value?.job?.encode) value.job.encode = () => ({ text, tails: [] });
          return Reflect.apply(set, this, [key, value]);
        };
        export const x = [1].at(0);`,
      ...files('return x;'),
    };
    const { outcome } = await runJob(sandbox, { files: project, ownRealm: { protected: true } });
    expect(outcome).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/rules/) } });
  });
});
