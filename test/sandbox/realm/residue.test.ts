import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { runJob, startJob, taskOnly } from '../../support/sandbox.ts';
import { findSharedObjects } from '../../support/shared-objects.ts';
import { until } from '../../support/wait-for.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

it('two jobs of one realm share no object that one of them could change', async () => {
  for (const { shared, changeable } of await findSharedObjects()) {
    expect(shared).toBeGreaterThan(1_000);
    expect(changeable).toEqual([]);
  }
}, 30_000);

/** Each program looks for what it left, leaves it, and returns what it found: the same for every job. */
const LEAVES: readonly [what: string, code: string][] = [
  [
    'the position of a regular expression',
    'const hit = PATTERN.test("aaa"); return [hit, PATTERN.lastIndex];',
  ],
  ['a key of a template', 'const t = tag`x`; const known = SEEN.has(t); SEEN.set(t, 1); return known;'],
  [
    'a property of a template',
    'const t = tag`x`; try { t.left = 1; } catch (e) { return [e.name, t.left]; }',
  ],
  [
    'a private field on a shared object',
    'try { new Stamp(Array); return has(Array); } catch (e) { return e.name; }',
  ],
  [
    'a registered symbol',
    'const s = Symbol.for("left"); return [Symbol.keyFor(s), s === Symbol.for("left")];',
  ],
  ['its stack limit', 'try { Error.stackTraceLimit = 1; } catch (e) { return e.name; }'],
  [
    'listeners',
    'const e = new EventTarget(); e.addEventListener("x", () => {}); return Object.keys(EventTarget);',
  ],
  [
    'the state of a decoder',
    'return new TextDecoder().decode(new Uint8Array([0xe2, 0x82]), { stream: true });',
  ],
  ['the number of a timer', 'const id = setTimeout(() => {}, 1); clearTimeout(id); return id;'],
  [
    'a proxy',
    'return [typeof Proxy.left, (() => { try { Proxy.left = 1; } catch (e) { return e.name; } })()];',
  ],
  [
    'a prototype of segments',
    'const p = Object.getPrototypeOf(new Intl.Segmenter().segment("a")); const had = "left" in p; try { p.left = 1; } catch (e) { return [had, e.name]; }',
  ],
];

describe('a job leaves nothing behind for the next:', () => {
  it.each(LEAVES)('%s', async (_what, code) => {
    const files = taskOnly(`
      const PATTERN = /a/g;
      const SEEN = new WeakMap();
      const tag = (strings: object, ..._values: unknown[]) => strings as any;
      const Stamp: any = class extends (function (this: any, o: object) { return o; } as any) { #mark = 1; static has(o: any) { return #mark in o; } };
      const has = (o: object) => Stamp.has(o);
      export function handle_button() { ${code} }`);
    const first = await runJob(sandbox, { files });
    expect(first.outcome.status).toBe('done');
    for (let round = 0; round < 3; round += 1) {
      expect((await runJob(sandbox, { files })).result).toEqual(first.result);
    }
  });
});

it('a job that registers many symbols leaves as much memory as it found', async () => {
  const files = taskOnly(`export async function handle_button(many: boolean) {
    if (!many) return new Array(2_000_000).fill(0).length;
    const [one, other] = [Symbol.for('kept'), Symbol.for('kept')];
    for (let i = 0; i < 60_000; i++) {
      Symbol.for('left by a job that has ended, and that was called ' + job.id + ' ' + i);
      if (i % 10_000 === 0) await null;
    }
    return [one === other, one === Symbol.for('kept'), Symbol.keyFor(one), one.description];
  }`);
  const limits = { memoryBytes: 32 * 1024 ** 2, cpuMs: 8_000, timeoutMs: 20_000 };
  for (let round = 0; round < 8; round += 1) {
    const { result } = await runJob(sandbox, { files, input: true, limits });
    expect(result).toEqual([true, true, 'kept', 'kept']);
  }
  expect((await runJob(sandbox, { files, input: false, limits })).result).toBe(2_000_000);
}, 60_000);

describe('what a job goes on doing after its end', () => {
  const files = taskOnly(`
    export async function handle_button(kind: string) {
      if (kind === 'neighbour') {
        log('up');
        for (let i = 0; i < 20; i++) await new Promise((r) => setTimeout(r, 50));
        return 'ok';
      }
      if (kind === 'loop') { Promise.resolve().then(() => { for (;;); }); for (;;); }
      if (kind === 'flood') { const again = (): any => Promise.resolve().then(again); again(); for (;;); }
      if (kind === 'spin') { (async () => { for (;;) await null; })(); return 'ok'; }
      if (kind === 'collect') {
        const registry = new FinalizationRegistry(() => { for (;;); });
        for (let i = 0; i < 200_000; i++) registry.register({}, 1);
        await new Promise((r) => setTimeout(r, 5));
        return 'ok';
      }
      let last; for (let i = 0; i < 2_000_000; i++) last = { i };
      return last;
    }`);
  const limits = { cpuMs: 600 };

  it.each([
    ['loop', 'limit_exceeded'],
    ['flood', 'limit_exceeded'],
    ['spin', 'limit_exceeded'],
    ['collect', 'done'],
  ])(
    'is its own (%s): the neighbour in its realm is neither stopped nor charged',
    async (kind, status) => {
      const neighbour = await startJob(sandbox, { files, input: 'neighbour' });
      await until('the neighbour runs', () => neighbour.logs.length === 1);
      const { outcome } = await runJob(sandbox, { files, input: kind, limits });
      expect(outcome.status).toBe(status);
      for (let round = 0; round < 3; round += 1) await runJob(sandbox, { files, input: 'garbage' });
      expect(await neighbour.outcome).toMatchObject({ status: 'done' });
      expect((await neighbour.outcome).cpuMs).toBeLessThan(600);
    },
    20_000,
  );

  it('is not heard: log lines, calls and timers of an ended job are dropped', async () => {
    const late = taskOnly(`export function handle_button() {
      setTimeout(() => log('late'), 30);
      Promise.resolve().then(() => Promise.resolve()).then(() => log('still this entry'));
      return 'ok';
    }`);
    const { result, logs } = await runJob(sandbox, { files: late });
    expect(result).toBe('ok');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(logs.map(({ message }) => message)).not.toContain('late');
  });
});
