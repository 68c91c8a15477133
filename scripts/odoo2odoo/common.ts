/** Ties a contact of ours to its copy: the reference is the id of the copy in the other Odoo. */
export const RELATION = 'odoo2odoo_partner';

/** A record of the other Odoo; what is empty is false there. */
export type OdooRecord = { readonly id: number; readonly [field: string]: unknown };

/** All contacts that are not archived, in pages. */
export async function* partnerPages(size = 1000): AsyncGenerator<RecordSet> {
  let after = 0;
  for (;;) {
    const page = await env['res.partner'].search([['id', '>', after]], {
      fields: ['name'],
      order: 'id',
      limit: size,
    });
    if (page.length > 0) yield page;
    if (page.length < size) return;
    after = page.ids.at(-1) ?? after;
  }
}

/** Those of them that have no copy yet. */
export async function withoutCopy(partners: RecordSet): Promise<RecordSet> {
  const linked = await partners.search_links(RELATION);
  const ids = new Set(linked.odoo.ids);
  return partners.filtered(({ id }) => !ids.has(id));
}

/** Times of Odoo are UTC without a zone: 2026-01-31 12:00:00. */
export function fromOdooTime(text: unknown): Date {
  return new Date(`${text}Z`.replace(' ', 'T'));
}

export function toOdooTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
