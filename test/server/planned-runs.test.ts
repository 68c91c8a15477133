import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const FILES = {
  'project.yaml': `
name: Timed
slug: timed
tasks:
  - name: Task
    code: tasks/t.ts
    triggers:
      - {type: cron, name: T, every: 2 hours, next: "2100-01-01T00:00:00Z"}
      - {type: button, name: GO}
`,
  'tasks/t.ts': 'export const handle_cron = () => "ran"; export function handle_button() {}',
};
const T = '/projects/timed/triggers/T';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('timed', FILES);
});
afterAll(() => instance.stop());

const times = async (query = '') => {
  const { body } = await instance.call<{ items: readonly { at: string }[] }>('GET', `${T}/next${query}`);
  return body.items.map(({ at }) => at);
};

describe('the planned runs of a cron trigger', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', `${T}/next`, 'user'],
      ['PATCH', T, 'developer'],
    ],
  );

  it('are the next ten, or as many as asked for', async () => {
    expect(await times()).toHaveLength(10);
    expect(await times('?count=100')).toHaveLength(100);
    expect(await times('?count=2')).toEqual(['2100-01-01T00:00:00.000Z', '2100-01-01T02:00:00.000Z']);
  });

  it.each(['?count=0', '?count=101', '?count=x', '?limit=1'])('are refused for %s', async (query) => {
    expect((await instance.call('GET', `${T}/next${query}`)).status).toBe(400);
  });

  it('go by what is set on the server until that is taken back, which the audit tells', async () => {
    const set = await instance.call('PATCH', T, { next: '2101-01-01T01:00:00+01:00' });
    expect(set).toMatchObject({
      status: 200,
      body: { name: 'T', type: 'cron', next: '2101-01-01T00:00:00.000Z' },
    });
    await instance.deploy('timed', FILES);
    expect(await times('?count=1')).toEqual(['2101-01-01T00:00:00.000Z']);
    await instance.call('PATCH', T, { next: null });
    expect(await times('?count=1')).toEqual(['2100-01-01T00:00:00.000Z']);
    const { body } = await instance.call('GET', '/audit?kind=trigger_planned');
    expect(body).toMatchObject({
      items: [
        { trigger: 'T', message: 'Trigger T runs as deployed.' },
        { message: 'Trigger T runs next at 2101-01-01T00:00:00.000Z.' },
      ],
    });
  });

  it.each([{}, { next: 'tomorrow' }, { next: 5 }, { active: null }, { every: '1h' }])(
    'are not changed by %j',
    async (body) => {
      expect((await instance.call('PATCH', T, body)).status).toBe(400);
    },
  );

  it('are of cron triggers only', async () => {
    const button = '/projects/timed/triggers/GO';
    const refused = { status: 409, body: { error: { code: 'not_a_cron' } } };
    expect(await instance.call('GET', `${button}/next`)).toMatchObject(refused);
    const both = { next: '2101-01-01T00:00:00Z', active: false };
    expect(await instance.call('PATCH', button, both)).toMatchObject(refused);
    expect((await instance.call('GET', `/projects/timed/triggers/NONE/next`)).status).toBe(404);
  });

  it('are shown with the project, the next of each', async () => {
    const next = '2100-01-01T00:00:00.000Z';
    expect((await instance.call('GET', '/projects/timed')).body).toMatchObject({
      triggers: [
        { name: 'T', active: false, next },
        { name: 'GO', next: null },
      ],
    });
  });

  it('stay as they are when it is run by hand', async () => {
    const { body } = await instance.call('POST', `${T}/run`, { wait: 20 });
    expect(body).toMatchObject({ job: { status: 'done', result: 'ran', planned_at: null, trigger: 'T' } });
    expect(await times('?count=1')).toEqual(['2100-01-01T00:00:00.000Z']);
  });
});
