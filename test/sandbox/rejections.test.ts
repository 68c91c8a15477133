import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob, type TestJob, taskOnly } from '../support/sandbox.ts';

const SECRET = 'canary-9d31';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const button = (body: string, more: Partial<TestJob> = {}) =>
  runJob(sandbox, { files: taskOnly(`export async function handle_button() {\n${body}\n}`), ...more });
const pause = 'await new Promise((r) => setTimeout(r, 5));';

describe('a rejection that nobody handles', () => {
  it.each([
    ['at once', 'Promise.reject(new TypeError("boom")); return 1;', 'TypeError: boom'],
    [
      'after an await',
      `${pause} Promise.reject(new TypeError("boom")); ${pause} return 1;`,
      'TypeError: boom',
    ],
    [
      'in the job’s last entry',
      `${pause} Promise.reject(new TypeError("boom")); return 1;`,
      'TypeError: boom',
    ],
    [
      'of a function nobody awaits',
      `(async () => { await null; throw new RangeError("boom"); })(); ${pause} return 1;`,
      'RangeError: boom',
    ],
    [
      'in a timer',
      `setTimeout(() => { throw new RangeError("boom"); }, 1); ${pause} ${pause} ${pause} return 1;`,
      'RangeError: boom',
    ],
    [
      'in a microtask',
      `queueMicrotask(() => { throw new RangeError("boom"); }); ${pause} return 1;`,
      'RangeError: boom',
    ],
    ['with a text', 'Promise.reject("boom"); return 1;', 'boom'],
    ['with nothing', 'Promise.reject(); return 1;', 'undefined'],
  ])('%s is an error line of the job, once', async (_when, body, text) => {
    const { result, logs } = await button(body);
    expect(result).toBe(1);
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ level: 'error', name: 'task' });
    expect(logs[0]?.message).toMatch(new RegExp(`^Unhandled rejection: ${text}`));
  });

  it('names the author’s lines where the realm gives them away, and nothing of ours', async () => {
    const body = '\n  Promise.reject(new Error("boom"));';
    expect((await button(body)).messages).toEqual(['Unhandled rejection: Error: boom']);
    const { messages } = await button(body, { ownRealm: { task: true } });
    expect(messages[0]).toContain('tasks/t.ts:3:');
    expect(messages[0]).not.toMatch(/isolated-vm|runner|sluice:|file:/);
  });

  it('is none when it was handled in time', async () => {
    const { messages } = await button(
      'const p = Promise.reject(new Error("late")); await null; await p.catch(() => {});',
    );
    expect(messages).toEqual([]);
  });

  it('in Protected Code is a line of Protected Code, masked', async () => {
    const { logs } = await runJob(sandbox, {
      files: {
        'protected.ts':
          '\nexport const f = () => {\n  Promise.reject(new Error("no " + secrets.TOKEN));\n  return 1;\n};',
        ...taskOnly('export async function handle_button() { return await f(); }'),
      },
      secrets: { TOKEN: SECRET },
      mask: (text) => text.replaceAll(SECRET, '***'),
    });
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ level: 'error', name: 'protected' });
    expect(logs[0]?.message).toBe('Unhandled rejection: Error: no ***');
  });

  it('comes only so often and only so long', async () => {
    const many = `for (let i = 0; i < 300; i++) { Promise.reject(new Error("b" + i)); await new Promise((r) => setTimeout(r, 0)); } return "ok";`;
    const { result, messages } = await button(many, { limits: { logLines: 1 } });
    expect(result).toBe('ok');
    expect(messages).toHaveLength(100);
    expect(messages.at(-1)).toContain('further ones are not recorded');
    const long = await button('Promise.reject(new Error("x".repeat(1e6))); return 1;');
    expect(long.messages[0]).toMatch(/^Unhandled rejection: an error with a text of 1\d{6} characters$/);
  });

  it.each(['message', 'stack', 'name'])('whose %s loops ends its job, and the next one runs', async (key) => {
    const { outcome } = await button(
      `Promise.reject(Object.defineProperty(new Error("x"), "${key}", { get() { for (;;); } })); return 1;`,
      { limits: { cpuMs: 300 } },
    );
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
    expect((await button('return 2;')).result).toBe(2);
  });
});
