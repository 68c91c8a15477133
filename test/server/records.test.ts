import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
let developer: string;
beforeAll(async () => {
  instance = await startInstance();
  developer = await instance.tokenFor('developer');
});
afterAll(() => instance.stop());

interface Shown {
  readonly id: number;
  readonly [field: string]: unknown;
}
interface List {
  readonly items: readonly Shown[];
  readonly next: string | null;
}

const create = (model: string, values: unknown) =>
  instance.call<Shown & List>('POST', `/records/${model}`, { values }, developer);
const list = (model: string, query = '') => instance.call<List>('GET', `/records/${model}${query}`);
const domain = (value: unknown) => encodeURIComponent(JSON.stringify(value));

describe('records', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/models', 'user'],
      ['GET', '/records/res.partner', 'user'],
      ['GET', '/records/res.partner/1', 'user'],
      ['POST', '/records/res.partner', 'developer'],
      ['PATCH', '/records/res.partner/1', 'developer'],
      ['DELETE', '/records/res.partner/1', 'developer'],
    ],
  );

  it('are made, read, changed and deleted in the name of the caller', async () => {
    const { status, body } = await create('res.partner', { name: 'Ada', ref: 'a1' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { name: 'Ada', ref: 'a1', email: null, create_uid: { name: 'test developer' } },
    });
    const route = `/records/res.partner/${body.id}`;
    expect((await instance.call('PATCH', route, { values: { email: 'a@x.org' } })).body).toMatchObject({
      name: 'Ada',
      email: 'a@x.org',
      write_uid: { id: null },
    });
    expect((await instance.call('GET', route)).body).toMatchObject({ id: body.id, email: 'a@x.org' });
    expect((await instance.call('DELETE', route)).status).toBe(204);
    expect((await instance.call('GET', route)).status).toBe(404);
    expect((await instance.call('DELETE', route)).status).toBe(404);
  });

  it('are listed newest first, page by page, as far as they fit a domain', async () => {
    const values = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
    const made = (await create('x.listed', values)).body.items.map(({ id }) => id);
    const query = `?limit=2&fields=name&domain=${domain([['name', '!=', 'b']])}`;
    const first = (await list('x.listed', query)).body;
    expect(first.items).toEqual([
      { id: made[3], name: 'd' },
      { id: made[2], name: 'c' },
    ]);
    const second = (await list('x.listed', `${query}&after=${first.next}`)).body;
    expect(second).toEqual({ items: [{ id: made[0], name: 'a' }], next: null });
  });

  it('that are archived are listed too', async () => {
    await create('res.partner', { name: 'archived', active: false });
    expect(
      (await list('res.partner', `?domain=${domain([['name', '=', 'archived']])}`)).body.items,
    ).toHaveLength(1);
  });

  it.each([
    ['POST', '/records/res.partner', { values: { name: 5 } }, 422, 'res.partner.name takes text, not 5.'],
    ['POST', '/records/Res', { values: {} }, 422, 'is no name of a model'],
    ['POST', '/records/res.partner', { value: {} }, 400, 'value'],
    ['GET', `/records/res.partner?domain=${domain([['name', 'near', 'x']])}`, undefined, 422, 'near'],
    ['GET', '/records/res.partner?domain=nonsense', undefined, 400, 'domain as JSON'],
    ['GET', '/records/res.partner?fields=na*me', undefined, 422, 'is no name of a field'],
    ['PATCH', '/records/res.partner/99999', { values: {} }, 404, 'res.partner(99999) does not exist'],
    ['GET', '/records/res.partner/x', undefined, 404, 'is no id of a record'],
  ])('%s %s %j is refused with %i and a sentence', async (verb, route, body, status, message) => {
    const answer = await instance.call<{ error: { message: string } }>(verb, route, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(message);
  });

  it('have models that say what is known of their fields', async () => {
    await create('x.learned', { size: 4 });
    const { body } = await instance.call<{ items: readonly { name: string; fields: unknown[] }[] }>(
      'GET',
      '/models',
    );
    expect(body.items.find(({ name }) => name === 'x.learned')?.fields).toMatchObject([
      { name: 'size', type: 'float', learned: true },
    ]);
  });
});

describe('models of a project', () => {
  const files = (fields: string, more = '') => ({
    'project.yaml': `name: M\nslug: m\nmodels:\n  - name: x.device\n    strict: true\n    fields: [${fields}]\n${more}`,
    'tasks/t.js': 'function handle_db() {}',
  });
  const deploy = (text: Readonly<Record<string, string>>, slug = 'm', token = instance.token) =>
    instance.call<{ error: { message: string; details: { message: string; line: number }[] } }>(
      'PUT',
      `/projects/${slug}`,
      { files: text },
      token,
    );
  const TASK = (trigger: string) =>
    `tasks: [{name: T, code: tasks/t.js, triggers: [{type: db, name: D, model: x.device, on: create, ${trigger}}]}]\n`;
  const SERIAL = '{name: serial, type: char, required: true, unique: true}';

  it('say what their records have to have', async () => {
    expect((await deploy({ 'project.yaml': files(SERIAL)['project.yaml'] })).status).toBe(200);
    const refused = async (values: unknown) =>
      (await create('x.device', values)).body as unknown as { error: { message: string } };
    expect((await refused({})).error.message).toBe('x.device.serial is required and has no value.');
    expect((await refused({ serial: 'a', colour: 'red' })).error.message).toContain(
      'x.device has no field colour',
    );
    expect((await create('x.device', { serial: 'a' })).status).toBe(201);
    expect((await refused({ serial: 'a' })).error.message).toContain(
      'the same serial, which is to be unique',
    );
  });

  it('belong to Managers', async () => {
    expect((await deploy({ 'project.yaml': files(SERIAL)['project.yaml'] }, 'm', developer)).status).toBe(
      200,
    );
    const changed = await deploy(
      { 'project.yaml': files(`${SERIAL}, {name: n, type: integer}`)['project.yaml'] },
      'm',
      developer,
    );
    expect(changed.status).toBe(403);
    expect(changed.body.error.message).toContain('models');
  });

  it.each([
    ['apply_on: [["colour", "=", "red"]]', 'has no field colour'],
    ['apply_on: [["serial", "~", "x"]]', 'is no domain'],
    ['apply_on: [["create_date", ">", "soon"]]', 'create_date'],
    ['apply_on: ["|", ["serial", "=", "x"]]', 'is no domain'],
  ])('are known to the domains of triggers: %s is refused with its line', async (trigger, message) => {
    const { status, body } = await deploy(files(SERIAL, TASK(trigger)));
    expect(status).toBe(422);
    expect(body.error.details[0]?.message).toContain(message);
    expect(body.error.details[0]?.line).toBeGreaterThan(0);
  });

  it('cannot contradict those of other projects, nor what Sluice says', async () => {
    const other = (fields: string, model: string) => ({
      'project.yaml': `name: O\nslug: o\nmodels: [{name: ${model}, fields: [${fields}]}]\n`,
    });
    const contradiction = await deploy(other('{name: serial, type: integer}', 'x.device'), 'o');
    expect(contradiction.body.error.message).toContain('declared otherwise by the project "m"');
    const builtIn = await deploy(other('{name: name, type: integer}', 'res.partner'), 'o');
    expect(builtIn.body.error.message).toContain('res.partner.name is char in Sluice itself, not integer');
    await create('x.seen', { n: 1 });
    const seen = await deploy(other('{name: n, type: char}', 'x.seen'), 'o');
    expect(seen.body.error.message).toContain('holds values already that are float');
  });
});
