import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { runJob, taskOnly } from '../../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const MB = 1024 ** 2;
const hogs: Record<string, string> = {
  'arrays that grow': 'const a = []; for (;;) a.push(new Array(1000).fill(a.length));',
  'texts that double': 'let s = "x"; for (;;) s += s + s.toUpperCase();',
  buffers: 'const k = []; for (;;) k.push(new Uint8Array(1e6).fill(1));',
  'formatters of Intl':
    'const k = []; for (;;) k.push(new Intl.DateTimeFormat("de", { dateStyle: "full" }));',
  'a map': 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, { i });',
  'large numbers': 'const k = []; let x = 3n ** 100000n; for (;;) { x = x + 1n; k.push(x * 3n); }',
  'a huge array filled at once': 'return new Array(2 ** 27).fill(1.1).length;',
};

describe('a job that takes too much memory, wherever that lies', () => {
  it.each(Object.entries(hogs))('ends at its limit: %s', async (_what, code) => {
    const { outcome } = await runJob(sandbox, {
      files: taskOnly(`export function handle_button() { ${code} }`),
      limits: { memoryBytes: 32 * MB, timeoutMs: 10_000, cpuMs: 8_000 },
    });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'memory' } });
    const { result } = await runJob(sandbox, { files: taskOnly('export const handle_button = () => 1;') });
    expect(result).toBe(1);
  });

  it('may use what its limit allows', async () => {
    const code =
      'const k = []; for (let i = 0; i < 40; i += 1) k.push(new Uint8Array(1e6).fill(1)); return k.length;';
    const { result } = await runJob(sandbox, {
      files: taskOnly(`export function handle_button() { ${code} }`),
      limits: { memoryBytes: 64 * MB },
    });
    expect(result).toBe(40);
  });
});
