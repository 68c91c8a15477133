import { z } from 'zod';
import type { TokenRow } from '../../runtime/store/token-store.ts';
import { time, toTime } from './common.ts';

export const roleShape = z.enum(['user', 'developer', 'manager']);

export const tokenShape = z
  .object({ id: z.string(), name: z.string(), role: roleShape, created_at: time, created_by: z.string() })
  .meta({ title: 'Token' });

/** A token as the API shows it: its hash stays here. */
export function toToken({ id, name, role, created_at, created_by }: TokenRow): z.infer<typeof tokenShape> {
  return { id, name, role, created_at: toTime(created_at), created_by };
}
