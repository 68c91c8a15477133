import { z } from 'zod';
import type { LiveProject } from '../../runtime/live-project.ts';
import { masksOf } from '../../runtime/mask/project-masks.ts';
import type { RegisterEntry } from '../../runtime/store/register-store.ts';
import { storedEncoded } from '../../runtime/stored-json.ts';
import { time, toTime } from './common.ts';

export const registerShape = z
  .object({
    project: z.string().describe('slug'),
    name: z.string().describe('of the register'),
    key: z.string(),
    value: z.unknown().describe('as JSON, with secrets masked'),
    version: z.number().int().describe('grows with each write of the key'),
    written_at: time,
  })
  .meta({ title: 'Register entry' });

/** An entry as the API shows it: nobody reads the value of a secret here either. */
export function toRegister(live: LiveProject, entry: RegisterEntry): z.infer<typeof registerShape> {
  const { name, key, version, written_at } = entry;
  const json = storedEncoded(entry.value, masksOf(live).stored);
  const value: unknown = json === null ? null : JSON.parse(json);
  return { project: live.project.slug, name, key, value, version, written_at: toTime(written_at) };
}
