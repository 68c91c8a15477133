import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Instance, startInstance } from '../support/instance.ts';

/** As many as project.yaml can have. */
const MANY = 2400;

function filesWith(type: string): Readonly<Record<string, string>> {
  const triggers = Array.from({ length: MANY }, (_, n) => `{type: ${type}, name: T${n}}`).join(', ');
  return {
    'project.yaml': `name: Many\nslug: many\nactive: true\ntasks: [{name: T, code: tasks/t.ts, triggers: [${triggers}]}]\n`,
    'tasks/t.ts': 'export function handle_webhook() {}\nexport function handle_button() {}\n',
  };
}

describe('a project with very many triggers', () => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance.stop());

  it('keeps nobody waiting for long, when it is deployed, read, and deployed again', async () => {
    await instance.deploy('many', filesWith('webhook'));
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    await instance.deploy('many', filesWith('webhook'));
    const { body } = await instance.call<{ triggers: { url: string | null }[] }>('GET', '/projects/many');
    delay.disable();
    expect(new Set(body.triggers.map(({ url }) => url)).size).toBe(MANY);
    // It was 5 to 9 seconds for each of the two.
    expect(delay.max / 1e6).toBeLessThan(3000);
  }, 60_000);
});
