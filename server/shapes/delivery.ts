import { z } from 'zod';
import type { DeliveryRow } from '../../runtime/store/hook-store.ts';
import { time, toTime } from './common.ts';

export const deliveryShape = z
  .object({
    id: z.string(),
    at: time,
    trigger: z.string(),
    method: z.string(),
    path: z.string().describe("what came after the hook's own part"),
    remote_addr: z.string(),
    status: z.number().int().describe('of the answer'),
    job: z.string().nullable().describe('null: none was made of it'),
    verdict: z
      .array(z.object({ step: z.string(), ok: z.boolean(), note: z.string().nullable() }))
      .describe('what was checked, in this order'),
    headers: z.unknown().describe('masked; null when they are not kept'),
    bytes: z.number().int().describe('of the body'),
    body: z.string().nullable().describe('its beginning, masked'),
    redelivery_of: z.string().nullable(),
    redelivered_by: z.string().nullable(),
    can_be_redelivered: z.boolean(),
  })
  .meta({ title: 'Delivery' });

/** A delivery as the API shows it. */
export function toDelivery(row: DeliveryRow): z.infer<typeof deliveryShape> {
  const { id, name, method, path, remote_addr, status, job, bytes, body } = row;
  const { redelivery_of, redelivered_by } = row;
  return {
    id,
    at: toTime(row.at),
    trigger: name,
    method,
    path,
    remote_addr,
    status,
    job,
    verdict: JSON.parse(row.verdict),
    headers: row.headers === null ? null : JSON.parse(row.headers),
    bytes,
    body,
    redelivery_of,
    redelivered_by,
    can_be_redelivered: row.whole === 1,
  };
}
