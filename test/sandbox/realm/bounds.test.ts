import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { runJob, startJob, taskOnly } from '../../support/sandbox.ts';
import { until } from '../../support/wait-for.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const button = (body: string, more: object = {}) =>
  runJob(sandbox, { files: taskOnly(`export async function handle_button(data: any) { ${body} }`), ...more });

describe('a text', () => {
  it.each([
    ['"x".repeat(2 ** 28).split("")'],
    ['String.prototype.split.call({ toString: () => "x".repeat(2 ** 28) }, "")'],
    ['"x,".repeat(2 ** 25).split(",")'],
  ])('that is too long to be split is refused: %s', async (code) => {
    const { outcome } = await button(`return ${code}.length;`);
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { name: 'RangeError', message: expect.stringContaining('cannot be split') },
    });
  });

  it('is split as everywhere', async () => {
    const { result } = await button(
      'const own = { [Symbol.split]: (text: string, limit: any) => [text, String(limit)] }; return ["a,b".split(","), "a1b2".split(/\\d/, 1), "ab".split(""), "ab".split(undefined as any), "a".split(own as any), "a,b".split(",", 0), String.prototype.split.call(12321, 2)];',
    );
    expect(result).toEqual([['a', 'b'], ['a'], ['a', 'b'], ['ab'], ['a', 'undefined'], [], ['1', '3', '1']]);
  });
});

describe('what stands in for a built-in', () => {
  it.each(['String.prototype.split', 'ArrayBuffer', 'FinalizationRegistry', 'Proxy'])(
    '%s has the name and length of the real one, and is frozen',
    async (path) => {
      const { result } = await button(`return [${path}.name, ${path}.length, Object.isFrozen(${path})];`);
      const real = { 'String.prototype.split': ''.split, ArrayBuffer, FinalizationRegistry, Proxy }[path];
      expect(result).toEqual([real?.name, real?.length, true]);
    },
  );

  it('is no constructor where the real one is none, and can be a parent where that can', async () => {
    const { result } = await button(
      'const news: any = []; try { new ("".split as any)("") } catch (e: any) { news.push(e.name) } class Mine extends ArrayBuffer {} news.push(new Mine(3).byteLength, new Mine(1) instanceof ArrayBuffer, new Uint8Array(2).buffer instanceof ArrayBuffer, new Uint8Array(2).buffer.constructor === ArrayBuffer); return news;',
    );
    expect(result).toEqual(['TypeError', 3, true, true, true]);
  });

  it('refuses buffers that grow', async () => {
    const { outcome } = await button(
      'const all = []; for (;;) all.push(new ArrayBuffer(1, { maxByteLength: 2 ** 30 }));',
    );
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'RangeError' } });
  });
});

describe('a loop of calls to the host', () => {
  const files = taskOnly(`export async function handle_button(kind: string) {
    if (kind === 'url') for (;;) new URL('http://a/');
    if (kind === 'caught') for (;;) try { new TextEncoder().encode('č'.repeat(5_000)); } catch {}
    if (kind === 'random') for (;;) crypto.randomUUID();
    log('up');
    await save('a');
    for (let i = 0; i < 30; i++) await new Promise((r) => setTimeout(r, 50));
    return 'ok';
  }`);
  const withProtected = { ...files, 'protected.ts': 'export const save = (a: string) => a;' };

  it.each(['url', 'random'])(
    'ends at the limit of its job alone (%s)',
    async (input) => {
      const neighbour = await startJob(sandbox, { files: withProtected });
      await until('the neighbour runs', () => neighbour.logs.length === 1);
      const { outcome } = await runJob(sandbox, { files: withProtected, input, limits: { cpuMs: 1_000 } });
      expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
      // Had the process been killed, this job could not have gone on: it called out.
      expect(await neighbour.outcome).toMatchObject({ status: 'done' });
    },
    20_000,
  );

  it('that swallows every error ends its job all the same', async () => {
    const limits = { cpuMs: 300 };
    const { outcome } = await runJob(sandbox, { files: withProtected, input: 'caught', limits });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
    expect((await button('return 2;')).result).toBe(2);
  }, 20_000);
});
