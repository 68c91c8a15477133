import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { shippedProject } from '../../runtime/project/shipped.ts';
import type { ApiJob, ApiPage } from '../../server/cli/api-shapes.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { type OdooServer, startOdoo } from '../support/odoo/odoo-server.ts';
import { until } from '../support/wait-for.ts';

const SLUG = 'odoo2odoo';
const PICTURE = 'AQIDBA==';

interface ShownLink {
  readonly relation: string;
  readonly model: string;
  readonly refs: readonly { readonly system: string; readonly reference: string }[];
  readonly sync_date: string;
}

let odoo: OdooServer;
let instance: Instance;

beforeAll(async () => {
  odoo = await startOdoo();
  instance = await startInstance();
  const { files } = await readProjectFolder(shippedProject(SLUG));
  await instance.deploy(SLUG, allowTestServer(files));
  await instance.deploy('looks', LOOKS);
  await put('/params/URL', odoo.url);
  await put('/params/DB', odoo.db);
  await put('/secrets/USERNAME', odoo.login);
  await put('/secrets/PASSWORD', odoo.password);
  await instance.call('PATCH', `/projects/${SLUG}`, { active: true });
});

afterAll(async () => {
  await instance.stop();
  await odoo.stop();
});

/** Reads the picture of a contact: the API leaves bytes out. */
const LOOKS = {
  'project.yaml':
    '{name: Looks, slug: looks, tasks: [{name: Look, code: tasks/look.js, triggers: [{type: button, name: LOOK}]}]}',
  'tasks/look.js': `async function handle_button(id) {
    const [{ image_1920 }] = await (await env['res.partner'].browse(id)).read(['image_1920']);
    return image_1920 && b64encode(image_1920);
  }`,
};

/** The project as it is shipped, but for the address of this machine, which no project may reach unless it is named. */
function allowTestServer(files: Readonly<Record<string, string>>): Record<string, string> {
  const allowed = '{ param: URL }]';
  const yaml = files['project.yaml'] ?? '';
  expect(yaml).toContain(allowed);
  const withPrivate = `${allowed}, allow_private: ["${new URL(odoo.url).host}"]`;
  return { ...files, 'project.yaml': yaml.replace(allowed, withPrivate) };
}

async function put(route: string, value: string): Promise<void> {
  const { status } = await instance.call('PUT', `/projects/${SLUG}${route}`, { value });
  expect(status).toBe(200);
}

async function runTrigger(slug: string, name: string, data?: unknown): Promise<ApiJob> {
  const route = `/projects/${slug}/triggers/${name}/run`;
  const { body } = await instance.call<{ job: ApiJob }>('POST', route, { wait: 20, data });
  return body.job;
}

async function list<Item>(route: string): Promise<readonly Item[]> {
  const { status, body } = await instance.call<ApiPage<Item>>('GET', `${route}?project=${SLUG}&limit=1000`);
  expect(status).toBe(200);
  return body.items;
}

async function makePartner(values: Readonly<Record<string, unknown>>): Promise<number> {
  const { status, body } = await instance.call<{ id: number }>('POST', '/records/res.partner', { values });
  expect(status).toBe(201);
  return body.id;
}

const links = () => list<ShownLink>('/links');
const copyOf = (name: string) => odoo.partners().find((copy) => copy.name === name);
const pictureOf = async (id: number) => (await runTrigger('looks', 'LOOK', id)).result;

