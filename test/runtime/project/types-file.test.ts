import { beforeAll, describe, expect, it } from 'vitest';
import { PROTECTED_CAPABILITIES, TASK_CAPABILITIES } from '../../../sandbox/capabilities.ts';
import { typeCheck, typesOf } from '../../support/type-check.ts';

const PROJECT = {
  'project.yaml': `name: Shop
slug: shop
params: [{key: API, description: "ends a comment */ here"}]
texts: [{key: THANKS, lang: en}, {key: THANKS, lang: de}]
secrets: [{key: TOKEN}]
tasks:
  - {name: Orders, code: tasks/orders.ts, triggers: [{type: webhook, name: ORDERS}, {type: button, name: GO}]}
`,
  'protected.ts': `
export interface Found { readonly id: number }
export async function find(id: number): Promise<Found> {
  const response = await fetch(params.API, { headers: { authorization: \`Bearer \${secrets.TOKEN}\` } });
  await log_outgoing_data(params.API, { id });
  return response.json();
}
export const shop = { rename(id: number, name: string) { return name.length + id; } };
export const COLOURS = ['red', 'blue'] as const;
export const status = async () => (await fetch(params.API)).status;
function _private() {}
`,
  'common.ts': `
export interface Line { readonly quantity: number }
export function total(lines: readonly Line[]): number { return lines.reduce((sum, line) => sum + line.quantity, 0); }
export async function name(): Promise<string> { return (await find(1)).id.toFixed(); }
`,
  'tasks/orders.ts': '',
} as const;

/** Errors of the project with this text in one file. */
async function check(file: keyof typeof PROJECT, text: string): Promise<string[]> {
  return typeCheck({ ...PROJECT, ...(await typesOf(PROJECT)), [file]: text });
}

describe('code that is right', () => {
  it('is right in tasks, with all that tasks have', async () => {
    const task = `
import type { Line } from '../common.ts';

async function handle_webhook(httprequest: HttpRequest): Promise<WebhookAnswer> {
  const lines: Line[] = httprequest.json();
  const first: string | undefined = httprequest.args.first;
  log(first + texts.THANKS + texts_in('de').THANKS + params.API + webhooks.ORDERS + TRIGGER_NAME, LOG_DEBUG);
  const { id } = await find(1);
  const length: number = await shop.rename(id, user.name);
  const colour: 'red' | 'blue' = COLOURS[0];
  const answer: number = await status();
  if (length > answer) throw new RetryableJobError(colour);
  return [{ total: total(lines), name: await name() }, 201, { 'x-job': job.id }];
}
function handle_button(data) { return data; }
const later = await find(2);
`;
    expect(await check('tasks/orders.ts', task)).toEqual([]);
  });

  it('is right with records, links and syncs, in tasks and in Protected Code', async () => {
    const text = `
export async function work(records: RecordSet): Promise<string> {
  const partners = await env["res.partner"].search([["name", "ilike", "a"], "|", ["id", "in", [1, 2]], ["active", "=", true]], { fields: ["name"], order: "id", limit: 5 });
  const [first] = partners;
  const name: string = partners.name + first?.email.toLowerCase();
  for (const partner of partners) await partner.write({ name: partner.name.trim(), parent_id: first, date: new Date() });
  const names: number[] = partners.filtered((p) => p.active).mapped((p) => p.name.length);
  const count: number = (await env.res_users.search_count()) + partners.length + names.length;
  const made: RecordSet = await env["res.partner"].create([{ name, count }]);
  const admin = await env.ref("base.user_admin");
  const value: number = await env.transaction(async () => { await made.unlink(); return admin?.id ?? 0; });
  const link = await made.set_link("r", value, { sync_date: new Date(), allow_many2many: true });
  const external: string = link.external;
  await set_link("card", { github: 1, trello: "x" }, { model: "res.partner" });
  const oldest: Date | null = (await search_links("card", { github: [1, 2], trello: null })).union(link).sync_date;
  await (await get_link("card", { github: 1, trello: null })).update_links(oldest ?? undefined);
  await sync_odoo2x(records.union(partners), { relation: "r", x: { create: async (record) => record.id, update: (reference, record) => log(reference + record.name) } }, { create: true });
  await sync_x2odoo([{ key: 1 }], { relation: "r", x: { get_ref: (item) => item.key }, odoo: { create: (item) => env["a.b"].create({ name: item.key }) } }, { create: true, update: false });
  await sync_external(["a"], "r", { system: "github", get_ref: (item) => item.length }, { system: "trello", create: (item) => item.trim() });
  return external + (await made.read(["name"])).map((data) => data.name) + (await made.message_post({ body: name })).id;
}`;
    expect(await check('tasks/orders.ts', `${text}\nexport const handle_db = work;`)).toEqual([]);
    expect(await check('protected.ts', PROJECT['protected.ts'] + text)).toEqual([]);
  });

  it('is right in JavaScript', async () => {
    const types = await typesOf(PROJECT);
    const { 'tasks/orders.ts': _, ...rest } = { ...PROJECT, ...types };
    expect(
      typeCheck({ ...rest, 'tasks/orders.js': 'function handle_button(data) { return find(data); }' }),
    ).toEqual([]);
  });

  it('is right with the web standards that realms have', async () => {
    const text = `
const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('k'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
const url = new URL('/a', 'https://example.com');
url.searchParams.set('a', b64encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, b64decode('aa=='))))); 
const timer: number = setTimeout((text: string) => console.log(text), 10, 'a');
clearTimeout(timer);
const form = new FormData();
form.append('file', new Blob(['a'], { type: 'text/plain' }), 'a.txt');
const message = new Request(url, { method: 'POST', body: form, signal: AbortSignal.timeout(10) });
export const made = Response.json({ ok: message.headers.get('a'), id: crypto.randomUUID(), text: html2plaintext('<b>') });
for (const [header, value] of new Headers({ a: 'b' })) log([header, value, structuredClone(value), json.dumps(value)]);
`;
    expect(await check('common.ts', text)).toEqual([]);
  });
});

