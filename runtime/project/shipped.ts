import { ownPath } from '../../sandbox/own-path.ts';

/** Where a project that comes with Sluice is kept. */
export function shippedProject(name: 'demo' | 'telegram-support' | 'odoo2odoo' | 'template'): string {
  return ownPath(`scripts/${name}`);
}

/** What an order to the demo's webhook looks like, and the webhook's name. */
export const DEMO = Object.freeze({
  slug: 'demo',
  webhook: 'ORDERS',
  body: '{"customer": "Ada", "items": [{"product": "tea", "quantity": 2}]}',
});
