import { describe, expect, it } from 'vitest';
import { envAnswers } from '../../../support/env-answers.ts';
import { useEnvTask } from '../../../support/env-task.ts';
import { taskOnly } from '../../../support/sandbox.ts';

const { run } = useEnvTask();

describe('a set of records does not cross', () => {
  it.each([
    [
      'return await partners.search();',
      'result is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return { a: [await partners.browse(1)] };',
      'result.a[0] is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return take(await partners.browse(1));',
      'arguments[0] is a set of records of res.partner; only plain data can cross: pass its ids or read(fields)',
    ],
    [
      'return set_link("r", { a: 1, b: 2 });',
      'result is a set of links; only plain data can cross: pass its external references',
    ],
  ])('%s', async (body, message) => {
    const files = {
      'protected.ts': 'export const take = (value: unknown) => value;',
      ...taskOnly(`export async function handle_button() { const partners = env["res.partner"]; ${body} }`),
    };
    const { outcome } = await run({ files });
    expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError', message } });
  });
});

describe('handle_db', () => {
  const files = taskOnly(
    'export const handle_db = async (records: any) => [records.length, records.ids, records.mapped("name"), await records.read(["email"]).catch((e: any) => e.name)];',
  );

  it('is given the records with the values they came with', async () => {
    const input = { model: 'res.partner', records: [{ id: 1, name: 'Ada' }, { id: 2 }], deleted: false };
    const { result } = await run({ files, input, handler: 'handle_db' });
    expect(result).toEqual([
      2,
      [1, 2],
      ['Ada', null],
      [
        { id: 1, email: 'ada@a.example' },
        { id: 2, email: null },
      ],
    ]);
  });

  it('is given what deleted records were', async () => {
    const input = { model: 'res.partner', records: [{ id: 9, name: 'Gone' }], deleted: true };
    const { result } = await run({ files, input, handler: 'handle_db' }, envAnswers());
    expect(result).toEqual([1, [9], ['Gone'], 'ValidationError']);
  });

  it('is not started with anything else', async () => {
    for (const input of [null, [], { model: 'a' }, { model: 'a', records: [{}] }]) {
      const { outcome } = await run({ files, input, handler: 'handle_db' });
      expect(outcome).toMatchObject({ status: 'failed', error: { name: 'TypeError' } });
    }
  });
});

it('an error of the server has the line of the code that asked', async () => {
  const files = taskOnly(`export async function handle_button() {
  await env["a.b"].search([["x", "~", 1]]);
}`);
  const { outcome } = await run({ files }, envAnswers({ 'a.b': [{ x: 1 }] }));
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { name: 'ValidationError', file: 'tasks/t.ts', line: 2 },
  });
});