describe('the Odoo2odoo project between Sluice and an Odoo', () => {
  let ada: number;

  it('copies a new contact, and links it by the time at which the copy was made', async () => {
    ada = await makePartner({ name: 'Ada', image_1920: PICTURE });
    await until('the job is done', async () => (await list<ApiJob>('/jobs'))[0]?.status === 'done', 15_000);
    const copy = copyOf('Ada');
    expect(copy).toMatchObject({ name: 'Ada', image_1920: PICTURE });
    expect(await links()).toMatchObject([
      {
        relation: 'odoo2odoo_partner',
        model: 'res.partner',
        refs: [
          { system: 'external', reference: `${copy?.id}` },
          { system: 'odoo', reference: `${ada}` },
        ],
        sync_date: `${copy?.create_date}`.replace(' ', 'T').concat('.000Z'),
      },
    ]);
  });

  it('takes over a picture that was changed there, once', async () => {
    const at = new Date(Date.now() + 60_000);
    odoo.change(copyOf('Ada')?.id ?? 0, { image_1920: 'CQgH' }, at);
    expect(await runTrigger(SLUG, 'CHECK_EXTERNAL_ODOO')).toMatchObject({ status: 'done', error: null });
    expect(await pictureOf(ada)).toBe('CQgH');
    const [link] = await links();
    expect(link?.sync_date).toBe(`${at.toISOString().slice(0, 19)}.000Z`);
    const before = odoo.calls.length;
    await runTrigger(SLUG, 'CHECK_EXTERNAL_ODOO');
    expect(odoo.calls.slice(before).map(({ method }) => method)).toEqual(['search_read']);
  });

  it('does so every 15 minutes', async () => {
    const { body } = await instance.call<ApiPage<{ at: string }>>(
      'GET',
      `/projects/${SLUG}/triggers/CHECK_EXTERNAL_ODOO/next?count=2`,
    );
    const [first, second] = body.items.map(({ at }) => Date.parse(at));
    expect((second ?? 0) - (first ?? 0)).toBe(15 * 60_000);
  });

  it('sends all contacts without a copy in parts of ten, with a prefix', async () => {
    await instance.call('PATCH', `/projects/${SLUG}`, { active: false });
    for (let n = 1; n <= 23; n += 1) await makePartner({ name: `Contact ${n}` });
    await instance.call('PATCH', `/projects/${SLUG}`, { active: true });
    const { id, status } = await runTrigger(SLUG, 'PUSH_ALL_LOCAL_PARTNERS');
    expect(status).toBe('done');
    const children = async () => (await list<ApiJob>('/jobs')).filter(({ parent_id }) => parent_id === id);
    await until(
      'all parts are done',
      async () => (await children()).every((child) => child.status === 'done'),
      30_000,
    );
    expect((await children()).map(({ function: name, description }) => [name, description])).toEqual([
      ['push', expect.stringMatching(/^Partners \d+ to \d+$/)],
      ['push', expect.stringMatching(/^Partners \d+ to \d+$/)],
      ['push', expect.stringMatching(/^Partners \d+ to \d+$/)],
    ]);
    expect(odoo.partners().map(({ name }) => name)).toEqual([
      'Ada',
      ...Array.from({ length: 23 }, (_, n) => `Sync Studio: Contact ${n + 1}`),
    ]);
    expect(await links()).toHaveLength(24);
  });

  it('has nothing to send a second time', async () => {
    await runTrigger(SLUG, 'PUSH_ALL_LOCAL_PARTNERS');
    const [line] = await list<{ message: string }>('/logs');
    expect(line?.message).toBe('All contacts have a copy.');
    expect(odoo.partners()).toHaveLength(24);
  });

  it('tries again later while the other Odoo is not there', async () => {
    odoo.outage(1, 503);
    const job = await runTrigger(SLUG, 'CHECK_EXTERNAL_ODOO');
    expect(job).toMatchObject({ status: 'queued', attempt: 1 });
    expect((await instance.call('POST', `/jobs/${job.id}/cancel`)).status).toBe(200);
  });

  it('sends nothing to an Odoo that no rule allows', async () => {
    await put('/params/URL', 'http://127.0.0.1:9');
    const job = await runTrigger(SLUG, 'CHECK_EXTERNAL_ODOO');
    await put('/params/URL', odoo.url);
    expect(job.status).toBe('failed');
    expect(job.error?.message).toContain('Blocked');
  });

  it('leaves the password in no job, log line or ledger row', async () => {
    const jobs = await list<ApiJob>('/jobs');
    const details = await Promise.all(jobs.map(({ id }) => instance.call('GET', `/jobs/${id}`)));
    const rows = await list<{ kind: string; excerpt: string | null }>('/outgoing');
    const requests = rows.filter(({ kind }) => kind === 'request');
    expect(requests.length).toBeGreaterThan(odoo.calls.length);
    expect(JSON.stringify(requests)).toContain('execute_kw');
    const shown = [details, rows, await list('/logs'), instance.log];
    expect(JSON.stringify(shown)).not.toContain(odoo.password);
  });
});
