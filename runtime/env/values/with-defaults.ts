import type { Model } from '../../store/record-store.ts';
import type { GivenValues } from './given.ts';

/** As in Odoo, a record is active unless it says otherwise, where its model has declared such a field. */
export function withDefaults(model: Model, given: GivenValues): GivenValues {
  const active = model.fields.get('active');
  if (active?.type !== 'boolean' || active.learned || given.has('active')) return given;
  return new Map([...given, ['active', { kind: 'value', value: true }]]);
}
