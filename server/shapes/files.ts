import { z } from 'zod';
import type { Actor } from '../../runtime/runtime.ts';
import { isProtectedFile } from '../../sandbox/code-files.ts';
import { hasRole } from '../role-check.ts';

/** Name -> text. */
export const filesShape = z.record(z.string(), z.string());
export type Files = Readonly<Record<string, string>>;

export const bundleShape = z.strictObject({
  modules: z.record(z.string(), z.string()),
  lock: z.array(
    z.strictObject({ name: z.string(), version: z.string(), integrity: z.string().nullable().default(null) }),
  ),
});

/** The files that `actor` may read: Protected Code is for Managers. */
export function readableFiles(files: Files, actor: Actor): Record<string, string> {
  const all = Object.entries(files);
  const readable = hasRole(actor, 'manager') ? all : all.filter(([name]) => !isProtectedFile(name));
  return Object.fromEntries(readable);
}
