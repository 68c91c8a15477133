import type { LinkRef, LinkRow, LinkSet } from '../link-store.ts';
import { validOrNull, validText } from '../text.ts';

export interface LinkColumns {
  readonly id: number;
  readonly project_id: string;
  readonly relation: string;
  readonly model: string | null;
  readonly system_a: string;
  readonly ref_a: string;
  readonly system_b: string;
  readonly ref_b: string;
  readonly sync_date: number;
  readonly bytes: number;
}

export const LINK_COLUMNS =
  'id, project_id, relation, model, system_a, ref_a, system_b, ref_b, sync_date, bytes';

/** What every link costs beside its text, roughly: on the disk, in indexes, and on its way to a job. */
const ROW_BYTES = 128;

/** A reference as it is kept. Two models may have records of the same id. */
export function keptRef(model: string | null, [system, reference]: LinkRef): string {
  return validText(system === 'odoo' && model !== null ? `${model},${reference}` : reference);
}

/** From here on, and before there, are the records of a model in the order of kept references. */
export const recordRange = (model: string): readonly [string, string] => [`${model},`, `${model}-`];

/** The columns that tell a link, as text that the database can hold, and what it takes. */
export function keptColumns(write: Pick<LinkSet, 'relation' | 'model' | 'refs'>) {
  const [a, b] = write.refs;
  const relation = validText(write.relation);
  const model = validOrNull(write.model);
  const [system_a, system_b] = [validText(a[0]), validText(b[0])];
  const [ref_a, ref_b] = [keptRef(model, a), keptRef(model, b)];
  const texts = [relation, model ?? '', system_a, ref_a, system_b, ref_b];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), ROW_BYTES);
  return { relation, model, system_a, ref_a, system_b, ref_b, bytes };
}

export function linkOf(columns: LinkColumns): LinkRow {
  const { id, project_id, relation, model, system_a, ref_a, system_b, ref_b, sync_date } = columns;
  const refs = Object.freeze([shownRef(system_a, ref_a), shownRef(system_b, ref_b)] as const);
  return Object.freeze({ id, project_id, relation, model, refs, sync_date });
}

function shownRef(system: string, kept: string): LinkRef {
  return Object.freeze([system, system === 'odoo' ? kept.slice(kept.lastIndexOf(',') + 1) : kept] as const);
}