const WRONG = [
  ['a param that does not exist', 'params.UNKNOWN;', 'TS2339'],
  ['a change of a param', 'params.API = "x";', 'TS2540'],
  ['a text that does not exist', 'texts.UNKNOWN;', 'TS2339'],
  ['a text that does not exist, in a language', 'texts_in("de").UNKNOWN;', 'TS2339'],
  ['a language that is no text', 'texts_in(5);', 'TS2345'],
  ['a button as a webhook', 'webhooks.GO;', 'TS2339'],
  ['a secret', 'secrets.TOKEN;', 'TS2304'],
  ['the network', 'fetch("https://example.com");', 'TS2304'],
  ['a private name of Protected Code', '_private();', 'TS2304'],
  ['a result that was not awaited', 'const id: number = find(1).id;', 'TS2339'],
  ['a method whose result was not awaited', 'const n: number = shop.rename(1, "a");', 'TS2322'],
  ['a wrong argument', 'await find("1");', 'TS2345'],
  ['a wrong argument of Common Code', 'total([{ quantity: "1" }]);', 'TS2322'],
  ['what Node.js has', 'process.exit();', 'TS2591'],
  ['what a browser has', 'document.title;', 'TS2584'],
  ['the ledger', 'log_outgoing_data("a", 1);', 'TS2304'],
  ['a webhook that does not exist', 'webhooks.UNKNOWN;', 'TS2339'],
  ['what reads the request but is no part of it', '((r: HttpRequest) => r.body)({} as any);', 'TS2339'],
  ['an answer of a wrong form', 'const a: WebhookAnswer = 5;', 'TS2322'],
  ['a change of the request', '((r: HttpRequest) => { r.method = "GET"; })({} as any);', 'TS2540'],
  ['a change of a record', 'env["res.partner"].browse(1).then((r) => { r.name = "x"; });', 'TS2542'],
  ['a position in a set of records', '(await env["res.partner"].search())[0].name;', 'TS2339'],
  ['a record that was not awaited', 'env["res.partner"].create({ name: "x" }).name;', 'TS2339'],
  ['a field as a set', 'env["res.partner"].search([], { fields: "name" });', 'TS2322'],
  ['an option that search does not have', 'env["res.partner"].search([], { field: ["name"] });', 'TS2561'],
  ['a condition without a value', 'env["res.partner"].search([["name", "="]]);', 'TS2322'],
  ['an id as text', 'env["res.partner"].browse("1");', 'TS2345'],
  ['a method that models do not have', 'env["res.partner"].serach([]);', 'TS2551'],
  [
    'a message without a body',
    'env["res.partner"].browse(1).then((r) => r.message_post({ text: "x" }));',
    'TS2741',
  ],
  ['the record of a name that may not be there', '(await env.ref("a.b")).id;', 'TS2531'],
  ['a transaction of no function', 'env.transaction(env["a"].create({}));', 'TS2345'],
  ['another model as env', 'env.other = env["a"];', 'TS2542'],
  ['a reference of nothing', 'set_link("r", { a: 1, b: null });', 'TS2322'],
  ['a date as text', 'env["a"].browse(1).then((r) => r.set_link("r", 1, { sync_date: "today" }));', 'TS2322'],
  ['a link as a record', '(await get_link("r", 1)).name;', 'TS2339'],
  ['the date of a link that may not be there', '(await get_link("r", 1)).sync_date.getTime();', 'TS2531'],
  ['a sync without its relation', 'sync_odoo2x(await env["a"].search(), { x: {} });', 'TS2741'],
  ['a sync of records of a list', 'sync_odoo2x([1], { relation: "r", x: {} });', 'TS2322'],
  [
    'an option that a sync does not have',
    'sync_x2odoo([1], { relation: "r", x: { get_ref: (n) => n }, odoo: {} }, { delete: true });',
    'TS2353',
  ],
  [
    'a record that a sync does not create',
    'sync_x2odoo([1], { relation: "r", x: { get_ref: (n) => n }, odoo: { create: (n) => n } });',
    'TS2322',
  ],
  ['the value of a register that may not be there', '(await registers.get("a", "b")).value;', 'TS2531'],
  ['a number that is no step', 'await registers.increment("a", "b", "1");', 'TS2345'],
  ['a wrong argument of a sub-job', 'await add_job((id: number) => id, { priority: 1 })("1");', 'TS2345'],
  ['an option that add_job does not have', 'await add_job("f", { prio: 1 })(1);', 'TS2769'],
  ['a level that does not exist', 'log("a", "loud");', 'TS2345'],
] as const;

