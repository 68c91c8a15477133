import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedVersion } from '../../runtime/project/prepare-deploy.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { type OdooServer, startOdoo } from '../support/odoo/odoo-server.ts';
import { plainFetch } from '../support/plain-fetch.ts';
import { prepareShipped, runShipped, type ShippedJob } from '../support/shipped.ts';
import { openShippedRecords, type ShippedRecords } from '../support/shipped-records.ts';

let sandbox: Sandbox;
let version: PreparedVersion;
let odoo: OdooServer;
let kept: ShippedRecords;
/** What sub-jobs were asked for, in order. */
let added: (readonly unknown[])[];

beforeAll(async () => {
  sandbox = await createSandbox();
  version = await prepareShipped('odoo2odoo');
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  odoo = await startOdoo();
  kept = openShippedRecords();
  added = [];
});
afterEach(async () => {
  await odoo.stop();
  await kept.close();
});

async function call(operation: string, args: readonly unknown[]): Promise<unknown> {
  if (operation === 'add_job') return void added.push(args);
  return kept.call(operation, args) ?? plainFetch(args);
}

function run(job: Pick<ShippedJob, 'task' | 'handler'> & Partial<ShippedJob>) {
  return runShipped(sandbox, version, {
    secrets: { USERNAME: odoo.login, PASSWORD: odoo.password },
    params: { URL: odoo.url, DB: odoo.db },
    call,
    ...job,
  });
}

const push = (input: unknown, more: Partial<ShippedJob> = {}) =>
  run({ task: 'tasks/push-partners.ts', handler: 'handle_db', input, ...more });
const press = () => run({ task: 'tasks/push-partners.ts', handler: 'handle_button' });
const check = () => run({ task: 'tasks/check-external-odoo.ts', handler: 'handle_cron' });

const partners = (...values: readonly Readonly<Record<string, unknown>>[]) =>
  kept.batch('res.partner', values);
const pictureOf = async (id: number) => {
  const [record] = await kept.env.records('env.read', 'res.partner', [id], ['image_1920']);
  return record?.image_1920;
};
const methods = () => odoo.calls.map(({ method }) => method);
const inAMinute = () => new Date(Date.now() + 60_000);

describe('new contacts', () => {
  it('are copied with name and picture, by one login', async () => {
    await push(await partners({ name: 'Ada', image_1920: new Uint8Array([1, 2]) }, { name: 'Bob' }));
    expect(odoo.partners()).toMatchObject([
      { name: 'Ada', image_1920: 'AQI=' },
      { name: 'Bob', image_1920: false },
    ]);
    expect(odoo.logins()).toBe(1);
  });

  it('are copied once, though the job ends in the middle and is tried again', async () => {
    const batch = await partners({ name: 'Ada' }, { name: 'Bob' });
    const { error } = await push(batch, {
      call: async (operation, args) => {
        if (operation === 'fetch' && odoo.partners().length === 1) throw new TypeError('no route');
        return call(operation, args);
      },
    });
    expect(error?.name).toBe('RetryableJobError');
    expect(odoo.partners()).toHaveLength(1);
    await push(batch);
    await push(batch);
    expect(odoo.partners().map(({ name }) => name)).toEqual(['Ada', 'Bob']);
  });

  it('are copied in sub-jobs, without a prefix, when many were made at once', async () => {
    await push(await partners(...Array.from({ length: 12 }, (_, n) => ({ name: `Contact ${n}` }))));
    expect(odoo.calls).toEqual([]);
    expect(added.map(([name, , args]) => [name, args])).toEqual([
      ['push', [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], '']],
      ['push', [[11, 12], '']],
    ]);
  });

  it('that are gone, archived or nameless meanwhile are left out', async () => {
    const batch = await partners({ name: 'Ada' }, { name: 'Bob' }, { email: 'c@x.org' }, { name: 'Dora' });
    await kept.records.unlink('res.partner', 1);
    await kept.records.write('res.partner', 2, { active: false });
    const { status, logs } = await push(batch);
    expect(odoo.partners().map(({ name }) => name)).toEqual(['Dora']);
    expect([status, logs]).toEqual([
      'done',
      ['warning: Contact 3 has no name, and Odoo takes none without: it was left out.'],
    ]);
  });
});

describe('the button', () => {
  it('adds a sub-job for each ten contacts without a copy', async () => {
    await push(await partners({ name: 'Ada' }));
    await partners(...Array.from({ length: 23 }, (_, n) => ({ name: `Contact ${n}` })));
    const { logs } = await press();
    expect(logs).toEqual(['info: Contacts are sent in 3 parts.']);
    expect(added[2]?.[2]).toEqual([[22, 23, 24], 'Sync Studio: ']);
    expect(added.map(([name, options]) => [name, options])).toEqual([
      ['push', { description: 'Partners 2 to 11', identity_key: 'push 2' }],
      ['push', { description: 'Partners 12 to 21', identity_key: 'push 12' }],
      ['push', { description: 'Partners 22 to 24', identity_key: 'push 22' }],
    ]);
  });

  it('says when there is nothing to send', async () => {
    await push(await partners({ name: 'Ada' }));
    expect((await press()).logs).toEqual(['info: All contacts have a copy.']);
    expect(added).toEqual([]);
  });
});

