import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordChange } from '../../runtime/store/record-store.ts';
import { answeredUntil } from '../support/answered-until.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { logWrite } from '../support/rows.ts';

const MB = 1024 ** 2;
const RECORDS = 200_000;
const AT_ONCE = 2000;
const MODEL = 'x.many';

const FILES = {
  'project.yaml': `name: Hostile
slug: hostile
active: true
models:
  - name: ${MODEL}
    fields:
      - {name: text, type: char}
      - {name: ref, type: char, index: true}
      - {name: parent_id, type: many2one, relation: ${MODEL}, index: true}
tasks:
  - name: Search
    code: tasks/search.ts
    triggers: [{type: button, name: SEARCH}, {type: button, name: COUNT}]
`,
  'tasks/search.ts': `
    export async function handle_button({ domain, count, tx }: any): Promise<number | string> {
      const search = async () =>
        count ? env["${MODEL}"].search_count(domain) : (await env["${MODEL}"].search(domain, { limit: 10 })).length;
      try {
        return await (tx ? env.transaction(search) : search());
      } catch (error) {
        // What is over its limit ends the job, whatever its code makes of it.
        return String(error);
      }
    }`,
};

let instance: Instance;
let hook: string;

beforeAll(async () => {
  instance = await startInstance({ flags: { query_timeout: '1' } });
  hook = (await instance.deploy('echo', ECHO_FILES)).IN ?? '';
  await instance.deploy('hostile', FILES);
  for (let first = 1; first <= RECORDS; first += AT_ONCE) await fill(first);
  for (let count = 0; count < 100; count += 1) {
    await instance.runtime.store.appendLogs([logWrite({ project: 'flood', message: 'a'.repeat(MB) })]);
  }
}, 180_000);
afterAll(() => instance.stop());

async function fill(first: number): Promise<void> {
  const changes = Array.from({ length: AT_ONCE }, (_, n): RecordChange => {
    const id = first + n;
    const values = { text: 'a'.repeat(200), ref: `R${id}`, parent_id: 1 + Math.floor(id / 2) };
    return { model: MODEL, id, expected: null, values, files: new Map() };
  });
  const by = { at: Date.now(), user: '{"id":null,"name":"test"}', most_bytes: 1024 * MB };
  const written = await instance.runtime.store.commitRecords({
    ...by,
    changes,
    learned: new Map(),
    jobs: [],
    logs: [],
  });
  expect(written).toEqual({ kind: 'written' });
}

interface Ran {
  readonly job: {
    readonly status: string;
    readonly result: unknown;
    readonly error: { readonly limit: string | null; readonly message: string } | null;
  };
}

const run = async (data: Readonly<Record<string, unknown>>): Promise<Ran['job']> => {
  const { body } = await instance.call<Ran>('POST', '/projects/hostile/triggers/SEARCH/run', {
    data,
    wait: 60,
  });
  return body.job;
};

/** Each of these texts is almost in each record; a domain takes no more of them. */
const ALMOST = Array.from({ length: 100 }, () => ['text', 'not ilike', `${'a'.repeat(90)}b`]);
const PATHS = Array.from({ length: 50 }, () => ['parent_id.parent_id.parent_id.text', 'ilike', 'b']);

describe('a job whose query takes longer than it may', () => {
  it.each([
    ['many long texts', { domain: ALMOST, count: true }],
    ['paths through all records', { domain: [...Array(49).fill('|'), ...PATHS], count: true }],
    ['a search that ends with nothing', { domain: [...ALMOST, ['text', '=', 'nowhere']] }],
    ['a search in a transaction', { domain: [...ALMOST, ['text', '=', 'nowhere']], tx: true }],
  ])('ends over its limit and says what to do, and keeps nobody waiting: %s', async (_what, data) => {
    const ended = run(data);
    expect(await answeredUntil(instance, hook, ended)).toBeGreaterThan(1);
    const { status, error } = await ended;
    expect([status, error?.limit]).toEqual(['limit_exceeded', 'query']);
    expect(error?.message).toContain('longer than 1 s, which is its limit. Narrow its domain');
  });

  it('leaves the next ones to be answered', async () => {
    expect(await run({ domain: [['ref', '=', 'R77777']] })).toMatchObject({ status: 'done', result: 1 });
    expect(await run({ domain: [['parent_id.ref', '=', 'R500']], count: true })).toMatchObject({ result: 2 });
  });

  it('beside a search for log lines that does the same leaves webhooks and other queries alone', async () => {
    const search = instance.call<{ error: { code: string } }>(
      'GET',
      `/logs?project=flood&q=${'a'.repeat(999)}b`,
    );
    const both = Promise.all([search, run({ domain: ALMOST, count: true })]);
    expect(await answeredUntil(instance, hook, both)).toBeGreaterThan(1);
    const [refused, job] = await both;
    expect([refused.body.error.code, job.error?.limit]).toEqual(['query_limit', 'query']);
    expect(await run({ domain: [['ref', '=', 'R1']] })).toMatchObject({ status: 'done', result: 1 });
    expect((await instance.call('GET', `/records/${MODEL}?limit=5`)).status).toBe(200);
    expect(instance.log.filter((line) => line.includes(' error '))).toEqual([]);
  });
});
