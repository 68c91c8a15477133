import type { KeyCheck, KeyStore } from '../key-store.ts';
import { keysLacking } from '../rules/keys-lacking.ts';
import type { Database } from './database/database.ts';

/** The keys that data is sealed with, by their check values. Of nodes that start at once each sees what the one before it noted. */
export function postgresKeys(database: Database): KeyStore {
  return {
    admitKeys: (keys, at) =>
      database.transact(async (session) => {
        const [, inUse, sealing, project] = await Promise.all([
          session.rows(`SELECT pg_advisory_xact_lock(hashtext('sluice keys'))`),
          session.rows<KeyCheck>('SELECT id, check_value FROM keys_in_use ORDER BY id'),
          session.rows<{ key_id: string }>('SELECT DISTINCT key_id FROM secrets'),
          session.row('SELECT 1 FROM projects LIMIT 1'),
        ]);
        const [own] = keys;
        const lacking = keysLacking(
          keys,
          inUse,
          sealing.map(({ key_id }) => key_id),
        );
        if (lacking.length > 0) return { lacking, first: false };
        await session.rows(NOTE, [own.id, own.check_value, at]);
        return { lacking, first: inUse.length === 0 && project === undefined };
      }),
  };
}

const NOTE = 'INSERT INTO keys_in_use (id, check_value, noted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
