import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actor } from '../../support/deploys.ts';
import {
  callHook,
  deployTask,
  hookRequest,
  linesOf,
  newestJob,
  openTestRuntime,
  type TestRuntime,
} from '../../support/runtime.ts';

const SECRET = 'correct-horse-battery';
const HOOK = '{type: webhook, name: HOOK}';

let works: TestRuntime;
let last = 0;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

/** A project with one webhook whose handler is this body. */
async function project(body: string, yaml = '', files: Record<string, string> = {}): Promise<string> {
  last += 1;
  const slug = `project-${last}`;
  const code = `export async function handle_webhook(request: any) { ${body} }`;
  await deployTask(works.runtime, { slug, code, yaml, files, triggers: [HOOK] });
  return slug;
}

async function call(slug: string, request = {}) {
  const answer = await callHook(works.runtime, slug, 'HOOK', request);
  const job = await newestJob(works.store, slug);
  const [row] = (await works.store.listLedger({ job: job.id }, { limit: 10 })).items;
  if (answer === undefined || row === undefined) throw new Error('The webhook was not answered.');
  return { answer, job, row, input: JSON.parse(job.input ?? 'null'), error: JSON.parse(job.error ?? 'null') };
}

describe('a webhook', () => {
  it('is one job, its lines and one row of the ledger, on disk once it is answered', async () => {
    const slug = await project('log("hello"); return "done " + request.method + user.name + job.attempt;');
    const { answer, job, row } = await call(slug, { method: 'POST' });
    expect(answer.body).toBe('done POSTwebhook HOOK1');
    expect(job).toMatchObject({
      project: slug,
      task: 'Task',
      trigger: 'HOOK',
      trigger_type: 'webhook',
      function: 'handle_webhook',
      status: 'done',
      overall: 'done',
      attempt: 1,
      max_attempts: 1,
      version: 1,
      result: '"done POSTwebhook HOOK1"',
      error: null,
    });
    expect(JSON.parse(job.user)).toEqual({ id: null, name: 'webhook HOOK', login: null, role: null });
    expect(job.finished_at).not.toBeNull();
    expect((await linesOf(works.store, job.id)).map(({ message, name }) => [message, name])).toEqual([
      ['hello', 'task'],
    ]);
    expect(row).toMatchObject({
      kind: 'webhook_answer',
      project: slug,
      recipient: '192.0.2.7',
      method: 'POST',
      user: 'webhook HOOK',
      version: 1,
      status: 200,
      bytes: 22,
      sha256: createHash('sha256').update('done POSTwebhook HOOK1').digest('hex'),
      excerpt: 'done POSTwebhook HOOK1',
    });
  });

  it('is done with warnings when a warning was logged', async () => {
    const { job, answer } = await call(await project('log("careful", LOG_WARNING); return "x";'));
    expect([job.status, job.overall, answer.status]).toEqual([
      'done_with_warnings',
      'done_with_warnings',
      200,
    ]);
  });

  it.each(['LOG_ERROR', 'LOG_CRITICAL'])('is failed overall when a line of %s was logged', async (level) => {
    const { job, answer } = await call(await project(`log("bad", ${level}); return "x";`));
    expect([job.status, job.overall, answer.status]).toEqual(['done', 'failed', 200]);
  });

  it('says nothing about a failure but the job to look at', async () => {
    const slug = await project('\n  throw new UserError("the database is at 10.0.0.5");');
    const { answer, job, error, row } = await call(slug);
    expect(answer.status).toBe(500);
    expect(answer.body).toBe(`The webhook failed. Job ${job.id}\n`);
    expect(row).toMatchObject({ status: 500, excerpt: answer.body });
    expect([job.status, job.overall, job.result]).toEqual(['failed', 'failed', null]);
    expect(error).toMatchObject({
      name: 'UserError',
      message: 'the database is at 10.0.0.5',
      file: 'tasks/t.ts',
      line: 2,
      limit: null,
    });
    const [line] = await linesOf(works.store, job.id);
    expect(line).toMatchObject({ level: 'error', name: 'sluice' });
    expect(line?.message).toMatch(/^UserError: the database is at 10\.0\.0\.5 \(tasks\/t\.ts:2:\d+\)$/);
  });

  it('is timed out when it takes longer than its limit', async () => {
    const slug = await project('await new Promise(() => {});', 'limits: {timeout: 1s}');
    const { answer, job, error } = await call(slug);
    expect([answer.status, job.status, job.overall]).toEqual([500, 'timed_out', 'timed_out']);
    expect(error.message).toContain('limits.timeout');
  });

  it('drops headers that are not allowed, and says so in the log', async () => {
    const slug = await project('return ["x", 200, {"Set-Cookie": "a=b", "X-Fine": "1"}];');
    const { answer, job } = await call(slug);
    expect(answer.headers).toEqual([
      ['X-Fine', '1'],
      ['Content-Type', 'text/plain; charset=utf-8'],
    ]);
    expect(job.status).toBe('done_with_warnings');
    expect((await linesOf(works.store, job.id))[0]).toMatchObject({ level: 'warning', name: 'sluice' });
  });

  it('can be followed while it runs', async () => {
    const slug = await project('log("started"); await new Promise((r) => setTimeout(r, 2500)); return "x";');
    const statuses: string[] = [];
    const stopWatching = works.store.watchLogs((lines) => {
      for (const { message, job } of lines) {
        if (message !== 'started' || job === null) continue;
        void works.store.getJob(job).then((row) => statuses.push(`${row?.status} ${row?.input !== null}`));
      }
    });
    const { job } = await call(slug);
    stopWatching();
    expect(statuses).toEqual(['running true']);
    expect(job.status).toBe('done');
    expect(await linesOf(works.store, job.id)).toHaveLength(1);
  });

  it('runs beside itself', async () => {
    const slug = await project('await new Promise((r) => setTimeout(r, 50)); return request.args.n;');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => callHook(works.runtime, slug, 'HOOK', { args: [['n', `${n}`]] })),
    );
    expect(answers.map((answer) => answer?.body)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
  });
});

