// Brings pictures that were changed in the other Odoo back to our contacts.

import type { OdooRecord } from '../common.ts';

async function handle_cron() {
  let count = 0;
  for await (const page of partnerPages()) {
    const links = await page.search_links(RELATION);
    if (links.length > 0) count += await pull(links);
  }
  log(`${count} pictures were changed in the other Odoo.`);
}

/** How many of these contacts have got a new picture. */
async function pull(links: LinkSet): Promise<number> {
  const linkOf = new Map([...links].map((link) => [Number(link.external), link] as const));
  const changed = [
    ['id', 'in', [...linkOf.keys()]],
    ['write_date', '>', toOdooTime(links.sync_date ?? new Date(0))],
  ];
  const options = { fields: ['write_date'], order: 'write_date, id', context: { active_test: false } };
  const found = (await odoo_execute_kw('res.partner', 'search_read', [changed], options)) as OdooRecord[];
  let count = 0;
  for (const { id, write_date } of found) {
    const link = linkOf.get(id);
    // Odoo keeps times more precisely than it tells them: it also finds what has not changed since.
    if (!link?.sync_date || fromOdooTime(write_date) <= link.sync_date) continue;
    if (await pullPicture(id, link)) count += 1;
  }
  return count;
}

/** False when it could not be kept: then it is tried again the next time, and does not hold up the others. */
async function pullPicture(id: number, link: LinkSet): Promise<boolean> {
  try {
    const read = await odoo_execute_kw('res.partner', 'read', [[id], ['image_1920', 'write_date']]);
    const [copy] = read as OdooRecord[];
    const picture = copy?.image_1920;
    await link.odoo.write({ image_1920: typeof picture === 'string' ? b64decode(picture) : null });
    await link.update_links(fromOdooTime(copy?.write_date));
    return true;
  } catch (error) {
    if (error instanceof RetryableJobError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log(`The picture of ${id} was not taken over: ${reason}`, LOG_ERROR);
    return false;
  }
}
