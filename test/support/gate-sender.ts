import { setTimeout as sleep } from 'node:timers/promises';
import { createGate } from '../../runtime/gate/create-gate.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import type { Store } from '../../runtime/store/store.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { fetchArgument, originOf, projectWith } from './gate.ts';
import { bodyFor } from './recorded-requests.ts';

/**
 * A process that sends requests through a real gate until it is killed: to the place given as second argument, with the
 * ledger in the file given as first, under paths that begin with the third.
 */
const [file = '', place = '', prefix = ''] = process.argv.slice(2);
const store = openSqliteStore({ file, chainKey: new Uint8Array(32).fill(7) });
/** As on a slow disk: a kill hardly ever comes within the moment that a quick one needs, and a gate that sends too early would pass. */
const slow: Pick<Store, 'appendLedger'> = {
  async appendLedger(rows) {
    await sleep(Math.random() * 15);
    await store.appendLedger(rows);
  },
};
const gate = createGate({ store: slow });
const origin = originOf(projectWith({ egress: { allow_private: [place] } }));

async function sendForEver(sender: number): Promise<never> {
  for (let index = 0; ; index += 1) {
    const path = `/${prefix}/${sender}/${index}`;
    const body = bodyFor(path);
    const options = body.length === 0 ? {} : { method: 'POST', body };
    await gate.call('fetch', encode([fetchArgument(`http://${place}${path}`, options)]), origin);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, sender) => sendForEver(sender)));
