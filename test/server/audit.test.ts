import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_KINDS } from '../../runtime/words.ts';
import { SURFACE } from '../../server/surface.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

interface Row {
  readonly kind: string;
  readonly project: string | null;
  readonly trigger: string | null;
  readonly job: string | null;
  readonly user: string;
  readonly name: string | null;
  readonly version: number | null;
  readonly message: string;
}
interface Ran {
  readonly job: { readonly id: string };
}
interface Listed {
  readonly items: readonly Row[];
  readonly next: string | null;
}

/** With a trigger of each kind that can be changed. */
const FILES = {
  ...ECHO_FILES,
  'project.yaml': `${ECHO_FILES['project.yaml']}      - {type: cron, name: TIMED, every: 1 day}\n      - {type: webhook, name: KEPT, methods: [POST]}\n`,
  'tasks/echo.ts': `${ECHO_FILES['tasks/echo.ts']}\nexport function handle_cron() {}`,
};
const VALUE = 'a value that nobody may read';
let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
});
afterAll(() => instance.stop());

async function newLink(slug: string): Promise<number> {
  const project_id = instance.runtime.project(slug)?.project.id ?? '';
  const link = { project_id, relation: 'r', model: null, sync_date: 5, allow_many2many: false };
  const refs = [
    ['a', VALUE],
    ['b', '1'],
  ] as const;
  const written = await instance.runtime.store.setLink({ ...link, refs, most_links: 1, most_bytes: 1000 });
  return written.kind === 'linked' ? written.link.id : 0;
}

describe('the audit', () => {
  it('has one row for each change that can be made', async () => {
    const { call } = instance;
    const hooks = await instance.deploy('echo', FILES);
    await call('PUT', '/projects/echo/params/GREETING', { value: VALUE });
    await call('DELETE', '/projects/echo/params/GREETING');
    await call('PUT', '/projects/echo/secrets/API_KEY', { value: VALUE });
    await call('DELETE', '/projects/echo/secrets/API_KEY');
    await call('PATCH', '/registers', { project: 'echo', name: 'r', key: 'k', value: VALUE });
    await call('DELETE', '/registers?project=echo&name=r&key=k');
    await call('DELETE', `/links/${await newLink('echo')}`);
    const { body: record } = await call<{ id: number }>('POST', '/records/x.noted', {
      values: { name: VALUE },
    });
    await call('PATCH', `/records/x.noted/${record.id}`, { values: { name: `${VALUE}!` } });
    await call('DELETE', `/records/x.noted/${record.id}`);
    const run = await call<Ran>('POST', '/projects/echo/triggers/GO/run', { data: { stay: true } });
    await call('POST', `/jobs/${run.body.job.id}/cancel`);
    const again = await call<Ran>('POST', `/jobs/${run.body.job.id}/retry`);
    await fetch(hooks.KEPT ?? '', { method: 'POST', body: VALUE });
    const kept = '/projects/echo/triggers/KEPT/deliveries';
    const { items } = (await call<{ items: readonly { id: string }[] }>('GET', kept)).body;
    await call('POST', `${kept}/${items[0]?.id}/redeliver`);
    await call('PATCH', '/projects/echo/triggers/GO', { active: false });
    await call('PATCH', '/projects/echo/triggers/TIMED', { next: '2100-01-01T00:00:00Z' });
    await call('POST', '/projects/echo/triggers/IN/rotate');
    await call('PATCH', '/projects/echo', { active: false });
    const { body: token } = await call<{ id: string }>('POST', '/tokens', { name: 'CI', role: 'user' });
    await call('DELETE', `/tokens/${token.id}`);
    await call('POST', '/projects/echo/versions/1/rollback', {});
    await call('DELETE', '/projects/echo');

    const { body } = await call<Listed>('GET', '/audit');
    const told = body.items.map(({ kind, project, trigger, name, version }) => [
      kind,
      project,
      trigger ?? name ?? version,
    ]);
    expect(told.toReversed()).toEqual([
      ['deploy', 'echo', 1],
      ['param_set', 'echo', 'GREETING'],
      ['param_reset', 'echo', 'GREETING'],
      ['secret_set', 'echo', 'API_KEY'],
      ['secret_deleted', 'echo', 'API_KEY'],
      ['register_set', 'echo', 'r'],
      ['register_deleted', 'echo', 'r'],
      ['link_deleted', 'echo', 'r'],
      ['record_made', null, 'x.noted'],
      ['record_changed', null, 'x.noted'],
      ['record_deleted', null, 'x.noted'],
      ['job_cancelled', 'echo', 'GO'],
      ['job_retried', 'echo', 'GO'],
      ['redelivered', 'echo', 'KEPT'],
      ['trigger_switched', 'echo', 'GO'],
      ['trigger_planned', 'echo', 'TIMED'],
      ['hook_rotated', 'echo', 'IN'],
      ['project_switched', 'echo', null],
      ['token_made', null, 'CI'],
      ['token_deleted', null, token.id],
      ['deploy', 'echo', 2],
      ['project_deleted', 'echo', null],
    ]);
    expect(new Set(body.items.map(({ user }) => user))).toEqual(new Set(['admin']));
    expect(body.items.find(({ kind }) => kind === 'job_retried')?.job).toBe(again.body.job.id);
    expect(JSON.stringify(body)).not.toContain(VALUE);
    expect(new Set([...told.map(([kind]) => kind), 'secret_in_task_text'])).toEqual(new Set(AUDIT_KINDS));
    // A job that is started has its own row; a connection changes something only when the person comes back.
    const changing = SURFACE.filter(({ verb, path }) => verb !== 'GET' && !/[/](run|authorize)$/.test(path));
    // One route both switches triggers and plans them.
    expect(told).toHaveLength(changing.length + 1);
  });

  it('has no row for a change that was refused', async () => {
    const before = await instance.call<Listed>('GET', '/audit');
    await instance.call('PUT', '/projects/nothing/params/X', { value: 'x' });
    await instance.call('DELETE', '/tokens/nothing');
    expect((await instance.call<Listed>('GET', '/audit')).body.items).toEqual(before.body.items);
  });

  it('is filtered and comes in pages', async () => {
    const first = await instance.call<Listed>('GET', '/audit?project=echo&limit=3');
    expect(first.body.items.map(({ kind }) => kind)).toEqual([
      'project_deleted',
      'deploy',
      'project_switched',
    ]);
    const second = await instance.call<Listed>(
      'GET',
      `/audit?project=echo&limit=50&after=${first.body.next}`,
    );
    expect(second.body).toMatchObject({ next: null });
    expect(second.body.items).toHaveLength(14);
    expect((await instance.call<Listed>('GET', '/audit?kind=token_made')).body.items).toHaveLength(1);
    expect(await instance.call('GET', '/audit?kind=other')).toMatchObject({ status: 400 });
    expect(await instance.call('GET', '/audit?after=x')).toMatchObject({ status: 400 });
  });
});
