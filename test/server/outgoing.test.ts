import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerReport } from '../../runtime/store/ledger-check/report.ts';
import { refusesStrangers } from '../support/access.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { tamper } from '../support/ledger.ts';
import { ledgerWrite, MID_MONTH, outcomeOf } from '../support/rows.ts';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  const row = ledgerWrite({ project: 'few', excerpt: '=cmd|"calc"!A1' });
  await instance.runtime.store.appendLedger([
    row,
    outcomeOf(row.id, { project: 'few', status: 503 }),
    ledgerWrite({ project: 'few', kind: 'declared', method: null, blocked: 'egress', at: MID_MONTH + 1 }),
    ...Array.from({ length: 1050 }, (_, n) => ledgerWrite({ project: 'many', bytes: n })),
  ]);
});
afterAll(() => instance.stop());

const get = (query: string) =>
  fetch(`${instance.url}/api/v1/outgoing/export${query}`, {
    headers: { authorization: `Bearer ${instance.token}` },
  });

describe('the ledger as a list', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/outgoing', 'user'],
      ['GET', '/outgoing/export', 'user'],
      ['GET', '/ledger/verify', 'manager'],
    ],
  );

  it('takes kind, method, blocked and q', async () => {
    const kinds = async (query: string) => {
      const { body } = await instance.call<{ items: { kind: string }[] }>(
        'GET',
        `/outgoing?project=few${query}`,
      );
      return body.items.map(({ kind }) => kind);
    };
    expect(await kinds('')).toEqual(['declared', 'request']);
    expect(await kinds('&blocked=true')).toEqual(['declared']);
    expect(await kinds('&blocked=false')).toEqual(['request']);
    expect(await kinds('&kind=request&method=POST')).toEqual(['request']);
    expect(await kinds('&q=CALC')).toEqual(['request']);
    const { status, body } = await instance.call('GET', '/outgoing?blocked=yes&kind=outcome');
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(/it takes true or false.*|it takes one of request/);
  });
});

describe('an export of the ledger', () => {
  it('has every row that fits with its outcome, newest first', async () => {
    const response = await get('?project=few');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="outgoing.ndjson"');
    const lines = (await response.text()).trimEnd().split('\n');
    const { body } = await instance.call<{ items: unknown[] }>('GET', '/outgoing?project=few');
    expect(lines.map((line) => JSON.parse(line))).toEqual(body.items);
    expect(body.items).toMatchObject([{ kind: 'declared' }, { status: 503, received_bytes: 34 }]);
  });

  it('goes over all pages', async () => {
    const text = await (await get('?project=many')).text();
    const bytes = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).bytes);
    expect(bytes).toEqual(Array.from({ length: 1050 }, (_, n) => 1049 - n));
  });

  it('is CSV that a spreadsheet can open without harm', async () => {
    const response = await get('?project=few&format=csv&blocked=false');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [head, row, end] = (await response.text()).split('\r\n');
    expect(head).toMatch(/^\ufeff?id,chain,seq,at,kind,project,.*,status,blocked,error,/);
    expect(row).toContain('"\'=cmd|""calc""!A1",503,');
    expect(end).toBe('');
  });

  it('refuses what it does not know', async () => {
    const { status, body } = await instance.call('GET', '/outgoing/export?format=xlsx');
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'invalid_query' } } });
  });
});

describe('verification through the API', () => {
  it('finds the ledger right, as a whole or from a time on', async () => {
    const whole = await instance.call<LedgerReport>('GET', '/ledger/verify');
    expect(whole).toMatchObject({ status: 200, body: { ok: true, rows: 1053, problems: [] } });
    expect(whole.body.newest?.at).toMatch(/Z$/);
    const later = await instance.call('GET', '/ledger/verify?from=2026-12-01T00:00:00Z');
    expect(later.body).toMatchObject({ ok: true, rows: 0 });
  });

  it('tells what somebody changed', async () => {
    tamper(`${instance.dataDir}/sluice.db`, 'UPDATE ledger_2026_11 SET bytes = 0 WHERE seq = 10');
    const { body } = await instance.call('GET', '/ledger/verify');
    expect(body).toMatchObject({ ok: false, problems: [{ fault: 'changed', seq: 10, month: '2026_11' }] });
  });
});
