import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../../sandbox/types.ts';
import { type EnvAnswers, envAnswers } from '../../../support/env-answers.ts';
import { runJob, startJob, taskOnly } from '../../../support/sandbox.ts';
import { until } from '../../../support/wait-for.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const answers = (): EnvAnswers => envAnswers({ 'res.partner': [{ name: 'Ada' }, { name: 'Bob' }] });

const THINGS = `const model: any = env["res.partner"];
  const set: any = await model.search();
  const [record]: any = set;
  const link: any = await record.set_link("r", "x");`;

const run = (body: string, { call } = answers()) =>
  runJob(sandbox, {
    files: taskOnly(`export async function handle_button(data: any) { ${THINGS} ${body} }`),
    call,
  });

it('has nothing that a job could change for the next in what records, models and links inherit', async () => {
  const { result } = await run(`
    const seen = new Set<object>(); const open: string[] = [];
    const visit = (value: any, path: string) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
      seen.add(value);
      if (!Object.isFrozen(value)) open.push(path);
      visit(Object.getPrototypeOf(value), path + '.[[Prototype]]');
      for (const key of Reflect.ownKeys(value)) {
        const property = Object.getOwnPropertyDescriptor(value, key);
        for (const part of [property?.value, property?.get, property?.set]) visit(part, path + '.' + String(key));
      }
    };
    for (const [name, value] of Object.entries({ model, set, record, link })) visit(Object.getPrototypeOf(value), name);
    visit(Object.getPrototypeOf(set[Symbol.iterator]()), 'iterator');
    return [open, seen.size > 60];`);
  expect(result).toEqual([[], true]);
});

describe('a job leaves nothing behind for the next:', () => {
  it.each([
    ['a method of records', 'Object.getPrototypeOf(record).write = () => "mine";'],
    ['a getter of records', 'Object.defineProperty(Object.getPrototypeOf(record), "id", { get: () => 7 });'],
    ['a method that records do not have', 'Object.getPrototypeOf(record).left = 1;'],
    [
      'what stands above their prototype',
      'Object.setPrototypeOf(Object.getPrototypeOf(record), { left: 1 });',
    ],
    [
      'a property of what stands above',
      'Object.defineProperty(Object.getPrototypeOf(Object.getPrototypeOf(record)), "left", { value: 1 });',
    ],
    ['the class of records', 'record.constructor.left = 1;'],
    ['a method of models', 'Object.getPrototypeOf(model).search = async () => "mine";'],
    ['a method of links', 'Object.getPrototypeOf(link).unlink = async () => "mine";'],
    ['a getter of links', 'Object.defineProperty(Object.getPrototypeOf(link), "odoo", { get: () => 7 });'],
  ])('%s', async (_what, attack) => {
    const body = `
      const before = [typeof record.write, record.id, (() => { try { return record.left; } catch (e: any) { return e.name; } })(), record.constructor.left, (await model.search()).length, link.odoo.ids, await link.unlink()];
      let error: any; try { ${attack} } catch (caught: any) { error = caught.name; }
      return [before, error];`;
    const first = await run(body);
    expect(first.result).toEqual([['function', 1, 'TypeError', undefined, 2, [1], true], 'TypeError']);
    expect((await run(body)).result).toEqual(first.result);
  });

  it('properties of its own records', async () => {
    const body =
      'const had = Object.hasOwn(record, "left"); Object.defineProperty(record, "left", { value: 1 }); return [had, record.left];';
    for (let round = 0; round < 2; round += 1) expect((await run(body)).result).toEqual([false, 1]);
  });
});

