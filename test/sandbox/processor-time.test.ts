import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { runJob, taskOnly } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const burn = 'const burn = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };';

describe('the limit of processor time', () => {
  it('ends a loop, and says which limit and how to raise it', async () => {
    const { outcome } = await runJob(sandbox, {
      files: taskOnly('export function handle_button() { for (;;); }'),
      limits: { cpuMs: 300 },
    });
    expect(outcome).toMatchObject({
      status: 'limit_exceeded',
      error: { limit: 'cpu', message: expect.stringMatching(/0\.3 s.*limits\.cpu/) },
    });
  });

  it('counts all steps of a job together', async () => {
    const { outcome } = await runJob(sandbox, {
      files: taskOnly(`${burn} export async function handle_button() {
        for (;;) { burn(50); await new Promise((go) => setTimeout(go, 1)); } }`),
      limits: { cpuMs: 300, timeoutMs: 10_000 },
    });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
  });

  it('counts the task and its Protected Code together', async () => {
    const { outcome } = await runJob(sandbox, {
      files: {
        'tasks/t.ts': `${burn} export async function handle_button() { for (;;) { burn(20); await work(); } }`,
        'protected.ts': `${burn} export function work() { burn(100); }`,
      },
      limits: { cpuMs: 600, timeoutMs: 10_000 },
    });
    expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'cpu' } });
    // Each side alone would have gone on to 600 ms: the task's share is a sixth.
    expect(outcome.cpuMs).toBeLessThan(1200);
  });

  it('does not count waiting', async () => {
    const { outcome } = await runJob(sandbox, {
      files: taskOnly(
        'export async function handle_button() { await new Promise((go) => setTimeout(go, 1500)); }',
      ),
      limits: { cpuMs: 1000 },
    });
    expect(outcome).toMatchObject({ status: 'done' });
    expect(outcome.cpuMs).toBeLessThan(1000);
  });
});
