import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaksIn, textsOfData } from '../support/canary.ts';
import { startHttpServer, type TestServer } from '../support/http-server.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const TOKEN = '73512:AAHcanary/token+for=tests-only';
const PEM = `-----BEGIN KEY-----\n${'Q2FuYXJ5IGluIGEgY29hbCBtaW5l"\\'.repeat(12)}\n-----END KEY-----\n`;
const LONG = Array.from({ length: 60 }, (_, n) => `c4n4ry${n * 7919}`).join('_');
const HOST = 'CanaryHostLabel7x9q';
const SECRETS = [TOKEN, PEM, LONG, HOST];

/** Ways in which Protected Code lets its secrets out: `s` is one of them, `fill(n)` text of that length. */
const PROTECTED_WAYS: Readonly<Record<string, string>> = {
  'a log line': 'log(s)',
  'a log line of data': 'log({ a: [s, new Map([[s, new Set([s])]])] })',
  'the name of a property in a log line': 'log({ [s]: 1 })',
  console: 'console.error("x", s, new Error(s))',
  'a log line in encodings':
    'log([btoa(s), b64encode("y" + s), encodeURIComponent(s), JSON.stringify({ s })].join(" "))',
  'the middle of where a log line is cut': 'for (let n = 1; n < 40; n += 4) log(fill(65536 - n) + s)',
  'the middle of where a long text in data was cut':
    'for (let n = 1; n < 40; n += 4) log({ a: fill(10000 - n) + s })',
  'an error': 'throw new Error(s)',
  'the name of an error': 'const e = new Error("x"); e.name = s; throw e',
  'a thrown text': 'throw s',
  'a thrown object': 'throw { message: s, name: s }',
  'a thrown object without a message': 'throw { s }',
  'a cause': 'throw new Error("x", { cause: new Error(s) })',
  'a stack': 'const e = new Error("x"); Object.defineProperty(e, "stack", { value: s }); throw e',
  'an AggregateError': 'throw new AggregateError([new Error(s)], s)',
  'a DOMException': 'throw new DOMException(s, s)',
  'a UserError': 'throw new UserError(s)',
  'the middle of where an error is cut': 'throw new Error(fill(16384 - 7) + s)',
  'the middle of where a stack is cut': 'const e = new Error(fill(16384 - 16) + s); throw e',
  'a rejection that nobody handles': 'void Promise.reject(new Error(fill(995) + s)); await null',
  'an error in a timer':
    'setTimeout(() => { throw new Error(s); }, 0); await new Promise((r) => setTimeout(r, 20))',
  'the path of a TypeError': 'return { [s]: () => 1 }',
  'a request to a host that is not allowed':
    'await fetch("https://blocked.example/" + encodeURIComponent(s))',
  'a host': 'await fetch("https://" + secrets.S3 + ".example/")',
  'a request':
    'await fetch(params.URL + "/?q=" + encodeURIComponent(s), { method: "POST", body: s, headers: { "x-a": btoa(s) } })',
  'the end of what the ledger keeps of a request':
    'await fetch(params.URL, { method: "POST", body: fill(1020) + s })',
  'an answer that echoes': 'log(await (await fetch(params.URL, { method: "POST", body: s })).text())',
  'a method': 'await fetch(params.URL, { method: s })',
  'the name of a header': 'await fetch(params.URL, { headers: { [s]: "x" } })',
  'the value of a header': 'await fetch(params.URL, { headers: { "x-a": s + "\\\\n" } })',
  'a name of a hash': 'await crypto.subtle.digest(s, new Uint8Array(1))',
  'a declaration': 'await log_outgoing_data(s, fill(1020) + s)',
};
/** Ways in which the engine stores what a task had. The task was given the secret, which is its Manager's mistake. */
const TASK_WAYS: Readonly<Record<string, string>> = {
  'a result': 'return s',
  'a result of data': 'return { [s]: [s, JSON.stringify({ s }), new Map([[s, s]])] }',
  'a result of bytes': 'return new TextEncoder().encode(s)',
  'a long result': 'return fill(1010) + s + fill(70000)',
  'an error of the task': 'throw new Error(s)',
  "the name of a task's error": 'const e = new Error("x"); e.name = s; throw e',
  "the middle of where a task's error is cut": 'throw new Error(fill(16384 - 7) + s)',
  'a constant': 'return CONSTANT.length + BYTES.length',
};

