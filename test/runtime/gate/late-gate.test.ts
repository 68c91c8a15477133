import { expect, it } from 'vitest';
import { lateGate } from '../../../runtime/gate/late-gate.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { failureOf, originOf, projectWith } from '../../support/gate.ts';
import { openTestStore } from '../../support/store.ts';

const origin = originOf(projectWith({}));
const declaration = encode(['nobody@example.org', 'hello']);

it('works like the gate from its first call on', async () => {
  const { store, close } = openTestStore();
  const gate = lateGate({ store });
  await Promise.all([
    gate.call('log_outgoing_data', declaration, origin),
    gate.call('log_outgoing_data', declaration, origin),
  ]);
  expect((await store.listLedger({}, { limit: 9 })).items).toHaveLength(2);
  await gate.close();
  expect(await failureOf(gate.call('log_outgoing_data', declaration, origin))).toContain('is stopping');
  await close();
});

it('stays closed when it was closed before its first call', async () => {
  const { store, close } = openTestStore();
  const gate = lateGate({ store });
  await gate.close();
  expect(await failureOf(gate.call('log_outgoing_data', declaration, origin))).toContain('is stopping');
  expect((await store.listLedger({}, { limit: 9 })).items).toEqual([]);
  await close();
});
