import { z } from 'zod';
import type { LiveProject } from '../../runtime/live-project.ts';
import { masksOf } from '../../runtime/mask/project-masks.ts';
import type { LinkRow } from '../../runtime/store/link-store.ts';
import { time, toTime } from './common.ts';

export const linkShape = z
  .object({
    id: z.number().int(),
    project: z.string().describe('slug'),
    relation: z.string(),
    model: z.string().nullable().describe('of the record; between two external systems a label'),
    refs: z
      .array(z.object({ system: z.string(), reference: z.string().describe('with secrets masked') }))
      .describe('two, by system; of a record "external" and "odoo", the latter with its id'),
    sync_date: time,
  })
  .meta({ title: 'Link' });

/** A link as the API shows it: nobody reads the value of a secret here either. */
export function toLink(live: LiveProject, link: LinkRow): z.infer<typeof linkShape> {
  const { id, model, relation, sync_date } = link;
  const { mask } = masksOf(live).stored;
  const refs = link.refs.map(([system, reference]) => ({ system: mask(system), reference: mask(reference) }));
  const shown = { relation: mask(relation), model: model && mask(model), refs };
  return { id, project: live.project.slug, ...shown, sync_date: toTime(sync_date) };
}
