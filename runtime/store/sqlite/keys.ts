import type Database from 'better-sqlite3';
import type { KeyCheck, KeyStore } from '../key-store.ts';
import { keysLacking } from '../rules/keys-lacking.ts';
import type { Commits } from './database/group-commit.ts';

/** The keys that data is sealed with, by their check values. */
export function sqliteKeys(db: Database.Database, commits: Commits): KeyStore {
  const inUse = db.prepare<[], KeyCheck>('SELECT id, check_value FROM keys_in_use ORDER BY id');
  const sealing = db.prepare<[], string>('SELECT DISTINCT key_id FROM secrets').pluck();
  const project = db.prepare('SELECT 1 FROM projects LIMIT 1');
  const note = db.prepare<[string, string, number]>(
    'INSERT INTO keys_in_use (id, check_value, noted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    admitKeys: (keys, at) =>
      commits.write(() => {
        const known = inUse.all();
        const lacking = keysLacking(keys, known, sealing.all());
        const [own] = keys;
        if (lacking.length > 0) return { lacking, first: false };
        note.run(own.id, own.check_value, at);
        return { lacking, first: known.length === 0 && project.get() === undefined };
      }),
  };
}
