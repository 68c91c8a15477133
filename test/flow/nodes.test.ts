import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginNode, LEASE_S, type ServedNode } from '../support/nodes/served-node.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { until, waitFor } from '../support/wait-for.ts';

interface Job {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly result: unknown;
  readonly error: { readonly message: string } | null;
  readonly planned_at: string | null;
}
type Jobs = { readonly items: readonly Job[] };

const CODE = `
  export async function handle_webhook() { return params.WHO; }
  export async function handle_cron() { log("tick"); }
  export async function handle_button(data: { seconds: number }) {
    log("began");
    await new Promise((resolve) => setTimeout(resolve, (data?.seconds ?? 0) * 1000));
    return "done by " + params.WHO;
  }`;
const files = (more = '') => ({
  'project.yaml': `name: Shared
slug: shared
active: true
params: [{ key: WHO, value: first }]
tasks:
  - name: Task
    code: tasks/t.ts
    limits: { timeout: 60s }
    triggers:
      - { type: webhook, name: HOOK }
      - { type: button, name: GO }
${more}`,
  'tasks/t.ts': CODE,
});

describe('two nodes of one database', () => {
  let database: TestDatabase;
  /** Works on nothing that is queued. */
  let door: ServedNode;
  let worker: ServedNode;
  const begin = (...flags: string[]) => beginNode(database.url, flags).ready;

  beforeAll(async () => {
    database = await testDatabase();
    [door, worker] = await Promise.all([begin('--no-work'), begin()]);
    await door.call('PUT', '/projects/shared', { files: files() });
  }, 60_000);
  afterAll(async () => {
    await Promise.all([door.stop(), worker.stop()]);
    await database[Symbol.asyncDispose]();
  });

  const job = async (id: string) => (await door.call<Job>('GET', `/jobs/${id}`)).body;
  const run = async (data: unknown, wait = 0): Promise<Job> => {
    const { body } = await door.call<{ job: Job }>('POST', '/projects/shared/triggers/GO/run', {
      data,
      wait,
    });
    return body.job;
  };
  const running = async (data: unknown): Promise<Job> => {
    const { id } = await run(data);
    await until('the job runs', async () => (await job(id)).status === 'running');
    return job(id);
  };
  const hookAt = async (node: ServedNode): Promise<string | undefined> => {
    const { status, body } = await node.call<{ webhooks: Record<string, string> }>('GET', '/projects/shared');
    return status === 200 ? new URL(body.webhooks.HOOK ?? '').pathname : undefined;
  };
  const callHook = async (node: ServedNode, path: string) => {
    const answer = await fetch(`${node.url}${path}`);
    return [answer.status, await answer.text()];
  };
  /** Within a second, and a little for the machine. */
  const soon = (what: string, check: () => Promise<boolean>) => until(what, check, 1_500);

  it('that began at once on nothing are both there, with one demo project', async () => {
    for (const node of [door, worker]) {
      const { body } = await node.call<{ items: { slug: string; version: number }[] }>('GET', '/projects');
      expect(body.items.map(({ slug }) => slug).toSorted()).toEqual(['demo', 'shared']);
      expect(body.items.find(({ slug }) => slug === 'demo')).toMatchObject({ version: 1 });
    }
  });

  it('see each other’s deploys, values, switches and hook paths within a second', async () => {
    await soon('the deploy', async () => (await hookAt(worker)) !== undefined);
    const path = (await hookAt(worker)) ?? '';
    expect(await callHook(worker, path)).toEqual([200, 'first']);
    await worker.call('PUT', '/projects/shared/params/WHO', { value: 'second' });
    await soon('the value', async () => (await callHook(door, path))[1] === 'second');
    await door.call('POST', '/projects/shared/triggers/HOOK/rotate');
    await soon('the end of the old path', async () => (await callHook(worker, path))[0] === 404);
    const rotated = (await hookAt(door)) ?? '';
    expect(await callHook(worker, rotated)).toEqual([200, 'second']);
    await worker.call('PATCH', '/projects/shared', { active: false });
    await soon('the switch', async () => (await callHook(door, rotated))[0] === 404);
    await worker.call('PATCH', '/projects/shared', { active: true });
    await soon('the switch back', async () => (await callHook(door, rotated))[0] === 200);
  });

  it('find out by themselves what they were not told', async () => {
    await database.ask("UPDATE params SET value = 'third' WHERE key = 'WHO'");
    const path = (await hookAt(door)) ?? '';
    for (const node of [door, worker])
      await until('the value is found', async () => (await callHook(node, path))[1] === 'third', 6_000);
  });

  it('run for each other: who asked waits for the end', async () => {
    const began = Date.now();
    expect(await run({ seconds: 0.5 }, 30)).toMatchObject({ status: 'done', result: 'done by third' });
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('end each other’s jobs', async () => {
    const { id } = await running({ seconds: 50 });
    const began = Date.now();
    const { status, body } = await door.call<{ job: Job }>('POST', `/jobs/${id}/cancel`);
    expect([status, body.job.status]).toEqual([200, 'cancelled']);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(await job(id)).toMatchObject({
      status: 'cancelled',
      error: { message: 'admin cancelled the job.' },
    });
  });

  it('start each tick of cron once', async () => {
    const other = await begin('--no-http');
    const cron = '      - { type: cron, name: TICK, every: 1 second }\n';
    await door.call('PUT', '/projects/shared', { files: files(cron) });
    await setTimeout(6_000);
    await worker.call('PATCH', '/projects/shared/triggers/TICK', { active: false });
    const { body } = await door.call<Jobs>('GET', '/jobs?project=shared&trigger=TICK');
    const ticks = body.items.map(({ planned_at }) => planned_at);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(await other.stop()).toBe(0);
  }, 60_000);

  it('take over what a dead one ran, and end what somebody cancels of it', async () => {
    const [first, second] = [await running({ seconds: 4 }), await running({ seconds: 50 })];
    await worker.kill();
    const cancelled = door.call<Job>('POST', `/jobs/${second.id}/cancel`);
    worker = await begin();
    const ended = await waitFor(
      async () => {
        const now = await job(first.id);
        return now.status === 'done' ? now : undefined;
      },
      (LEASE_S + 20) * 1000,
    );
    expect(ended).toMatchObject({ attempt: 1, result: 'done by third' });
    expect(await cancelled).toMatchObject({ status: 200, body: { job: { status: 'cancelled' } } });
  }, 90_000);

  it('end the jobs of a project that one of them deletes', async () => {
    const { id } = await running({ seconds: 50 });
    const path = (await hookAt(worker)) ?? '';
    expect(await door.call('DELETE', '/projects/shared')).toMatchObject({ status: 204 });
    await soon('the hook ends', async () => (await callHook(worker, path))[0] === 404);
    expect((await door.call('GET', `/jobs/${id}`)).status).toBe(404);
    const left = async () => (await database.ask("SELECT 1 FROM jobs WHERE project = 'shared'")).length;
    expect(await left()).toBe(0);
    await worker.call('PUT', '/projects/shared', { files: files() });
    await soon('the new project', async () => (await hookAt(door)) !== undefined);
    expect(await run({ seconds: 0 }, 20)).toMatchObject({ status: 'done', result: 'done by first' });
  });

  it('let no other in whose keyring lacks their key', async () => {
    const keys = [{ id: 'two', key: Buffer.alloc(32, 4).toString('base64') }];
    const { process: refused, ready } = beginNode(database.url, [], {
      SLUICE_KEYRING: JSON.stringify({ keys }),
    });
    await expect(ready).rejects.toThrow(/lacks "one"/);
    expect(await refused.ended).toBe(2);
    expect(refused.stderr().match(/^sluice: /gm)).toHaveLength(1);
    const without = beginNode(database.url, [], { SLUICE_KEYRING: '' });
    await expect(without.ready).rejects.toThrow(/keyring\.json .*there is data in the database/);
    expect(await without.process.ended).toBe(2);
  }, 30_000);
});
