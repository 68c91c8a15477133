import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OdooServer, startOdoo } from './odoo-server.ts';

const require = createRequire(import.meta.url);
const { default: Client } =
  require('@fernandoslim/odoo-jsonrpc') as typeof import('@fernandoslim/odoo-jsonrpc');

let odoo: OdooServer;
let client: InstanceType<typeof Client>;
beforeEach(async () => {
  odoo = await startOdoo();
  client = clientWith({});
});
afterEach(() => odoo.stop());

function clientWith(account: Partial<Pick<OdooServer, 'db' | 'login' | 'password'>>) {
  const { db, login, password } = { ...odoo, ...account };
  const { protocol, hostname, port } = new URL(odoo.url);
  return new Client({
    baseUrl: `${protocol}//${hostname}`,
    port: Number(port),
    db,
    username: login,
    apiKey: password,
  });
}

const PARTNER = 'res.partner';

describe('methods, called by a real client library', () => {
  it('logs in', async () => {
    expect(await client.connect()).toEqual({ uid: 2 });
    expect(odoo.logins()).toBe(1);
  });

  it('makes a record and reads it, with false for what is empty', async () => {
    const id = await client.create(PARTNER, { name: 'Ada', email: 'ada@x.org', image_1920: 'AQI=' });
    expect(await client.read(PARTNER, id, ['name', 'email', 'phone', 'image_1920'])).toEqual([
      { id, name: 'Ada', email: 'ada@x.org', phone: false, image_1920: 'AQI=' },
    ]);
    expect(odoo.calls.map(({ method }) => method)).toEqual(['create', 'read']);
  });

  it('makes several records of a list', async () => {
    const ids = await client.call_kw(PARTNER, 'create', [[{ name: 'Ada' }, { name: 'Charles' }]]);
    expect(ids).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('changes and deletes records', async () => {
    const id = await client.create(PARTNER, { name: 'Ada' });
    expect(await client.update(PARTNER, id, { name: 'Countess' })).toBe(true);
    expect(odoo.partners()).toMatchObject([{ id, name: 'Countess' }]);
    expect(await client.delete(PARTNER, id)).toBe(true);
    expect(await client.search(PARTNER, [])).toEqual([]);
  });

  it('shows a relation as id and name', async () => {
    const parent = await client.create(PARTNER, { name: 'Engines', is_company: true });
    const id = await client.create(PARTNER, { name: 'Ada', parent_id: parent });
    expect(await client.read(PARTNER, id, ['parent_id'])).toEqual([{ id, parent_id: [parent, 'Engines'] }]);
  });

  it('shows times in UTC to the second, and compares them more precisely', async () => {
    const id = await client.create(PARTNER, { name: 'Ada' });
    odoo.change(id, { phone: '1' }, new Date('2026-01-31T12:00:00.500Z'));
    const later = [['write_date', '>', '2026-01-31 12:00:00']];
    expect(await client.searchRead(PARTNER, later, ['write_date'])).toEqual([
      { id, write_date: '2026-01-31 12:00:00' },
    ]);
    expect(await client.search(PARTNER, [['write_date', '>', '2026-01-31 12:00:01']])).toEqual([]);
  });

  it('searches by domains in prefix notation, in an order and in pages', async () => {
    for (const name of ['Ada', 'Bob', 'Charles']) await client.create(PARTNER, { name });
    await client.create(PARTNER, { name: 'Dora', active: false });
    const names = async (domain: unknown[], options = {}) =>
      (await client.searchRead<{ name: string }>(PARTNER, domain, ['name'], options)).map(({ name }) => name);
    expect(
      await names(['|', ['name', '=', 'Ada'], '!', ['name', 'ilike', 'b']], { order: 'name desc' }),
    ).toEqual(['Charles', 'Ada']);
    expect(await names([], { order: 'name', offset: 1, limit: 1 })).toEqual(['Bob']);
    expect(await names([['active', '=', false]])).toEqual(['Dora']);
    expect(await names([], { context: { active_test: false } })).toHaveLength(4);
  });
});

describe('refusals', () => {
  it('answers a wrong password with false, and refuses calls with it', async () => {
    const { uid } = (await clientWith({ password: 'wrong' }).connect()) as { uid: unknown };
    expect(uid).toBe(false);
    const args = [odoo.db, 2, 'wrong', PARTNER, 'search', [[]]];
    expect(await post({ service: 'object', method: 'execute_kw', args })).toMatchObject({
      error: {
        code: 200,
        message: 'Odoo Server Error',
        data: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' },
      },
    });
    expect(odoo.calls).toEqual([]);
  });

  it('names a database that is not there', async () => {
    const args = ['other', odoo.login, odoo.password, {}];
    expect(await post({ service: 'common', method: 'authenticate', args })).toMatchObject({
      error: { data: { message: 'FATAL:  database "other" does not exist' } },
    });
  });

  it.each([
    ['an unknown model', 'x.none', 'search', [[]], "Object x.none doesn't exist"],
    ['an unknown method', PARTNER, 'paint', [], "The method 'res.partner.paint' does not exist"],
    ['a private method', PARTNER, '_write', [], 'cannot be called remotely'],
    ['an unknown field', PARTNER, 'create', [{ nam: 'A' }], "Invalid field 'nam' on model 'res.partner'"],
    ['an unknown field of a domain', PARTNER, 'search', [[['nam', '=', 1]]], "Invalid field 'nam'"],
    ['a contact without a name', PARTNER, 'create', [{ ref: '1' }], 'Contacts require a name'],
    ['a picture that is none', PARTNER, 'create', [{ name: 'A', image_1920: '?' }], 'could not be decoded'],
    ['a record that is not there', PARTNER, 'read', [[99]], 'Record does not exist or has been deleted.'],
    ['an unknown argument', PARTNER, 'search', [[], 0, 1, '', 5], 'takes 4 arguments'],
  ])('refuses %s', async (_, model, method, args, message) => {
    // A contact for domains to look at.
    await client.create(PARTNER, { name: 'Ada' });
    await expect(client.call_kw(model, method, args)).rejects.toThrow(message);
  });

  it('is not there for as many calls as it was told', async () => {
    odoo.outage(1, 502);
    await expect(client.connect()).rejects.toThrow('Bad Gateway');
    expect(await client.connect()).toEqual({ uid: 2 });
  });
});

async function post(params: object): Promise<unknown> {
  const response = await fetch(`${odoo.url}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params, id: 7 }),
  });
  return response.json();
}