describe('the stored input of a webhook', () => {
  it('is the request without what lets somebody in', async () => {
    const { input } = await call(await project('return "x";'), {
      method: 'POST',
      path: '/orders/5',
      args: [
        ['a', '1'],
        ['a', '2'],
        ['__proto__', 'own'],
      ],
      headers: [
        ['Authorization', 'Bearer abc'],
        ['cookie', 'session=1'],
        ['X-Telegram-Bot-Api-Secret-Token', 'abc'],
        ['X-Api-Key', 'abc'],
        ['User-Agent', 'test'],
      ],
      data: new TextEncoder().encode('{"a": 1}'),
    });
    expect(input).toEqual({
      method: 'POST',
      path: '/orders/5',
      args: JSON.parse('{"a": ["1", "2"], "__proto__": "own"}'),
      form: {},
      headers: {
        Authorization: '***',
        cookie: '***',
        'X-Telegram-Bot-Api-Secret-Token': '***',
        'X-Api-Key': '***',
        'User-Agent': 'test',
      },
      body: '{"a": 1}',
      remote_addr: '192.0.2.7',
      files: [],
    });
  });

  it('shows bytes that are no text in base64, and of files the name and size', async () => {
    const slug = await project('return "x";');
    const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
    expect((await call(slug, { data: bytes })).input.body).toEqual({ base64: '//4A' });
    const file = { name: 'photo', filename: '../a.png', content_type: 'image/png', bytes };
    const { input } = await call(slug, { files: [file], form: [['k', 'v']] });
    expect([input.files, input.form, input.body]).toEqual([
      [{ name: 'photo', filename: '../a.png', size: 3 }],
      { k: 'v' },
      null,
    ]);
  });

  it('is an excerpt when the request is large', async () => {
    const slug = await project('return request.data.length;');
    const { input, answer, job } = await call(slug, { data: Buffer.alloc(200_000, 'a') });
    expect(answer.body).toBe('200000');
    expect(input.body).toEqual({ bytes: 200_000, excerpt: 'a'.repeat(1024) });
    const pairs = Array.from({ length: 1000 }, (_, n) => [`k${n}`, 'v'.repeat(500)] as const);
    const large = await call(slug, { form: pairs });
    expect(large.input.truncated).toBe(true);
    expect(job.input?.length).toBeLessThan(65_536);
  });

  it.each([
    ['all', true, true],
    ['failed', false, true],
    ['none', false, false],
  ])('with keep.input %s is there after success: %s, after failure: %s', async (keep, done, failed) => {
    const slug = await project(
      'if (request.args.fail) throw new Error("x"); return "x";',
      `keep: {input: ${keep}}`,
    );
    expect((await call(slug)).job.input !== null).toBe(done);
    expect((await call(slug, { args: [['fail', '1']] })).job.input !== null).toBe(failed);
  });
});

