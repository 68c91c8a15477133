import { z } from 'zod';
import type { ShownRecord } from '../../runtime/env/values/shown-record.ts';
import type { Model } from '../../runtime/store/record-store.ts';

/** A record: `id` and its fields. Times are ISO 8601, a many2one is `{id, name}`; binary fields are left out. */
export const recordShape = z
  .looseObject({ id: z.number().int() })
  .meta({ title: 'Record', description: 'its id and the values of its fields; null: no value' });

/** A record as the API shows it. Dates become text by themselves. */
export const toRecord = (record: ShownRecord): z.infer<typeof recordShape> => ({ ...record });

export const modelShape = z
  .object({
    name: z.string(),
    strict: z.boolean().describe('fields that nobody declared are refused'),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        relation: z.string().nullable().describe('the model that a many2one points to'),
        required: z.boolean(),
        unique: z.boolean(),
        index: z.boolean(),
        selection: z.array(z.string()).nullable(),
        learned: z.boolean().describe('its type is that of its first value'),
      }),
    ),
  })
  .meta({ title: 'Model' });

export function toModel({ name, strict, fields }: Model): z.infer<typeof modelShape> {
  return {
    name,
    strict,
    fields: [...fields.values()].map((field) => ({
      ...field,
      selection: field.selection === null ? null : [...field.selection],
    })),
  };
}