describe('the check', () => {
  it('takes over pictures that were changed or taken away, and asks for no others', async () => {
    const picture = new Uint8Array([1]);
    await push(await partners(...['Ada', 'Bob', 'Eve'].map((name) => ({ name, image_1920: picture }))));
    const [ada, bob] = odoo.partners();
    odoo.change(ada?.id ?? 0, { image_1920: 'AwQ=' }, inAMinute());
    odoo.change(bob?.id ?? 0, { image_1920: false }, inAMinute());
    const before = odoo.calls.length;
    expect((await check()).logs).toEqual(['info: 2 pictures were changed in the other Odoo.']);
    expect(methods().slice(before)).toEqual(['search_read', 'read', 'read']);
    expect([await pictureOf(1), await pictureOf(2), await pictureOf(3)]).toEqual([
      new Uint8Array([3, 4]),
      null,
      picture,
    ]);
    expect((await check()).logs).toEqual(['info: 0 pictures were changed in the other Odoo.']);
    expect(methods().slice(before + 3)).toEqual(['search_read']);
  });

  it('asks for nothing while there is no copy', async () => {
    await partners({ name: 'Ada' });
    await check();
    expect(odoo.calls).toEqual([]);
  });

  it('goes on behind a picture that cannot be kept, and tries it again the next time', async () => {
    await push(await partners({ name: 'Ada' }, { name: 'Bob' }));
    for (const { id } of odoo.partners()) odoo.change(id, { image_1920: 'AwQ=' }, inAMinute());
    let writes = 0;
    const { status, logs } = await run({
      task: 'tasks/check-external-odoo.ts',
      handler: 'handle_cron',
      call: async (operation, args) => {
        if (operation === 'env.write') writes += 1;
        if (operation === 'env.write' && writes === 1) throw new RangeError('too large');
        return call(operation, args);
      },
    });
    expect([status, logs]).toEqual([
      'done',
      [
        expect.stringMatching(/^error: The picture of \d+ was not taken over: too large$/),
        'info: 1 pictures were changed in the other Odoo.',
      ],
    ]);
    await check();
    expect(await pictureOf(1)).toEqual(new Uint8Array([3, 4]));
  });
});

describe('the client of Odoo', () => {
  it.each([
    ['a wrong password', { PASSWORD: 'wrong' }, {}, 'Odoo refused the login: check the param DB'],
    ['no login', {}, {}, 'The secrets USERNAME and PASSWORD are not both set.'],
    ['an unknown database', null, { DB: 'other' }, 'Odoo refused authenticate: FATAL:  database "other"'],
    [
      'an address without an Odoo',
      null,
      { URL: '/none' },
      'What answers authenticate is no Odoo (status 404)',
    ],
  ])('says what to do about %s', async (_, secrets, params, message) => {
    const url = 'URL' in params ? `${odoo.url}${params.URL}` : odoo.url;
    const account = { USERNAME: odoo.login, PASSWORD: odoo.password };
    const { error } = await push(await partners({ name: 'Ada' }), {
      secrets: secrets === null ? account : 'PASSWORD' in secrets ? { ...account, ...secrets } : {},
      params: { DB: odoo.db, ...params, URL: url },
    });
    expect([error?.name, error?.message]).toEqual(['Error', expect.stringContaining(message)]);
  });

  it('says what Odoo refuses, and nothing of its stack', async () => {
    const batch = await partners({ name: 'Ada' });
    await push(batch);
    const [copy] = odoo.partners();
    odoo.change(copy?.id ?? 0, {}, inAMinute());
    const { logs } = await run({
      task: 'tasks/check-external-odoo.ts',
      handler: 'handle_cron',
      call: async (operation, args) => {
        const answer = await call(operation, args);
        if (odoo.calls.at(-1)?.method === 'search_read') odoo.remove(copy?.id ?? 0);
        return answer;
      },
    });
    expect(logs[0]).toContain('Odoo refused res.partner.read: Record does not exist or has been deleted.');
    expect(logs.join()).not.toContain('Traceback');
  });

  it.each([429, 500, 502, 503])('is tried again later after a status %i', async (status) => {
    odoo.outage(1, status);
    const { error } = await push(await partners({ name: 'Ada' }));
    expect([error?.name, error?.message]).toEqual([
      'RetryableJobError',
      `Odoo did not serve authenticate: status ${status}`,
    ]);
  });

  it('is tried again later when Odoo is out of reach, but not what a rule forbids', async () => {
    const batch = await partners({ name: 'Ada' });
    const failing = (message: string) =>
      push(batch, {
        call: async (operation, args) => {
          if (operation === 'fetch') throw new TypeError(message);
          return kept.call(operation, args);
        },
      });
    expect((await failing('no route')).error).toMatchObject({
      name: 'RetryableJobError',
      message: 'Odoo was not reached for authenticate: no route',
    });
    expect((await failing('Blocked: not in egress')).error?.name).toBe('TypeError');
  });
});