describe('a secret value', () => {
  const yaml = 'secrets: [{key: TOKEN}]';
  const files = { 'protected.ts': 'export function reveal() { return secrets.TOKEN; }' };

  async function withSecret(body: string): Promise<string> {
    const slug = await project(body, yaml, files);
    await works.runtime.setSecret(slug, 'TOKEN', SECRET, actor('manager'));
    return slug;
  }

  it.each([
    'return await reveal();',
    'return {a: ["x" + await reveal()]};',
    'return new TextEncoder().encode(await reveal());',
    'return ["x", 200, {"X-A": await reveal()}];',
    'return new Response("x", {headers: {"X-A": await reveal()}});',
  ])('in the answer fails the job: %s', async (body) => {
    const { answer, job, error, row } = await call(await withSecret(body));
    expect([answer.status, job.status, error.name]).toEqual([500, 'failed', 'AnswerRefused']);
    expect(answer.body).toBe(`The webhook failed. Job ${job.id}\n`);
    const lines = await linesOf(works.store, job.id);
    expect(JSON.stringify([answer, job, lines, row])).not.toContain(SECRET);
  });

  it('is masked in what is stored, not in what the handler gets', async () => {
    const slug = await withSecret(
      'return (await reveal()) === request.text() && request.args.t === request.text() ? "same" : "other";',
    );
    const { answer, job } = await call(slug, {
      args: [['t', SECRET]],
      path: `/${SECRET}`,
      headers: [['X-Other', SECRET]],
      data: new TextEncoder().encode(SECRET),
    });
    expect(answer.body).toBe('same');
    expect(job.input).toContain('***');
    expect(JSON.stringify(job)).not.toContain(SECRET);
  });

  it('is masked in the error of a job', async () => {
    const { job } = await call(await withSecret('throw new Error("got " + (await reveal()));'));
    expect(job.error).toContain('got ***');
    const lines = await linesOf(works.store, job.id);
    expect(JSON.stringify([job, lines])).not.toContain(SECRET);
  });

  it('that is the path of a hook is masked in the input and in the ledger', async () => {
    const slug = await project('return request.headers.get("referer");');
    const url = works.runtime.project(slug)?.webhooks.HOOK ?? '';
    const hook = url.slice(url.lastIndexOf('/') + 1);
    const { answer, job, row } = await call(slug, { headers: [['Referer', url]] });
    expect(answer.body).toBe(url);
    expect(JSON.stringify([job, row])).not.toContain(hook);
  });
});

describe('no webhook', () => {
  it('is found by an unknown path, nor by that of a trigger, task or project that is switched off', async () => {
    const slug = await project('return "x";');
    const hookOf = () => works.runtime.project(slug)?.triggersByName.get('HOOK')?.hook ?? '';
    const found = async (hook: string) => (await works.runtime.handleHook(hook, hookRequest())) !== undefined;

    expect(await found('nothing')).toBe(false);
    expect(await found('__proto__')).toBe(false);
    expect(await found(hookOf())).toBe(true);
    await works.runtime.setTriggerActive(slug, 'HOOK', false);
    expect(await found(hookOf())).toBe(false);
    await works.runtime.setTriggerActive(slug, 'HOOK', true);
    await works.runtime.setProjectActive(slug, false);
    expect(await found(hookOf())).toBe(false);
    await works.runtime.setProjectActive(slug, true);
    expect(await found(hookOf())).toBe(true);

    const code = 'export function handle_webhook() { return "x"; }';
    await deployTask(works.runtime, { slug, code, task: '    active: false', triggers: [HOOK] });
    expect(await found(hookOf())).toBe(false);
  });

  it('is found by the path it had before it was rotated, or before its project was deleted', async () => {
    const slug = await project('return "x";');
    const before = works.runtime.project(slug)?.triggersByName.get('HOOK')?.hook ?? '';
    const rotated = await works.runtime.rotateHook(slug, 'HOOK');
    const after = rotated.triggersByName.get('HOOK')?.hook ?? '';
    expect(after).not.toBe(before);
    expect(await works.runtime.handleHook(before, hookRequest())).toBeUndefined();
    expect(await works.runtime.handleHook(after, hookRequest())).toMatchObject({ status: 200 });
    await works.runtime.deleteProject(slug);
    expect(await works.runtime.handleHook(after, hookRequest())).toBeUndefined();
  });
});
