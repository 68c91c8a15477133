import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textsOfData } from '../support/canary.ts';
import { bodyOf, startHttpServer, type TestServer } from '../support/http-server.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const TOKEN = '73512:AAHsealed-token-for-tests-only';
const PLACEHOLDER = /sluice-sealed-[0-9a-f]{4}/;

/** Ways in which Protected Code lets the placeholder `p` out as data; each is refused. */
const DATA_WAYS: Readonly<Record<string, string>> = {
  'a result': 'return p',
  'a result of data': 'return { a: ["x " + p] }',
  'the name of a property': 'return { [p]: 1 }',
  'a map': 'return new Map([[p, new Set([p])]])',
  bytes: 'return new TextEncoder().encode(p)',
  'a large result': 'return "x".repeat(700_000) + p',
  'a register': 'await registers.set("r", "k", p)',
  'the key of a register': 'await registers.set("r", p, 1)',
  'an increment of a register': 'await registers.increment(p, "k")',
  'a link': 'await set_link("r", { github: 1, trello: p })',
  'a record': 'await env["x_thing"].create({ name: p })',
  'a search of records': 'await env["x_thing"].search([["name", "=", p]])',
  'the argument of a sub-job': 'await add_job("later", { priority: 1 })(p)',
  'a declaration': 'await log_outgoing_data("somebody", p)',
  'the recipient of a declaration': 'await log_outgoing_data(p, "x")',
};
/** Ways in which it lets it out as text, where it is masked. */
const TEXT_WAYS: Readonly<Record<string, string>> = {
  'a log line': 'log(p)',
  'a log line of data': 'log({ [p]: [p, new Map([[p, p]])] })',
  console: 'console.error("x", p, new Error(p))',
  'the middle of where a log line is cut': 'for (let n = 1; n < 46; n += 1) log("x".repeat(65536 - n) + p)',
  'an error': 'throw new Error(p)',
  'the name of an error': 'const e = new Error("x"); e.name = p; throw e',
  'a thrown text': 'throw p',
  'a cause': 'throw new Error("x", { cause: new Error(p) })',
  'a stack': 'const e = new Error("x"); Object.defineProperty(e, "stack", { value: p }); throw e',
  'the middle of where an error is cut': 'throw new Error("x".repeat(16384 - 40) + p)',
  'a rejection that nobody handles': 'void Promise.reject(new Error(p)); await null',
  'the path of a TypeError': 'return { [p]: () => 1 }',
  'a request to a host that is not allowed': 'await fetch("https://blocked.example/" + p)',
  "a request to a host that is not the secret's": 'await fetch(params.ELSEWHERE, { headers: { "x-a": p } })',
  'a host': 'await fetch("https://" + p + ".example/")',
  'a body': 'await fetch(params.URL, { method: "POST", body: p })',
  'an option of sign':
    'await fetch(params.URL, { sign: { type: "hmac", header: "x-a", secret: "k", prefix: p } })',
  'the name of a capability': 'await crypto.subtle.digest(p, new Uint8Array(1))',
};

let instance: Instance;
let server: TestServer;
let elsewhere: TestServer;
let seen: { headers: Readonly<Record<string, unknown>>; body: string }[] = [];
const start = () =>
  startHttpServer(async (request, response) => {
    seen.push({ headers: request.headers, body: (await bodyOf(request)).toString() });
    response.end('answer');
  });