describe('what code can reach through a record', () => {
  it('is no class that makes others', async () => {
    const { result } = await run(`
      const tries = [record, model, link].flatMap(({ constructor: Made }: any) => [
        () => new Made(), () => new Made(Symbol("makes sets of records"), {}, "x", []), () => new (class extends Made {})(),
        () => Reflect.construct(Object, [], Made).length, () => Reflect.apply(Made, undefined, []),
      ]);
      return tries.map((attempt) => { try { return [attempt()]; } catch (error: any) { return error.name; } });`);
    // An object without records that has the prototype of models has no length, and asks for nothing.
    const refused = Array(5).fill('TypeError');
    expect(result).toEqual([...refused, ...refused.slice(1, 4), [undefined], 'TypeError', ...refused]);
  });

  it('is not the connection of its job', async () => {
    const { result } = await run(`
      const found: string[] = [];
      const seen = new Set<object>();
      const visit = (value: any, depth: number) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > 6) return;
        seen.add(value);
for (const name of ['settle', 'callWithin', 'connection']) { try { if (typeof value[name] === 'function') found.push(name); } catch {} }
        for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
          for (const key of Reflect.ownKeys(at)) {
            try { visit(Reflect.get(at, key, value), depth + 1); } catch {}
          }
        }
      };
      for (const value of [model, set, record, link, env]) visit(value, 0);
      const caught: any[] = [];
      set.filtered(function (this: any, ...args: any[]) { caught.push(this, args.length); });
      return [found, caught];`);
    expect(result).toEqual([[], [undefined, 1, undefined, 1]]);
  });

  it('is refused to what is no record', async () => {
    const { result } = await run(`
      const prototype = Object.getPrototypeOf(record);
      const errors: any[] = [];
      for (const [holder, key] of [[prototype, "id"], [prototype, "length"], [Object.getPrototypeOf(link), "odoo"]] as any) {
        try { errors.push(Object.getOwnPropertyDescriptor(holder, key)?.get?.call({ length: 1 })); } catch (e: any) { errors.push(e.name); }
      }
      for (const fake of [{}, Object.create(record), new Proxy(record, {})]) {
        try { errors.push(await prototype.write.call(fake, { name: "x" })); } catch (e: any) { errors.push(e.name); }
        try { errors.push(record.union(fake).length); } catch (e: any) { errors.push(e.name); }
      }
      return errors;`);
    expect(new Set(result as string[])).toEqual(new Set(['TypeError']));
  });
});

it('a record of a job that has ended asks for nothing any more', async () => {
  const { calls, call } = answers();
  const files = taskOnly(`export async function handle_button(kind: string) {
    ${THINGS}
    if (kind === 'neighbour') { log('up'); await new Promise((r) => setTimeout(r, 400)); return 'ok'; }
    const after = async () => { for (;;) { await null; await record.write({ name: 'late' }); } };
    Promise.resolve().then(() => { void after(); });
    setTimeout(after, 1);
    return 'ok';
  }`);
  const neighbour = await startJob(sandbox, { files, input: 'neighbour', call });
  await until('the neighbour runs', () => neighbour.logs.length === 1);
  expect((await runJob(sandbox, { files, input: 'late', call })).result).toBe('ok');
  expect(await neighbour.outcome).toMatchObject({ status: 'done' });
  expect(calls.filter(([operation]) => operation === 'env.write').length).toBeLessThan(2);
});

it('jobs that run beside each other have their own transactions and calls', async () => {
  const seen: [string, string, unknown][] = [];
  const backs = new Map<string, EnvAnswers>();
  const files = taskOnly(`export async function handle_button(kind: string) {
    ${THINGS}
    const work = async () => { for (let i = 0; i < 5; i++) { await new Promise((r) => setTimeout(r, 2)); await record.write({ name: kind + i }); } };
    await (kind === 'within' ? env.transaction(work) : work());
    return record.name;
  }`);
  const order = (jobId: string, input: string) => ({
    files,
    input,
    jobId,
    call: (operation: string, args: readonly unknown[], id: string) => {
      const back = backs.get(id) ?? answers();
      backs.set(id, back);
      if (operation === 'env.write') seen.push([id, String((args[2] as string[][])[0]?.[2]), args[3]]);
      return back.call(operation, args);
    },
  });
  const started = await Promise.all([
    startJob(sandbox, order('tx-job', 'within')),
    startJob(sandbox, order('other-job', 'without')),
  ]);
  for (const job of started) expect(await job.outcome).toMatchObject({ status: 'done' });
  expect(seen.filter(([id]) => id === 'tx-job')).toEqual(
    [0, 1, 2, 3, 4].map((i) => ['tx-job', `within${i}`, 1]),
  );
  expect(seen.filter(([id]) => id === 'other-job')).toEqual(
    [0, 1, 2, 3, 4].map((i) => ['other-job', `without${i}`, undefined]),
  );
});
