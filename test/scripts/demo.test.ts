import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedVersion } from '../../runtime/project/prepare-deploy.ts';
import { DEMO } from '../../runtime/project/shipped.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { prepareShipped, runShipped, type ShippedJob, webhookRequest } from '../support/shipped.ts';

let sandbox: Sandbox;
let version: PreparedVersion;
beforeAll(async () => {
  sandbox = await createSandbox();
  version = await prepareShipped('demo');
});
afterAll(() => sandbox.stop());

async function order(body: unknown, more: Partial<ShippedJob> = {}) {
  const input = webhookRequest(body);
  const run = await runShipped(sandbox, version, {
    task: 'tasks/receive-orders.ts',
    handler: 'handle_webhook',
    input,
    ...more,
  });
  const { value } = (run.result ?? {}) as { value: unknown };
  return { ...run, value };
}

describe('the webhook of the demo', () => {
  it('answers the order that the first start suggests', async () => {
    const { value, logs } = await order(DEMO.body);
    expect(value).toEqual({
      order: 'job-1',
      total: '7.00 EUR',
      message: 'Thank you, Ada! Your order of 7.00 EUR has arrived.',
      signature: null,
    });
    expect(logs).toEqual(['info: Order of Ada: 1 products, 7.00 EUR']);
  });

  it('signs its answer when it is asked to and the key is set', async () => {
    const signed = { ...JSON.parse(DEMO.body), signed: true };
    expect((await order(signed)).value).toMatchObject({ signature: null });
    const { value } = await order(signed, { secrets: { SIGNING_KEY: 'key' } });
    const signature = createHmac('sha256', 'key').update('job-1 7.00 EUR').digest('hex');
    expect(value).toMatchObject({ signature });
  });

  it('counts in cents', async () => {
    const items = [{ product: 'a', quantity: 3 }];
    const { value } = await order({ customer: 'A', items }, { params: { PRICES: '{"a": "0.10"}' } });
    expect(value).toMatchObject({ total: '0.30 EUR' });
  });

  it.each([
    ['no JSON', 'tea, please', expect.any(String)],
    ['no customer', { items: [] }, '"customer" is missing.'],
    ['nothing', null, '"customer" is missing.'],
    ['no items', { customer: 'A', items: [] }, '"items" has to be a list of products.'],
    ['no item', { customer: 'A', items: [null] }, 'There is no product "undefined".'],
    [
      'what is not sold',
      { customer: 'A', items: [{ product: 'toString', quantity: 1 }] },
      'There is no product "toString".',
    ],
    [
      'half a cake',
      { customer: 'A', items: [{ product: 'cake', quantity: 0.5 }] },
      expect.stringContaining('whole number'),
    ],
  ])('refuses an order of %s with 422 and the reason', async (_, body, error) => {
    const { value, status } = await order(body);
    expect(status).toBe('done');
    expect(value).toEqual([{ error }, 422]);
  });

  it('tells a visitor what to send', async () => {
    const { value } = await order('', { input: webhookRequest('', { method: 'GET' }) });
    expect(value).toEqual([
      { hello: 'Send an order as JSON with POST.', products: ['tea', 'coffee', 'cake'] },
      405,
    ]);
  });
});

describe('the button of the demo', () => {
  it('checks the set-up with the order in project.yaml', async () => {
    const button = version.manifest.tasks[1]?.triggers[0];
    const input = button?.type === 'button' ? button.data : null;
    const run = await runShipped(sandbox, version, {
      task: 'tasks/check-shop.ts',
      handler: 'handle_button',
      input,
    });
    expect(run.result).toEqual({ checked_by: 'Ada', sample_total: '12.00 EUR', signs_answers: false });
    expect(run.logs).toEqual(['info: Orders are not signed: set the secret SIGNING_KEY to change that.']);
  });
});