describe('code that is wrong', () => {
  let errors: string[];
  beforeAll(async () => {
    errors = await check('tasks/orders.ts', WRONG.map(([, line]) => line).join('\n'));
  });

  it.each(WRONG.map(([what, , code], index) => [what, `tasks/orders.ts(${index + 1}): ${code}`]))(
    'uses %s',
    (_, error) => {
      expect(errors).toContain(error);
    },
  );

  it('is found once each', () => {
    expect(errors).toHaveLength(WRONG.length);
  });

  it('uses what is of tasks only in Common Code', async () => {
    const text = `${PROJECT['common.ts']}\nexport const url = () => webhooks.ORDERS;`;
    expect(await check('common.ts', text)).toContainEqual(expect.stringMatching(/^common\.ts\(6\): TS2304/));
  });

  it('uses an unset secret as if it were set', async () => {
    const text = `${PROJECT['protected.ts']}\nexport const token = (): string => secrets.TOKEN;`;
    expect(await check('protected.ts', text)).toEqual(['protected.ts(13): TS2322']);
  });
});

describe('files without exports', () => {
  const scripts = {
    ...PROJECT,
    'protected.ts':
      'function find(id: number) { return { id, set: secrets.TOKEN !== undefined }; }\nfunction _no() {}',
    'common.ts': 'const twice = (n: number) => n * 2;',
  };
  const withTask = async (text: string) =>
    typeCheck({ ...scripts, ...(await typesOf(scripts)), 'tasks/orders.ts': text });

  it('offer all their top-level names, with their types', async () => {
    expect(await withTask('const found: { id: number; set: boolean } = await find(twice(1));')).toEqual([]);
  });

  it('are typed all the same', async () => {
    expect(await withTask('await find("1");\ntwice("2");\n_no();')).toEqual([
      'tasks/orders.ts(1): TS2345',
      'tasks/orders.ts(2): TS2345',
      'tasks/orders.ts(3): TS2304',
    ]);
  });
});

describe('for those who may not read Protected Code', () => {
  const { 'protected.ts': code, ...readable } = PROJECT;

  it('the types hold nothing of it', async () => {
    const types = await typesOf(PROJECT, readable);
    expect(Object.values(types).join('\n')).not.toContain('authorization');
    expect(code).toContain('authorization');
  });

  it('its names are there and take anything', async () => {
    const types = await typesOf(PROJECT, readable);
    const task = 'await find("x");\nawait shop.rename();\nshop.unknown;\nCOLOURS[0];';
    expect(typeCheck({ ...readable, ...types, 'tasks/orders.ts': task })).toEqual([
      'tasks/orders.ts(3): TS2339',
    ]);
  });
});

it('declares no name that realms do not have', async () => {
  const types = await typesOf(PROJECT);
  const namesIn = (file: string) =>
    [...(types[file] ?? '').matchAll(/^(?:export )?declare (?:const|function|class) (\w+)/gm)].map(
      ([, name]) => name,
    );
  const ofProject = ['find', 'shop', 'COLOURS', 'status', 'total', 'name'];
  const known = (names: readonly string[]) => new Set([...names, ...ofProject]);
  expect(namesIn('sluice.d.ts').filter((name) => !known(TASK_CAPABILITIES).has(name ?? ''))).toEqual([]);
  expect(namesIn('.sluice/tasks.d.ts').filter((name) => !known(TASK_CAPABILITIES).has(name ?? ''))).toEqual(
    [],
  );
  expect(
    namesIn('.sluice/protected.d.ts').filter((name) => !known(PROTECTED_CAPABILITIES).has(name ?? '')),
  ).toEqual([]);
});