let instance: Instance;
let server: TestServer;
let hook = '';
beforeAll(async () => {
  instance = await startInstance();
  server = await startHttpServer(async (request, response) => {
    for await (const chunk of request) response.write(chunk);
    response.end();
  });
  const cases = (ways: Readonly<Record<string, string>>) =>
    Object.entries(ways)
      .map(([name, code]) => `case ${JSON.stringify(name)}: { ${code}; return; }`)
      .join('\n');
  ({ IN: hook = '' } = await instance.deploy('canary', {
    'project.yaml': `name: Canary
slug: canary
active: true
params: [{key: URL, value: "${server.url}"}]
secrets: [{key: S0}, {key: S1}, {key: S2}, {key: S3}]
egress: {allow_private: ["${server.place}"]}
tasks:
  - name: Spray
    code: tasks/spray.ts
    triggers: [{type: webhook, name: IN}, {type: button, name: GO}]
  - name: Constants
    code: tasks/constants.ts
    triggers: [{type: button, name: CONSTANTS}]
`,
    'protected.ts': `
const _fill = (n: number) => 'x'.repeat(n);
export const CONSTANT = { text: secrets.S0 };
export const BYTES = new TextEncoder().encode(secrets.S1);
export const reveal = (key: string) => secrets[key];
export async function spray(way: string, key: string) {
  const s = secrets[key];
  const fill = _fill;
  switch (way) {
    ${cases(PROTECTED_WAYS)}
  }
}`,
    'tasks/spray.ts': `
const fill = (n: number) => 'x'.repeat(n);
export async function handle_button({ way, key, where }: any) {
  if (where === 'protected') {
    try { await spray(way, key); } catch (error) { log(error); log(error.name + error.message); throw error; }
    return 'survived';
  }
  const s = await reveal(key);
  switch (way) {
    ${cases({ ...TASK_WAYS, 'a constant': 'return 1' })}
  }
}
export async function handle_webhook(request: any) {
  const s = await reveal(request.args.key);
  switch (request.args.way) {
    case 'status': return { status: s, body: 'x' };
    case 'header': return ['x', 200, { [s]: 'x', ['y'.repeat(60) + s]: 'x' }];
    case 'body': return { body: s };
    case 'fail': throw new Error(s);
    default: return 'ok';
  }
}`,
    'tasks/constants.ts': `
export async function handle_button(name: string) { return name === 'bytes' ? BYTES.length : CONSTANT.text; }`,
  }));
  for (const [index, value] of SECRETS.entries()) {
    await instance.call('PUT', `/projects/canary/secrets/S${index}`, { value });
  }
});
afterAll(async () => {
  await instance.stop();
  await server[Symbol.asyncDispose]();
});

/** What anybody can read of the project. */
async function replies(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const route of [
    '/jobs?limit=1000',
    '/logs?limit=1000',
    '/outgoing?limit=1000',
    '/audit?limit=1000',
    '/projects/canary',
  ]) {
    texts.set(route, JSON.stringify((await instance.call('GET', route)).body));
  }
  return texts;
}

async function expectNoLeak(): Promise<void> {
  expect(leaksIn(await replies(), SECRETS)).toEqual([]);
  expect(leaksIn(textsOfData(instance.dataDir), SECRETS)).toEqual([]);
  expect(leaksIn(new Map([['the log of the server', instance.log.join('\n')]]), SECRETS)).toEqual([]);
}

const run = (data: unknown, trigger = 'GO') =>
  instance.call<{ job: { status: string } }>('POST', `/projects/canary/triggers/${trigger}/run`, {
    data,
    wait: 30,
  });

describe('a secret leaves no trace', () => {
  it.each(Object.keys(PROTECTED_WAYS))(
    'when Protected Code puts it into %s',
    async (way) => {
      for (const key of ['S0', 'S1', 'S2']) {
        const { body } = await run({ way, key, where: 'protected' });
        expect(['done', 'done_with_warnings', 'failed']).toContain(body.job.status);
      }
      await expectNoLeak();
    },
    60_000,
  );

  it.each(Object.keys(TASK_WAYS))(
    'when a task that was given it puts it into %s',
    async (way) => {
      for (const key of ['S0', 'S1', 'S2']) await run({ way, key, where: 'task' });
      await expectNoLeak();
    },
    60_000,
  );

  it('when a task mentions a constant with it', async () => {
    expect((await run('text', 'CONSTANTS')).body.job.status).toBe('failed');
    expect((await run('bytes', 'CONSTANTS')).body.job.status).toBe('failed');
    await expectNoLeak();
  }, 60_000);

  it.each(['status', 'header', 'body', 'fail'])(
    'when a webhook answers with it: %s',
    async (way) => {
      for (const key of ['S0', 'S1', 'S2']) {
        const answer = await fetch(`${hook}?way=${way}&key=${key}`);
        const headers = JSON.stringify([...answer.headers]);
        const texts = new Map([['the answer', `${headers}${await answer.text()}`]]);
        expect(leaksIn(texts, SECRETS)).toEqual([]);
      }
      await expectNoLeak();
    },
    60_000,
  );

  it('when the caller of a webhook sends it', async () => {
    const s = SECRETS[1] ?? '';
    const query = encodeURIComponent(s);
    const bodies = [
      JSON.stringify({ s }),
      JSON.stringify({ inner: JSON.stringify({ s }) }),
      'x'.repeat(32_760) + s,
      `${'x'.repeat(1020)}${s}${'x'.repeat(40_000)}`,
    ];
    for (const body of bodies) await fetch(`${hook}?q=${query}`, { method: 'POST', body });
    await fetch(hook, { method: 'POST', body: new URLSearchParams({ [s]: s }), headers: { 'x-y': query } });
    await fetch(`${hook}/${LONG}`);
    await expectNoLeak();
  }, 60_000);
});
