// Makes copies of our contacts in the other Odoo: of each new one, or of all that have none.

import type { OdooRecord } from '../common.ts';

const CHUNK = 10;
/** As many sub-jobs as one job may add. */
const MOST_CHUNKS = 1000;

async function handle_db(partners: RecordSet) {
  const { ids } = partners;
  if (ids.length <= CHUNK) return push(ids, '');
  for (let at = 0; at < ids.length; at += CHUNK) await pushLater(ids.slice(at, at + CHUNK), '');
}

async function handle_button() {
  const prefix = params.UPLOAD_ALL_PARTNER_PREFIX;
  let waiting: number[] = [];
  let chunks = 0;
  for await (const page of partnerPages()) {
    waiting = [...waiting, ...(await withoutCopy(page)).ids];
    for (; waiting.length >= CHUNK && chunks < MOST_CHUNKS; chunks += 1) {
      await pushLater(waiting.splice(0, CHUNK), prefix);
    }
    if (chunks === MOST_CHUNKS) {
      log(`${chunks * CHUNK} contacts are sent now. Press the button again for the others.`, LOG_WARNING);
      return;
    }
  }
  if (waiting.length > 0) {
    await pushLater(waiting, prefix);
    chunks += 1;
  }
  log(chunks === 0 ? 'All contacts have a copy.' : `Contacts are sent in ${chunks} parts.`);
}

/** In a job of its own, which is tried again by itself. */
function pushLater(ids: readonly number[], prefix: string) {
  const [first] = ids;
  const options = { description: `Partners ${first} to ${ids.at(-1)}`, identity_key: `push ${first}` };
  return add_job(push, options)(ids, prefix);
}

/** Copies those of these contacts that are still there and have no copy. Started again, it goes on where it ended. */
async function push(ids: readonly number[], prefix: string) {
  const partners = await env['res.partner'].search([['id', 'in', ids]], { fields: ['name'], order: 'id' });
  for (const partner of await withoutCopy(partners)) {
    if (partner.name === null) {
      log(`Contact ${partner.id} has no name, and Odoo takes none without: it was left out.`, LOG_WARNING);
      continue;
    }
    await makeCopy(partner, prefix + partner.name);
  }
}

async function makeCopy(partner: RecordSet, name: string) {
  const [own] = await partner.read(['image_1920']);
  const values = { name, image_1920: own?.image_1920 ?? false };
  const id = (await odoo_execute_kw('res.partner', 'create', [values])) as number;
  // The link comes first: without it, a retry would make a second copy.
  const link = await partner.set_link(RELATION, id);
  const read = await odoo_execute_kw('res.partner', 'read', [[id], ['create_date']]);
  const [copy] = read as OdooRecord[];
  await link.update_links(fromOdooTime(copy?.create_date));
}