beforeAll(async () => {
  instance = await startInstance();
  server = await start();
  elsewhere = await start();
  const cases = Object.entries({ ...DATA_WAYS, ...TEXT_WAYS })
    .map(([name, code]) => `case ${JSON.stringify(name)}: { ${code}; return; }`)
    .join('\n');
  await instance.deploy('sealed', {
    'project.yaml': `name: Sealed
slug: sealed
active: true
params: [{key: URL, value: "${server.url}"}, {key: ELSEWHERE, value: "${elsewhere.url}"}]
secrets: [{key: TOKEN, sealed: true, hosts: ["${server.place}"], in: [header]}]
egress: {allow_private: ["${server.place}", "${elsewhere.place}"]}
tasks:
  - name: Spray
    code: tasks/spray.ts
    triggers: [{type: button, name: GO}]
  - name: Constant
    code: tasks/constant.ts
    triggers: [{type: button, name: CONSTANT}]
`,
    'protected.ts': `
export const HEADERS = { authorization: secrets.TOKEN };
export async function spray(way: string): Promise<unknown> {
  const p: any = secrets.TOKEN;
  switch (way) {
    ${cases}
  }
}
export async function post(headers: Record<string, string>) {
  return (await fetch(params.URL, { headers: { ...headers, authorization: 'Bearer ' + secrets.TOKEN } })).text();
}
export async function signed(body: string) {
  const sign = { type: 'hmac' as const, secret: secrets.TOKEN ?? '', header: 'x-signature', prefix: 'sha256=' };
  await fetch(params.URL, { method: 'POST', body, sign });
}
export async function encoded() {
  return btoa(secrets.TOKEN);
}
export async function relay(url: string, value: string) {
  return (await fetch(url, { headers: { 'x-relay': value } })).text();
}`,
    'tasks/spray.ts': `
export async function later() {}
export async function handle_button({ way, call }: any): Promise<unknown> {
  if (call === 'post') return post({ 'x-a': '1' });
  if (call === 'signed') return signed('hello');
  if (call === 'relay') {
    const placeholder = atob(await encoded());
    const refused = await relay(params.ELSEWHERE, placeholder).catch((error: Error) => error.message);
    return [/^sluice-sealed-/.test(placeholder), refused.replaceAll(placeholder, 'PLACEHOLDER')];
  }
  try { return await spray(way); } catch (error: any) { log(error); log(error.name + ' ' + error.message); throw error; }
}`,
    'tasks/constant.ts': 'export async function handle_button() { return HEADERS.authorization; }',
  });
  await instance.call('PUT', '/projects/sealed/secrets/TOKEN', { value: TOKEN });
});
afterAll(async () => {
  await instance.stop();
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

interface Job {
  readonly status: string;
  readonly result: unknown;
  readonly error: { readonly name: string; readonly message: string } | null;
}
async function run(data: unknown, trigger = 'GO'): Promise<Job> {
  const { body } = await instance.call<{ job: Job }>('POST', `/projects/sealed/triggers/${trigger}/run`, {
    data,
    wait: 30,
  });
  return body.job;
}

/** Neither the value nor a placeholder is anywhere that people or other jobs could read. */
async function expectNoTrace(): Promise<void> {
  const texts = new Map(textsOfData(instance.dataDir));
  for (const route of ['/jobs?limit=1000', '/logs?limit=1000', '/outgoing?limit=1000', '/audit?limit=1000']) {
    texts.set(route, JSON.stringify((await instance.call('GET', route)).body));
  }
  texts.set('the log of the server', instance.log.join('\n'));
  const traces = [...texts].filter(([, text]) => PLACEHOLDER.test(text) || text.includes(TOKEN));
  expect(traces.map(([place]) => place)).toEqual([]);
}

describe('a sealed secret', () => {
  it('reaches its host, and neither its runner nor its task', async () => {
    seen = [];
    expect(await run({ call: 'post' })).toMatchObject({ status: 'done', result: 'answer' });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await expectNoTrace();
  }, 60_000);

  it('signs a request without being told', async () => {
    seen = [];
    expect((await run({ call: 'signed' })).status).toBe('done');
    const signature = createHmac('sha256', TOKEN).update('hello').digest('hex');
    expect(seen[0]).toMatchObject({ body: 'hello', headers: { 'x-signature': `sha256=${signature}` } });
    await expectNoTrace();
  }, 60_000);

  it('goes nowhere else when a task got hold of its placeholder in an encoding', async () => {
    seen = [];
    const { result } = await run({ call: 'relay' });
    expect(result).toEqual([true, expect.stringContaining('the sealed secret TOKEN may not go to')]);
    expect(seen).toEqual([]);
    await expectNoTrace();
  }, 60_000);

  it('is refused as a constant that a task mentions', async () => {
    expect(await run(null, 'CONSTANT')).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
    await expectNoTrace();
  }, 60_000);

  it.each(Object.keys(DATA_WAYS))(
    'leaves no placeholder behind in %s',
    async (way) => {
      const { error } = await run({ way });
      expect(error?.name).toBe('TypeError');
      expect(error?.message).toMatch('holds the placeholder of the sealed secret TOKEN');
      await expectNoTrace();
    },
    60_000,
  );

  it.each(Object.keys(TEXT_WAYS))(
    'leaves no placeholder behind in %s, which is text',
    async (way) => {
      const { status } = await run({ way });
      expect(['done', 'done_with_warnings', 'failed']).toContain(status);
      await expectNoTrace();
    },
    60_000,
  );
});
