import type Database from 'better-sqlite3';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import type { RegisterPlace, RegisterSet, RegisterStore, RegisterWritten } from '../register-store.ts';
import { validText } from '../text.ts';
import type { Commits } from './group-commit.ts';
import { sqliteRegisterReads } from './register-reads.ts';
import { encodedOf, type RegisterRow, valueColumns } from './register-rows.ts';

type Current = Pick<RegisterRow, 'value' | 'tails' | 'version' | 'bytes'>;
type Write = Omit<RegisterSet, 'if_version'>;

/** Values by register and key. Each verb reads and writes within one transaction, which is what makes it atomic. */
export function sqliteRegisters(db: Database.Database, commits: Commits): RegisterStore {
  const find = db.prepare<[string, string, string], Current>(
    'SELECT value, tails, version, bytes FROM registers WHERE project_id = ? AND name = ? AND key = ?',
  );
  const put = db.prepare(
    `INSERT INTO registers (project_id, name, key, value, tails, version, bytes, written_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project_id, name, key) DO UPDATE SET value = excluded.value, tails = excluded.tails,
       version = excluded.version, bytes = excluded.bytes, written_at = excluded.written_at`,
  );
  const remove = db.prepare('DELETE FROM registers WHERE project_id = ? AND name = ? AND key = ?');
  const totals = db.prepare<[string], { readonly bytes: number; readonly last_deleted: number }>(
    'SELECT bytes, last_deleted FROM register_totals WHERE project_id = ?',
  );
  const putTotals = db.prepare(
    `INSERT INTO register_totals (project_id, bytes, last_deleted) VALUES (?, ?, ?)
     ON CONFLICT (project_id) DO UPDATE SET bytes = excluded.bytes, last_deleted = excluded.last_deleted`,
  );

  const currentOf = ({ project_id, name, key }: RegisterPlace) => find.get(project_id, name, key);
  const totalsOf = (projectId: string) => totals.get(projectId) ?? { bytes: 0, last_deleted: 0 };

  function write({ project_id, name, key, value, at, most_bytes }: Write, before?: Current): RegisterWritten {
    const columns = valueColumns({ name, key }, value);
    const { bytes, last_deleted } = totalsOf(project_id);
    const growth = columns.bytes - (before?.bytes ?? 0);
    if (growth > 0 && bytes + growth > most_bytes) return { kind: 'full' };
    const version = (before?.version ?? last_deleted) + 1;
    put.run(project_id, name, key, columns.value, columns.tails, version, columns.bytes, at);
    putTotals.run(project_id, bytes + growth, last_deleted);
    return { kind: 'written', version };
  }

  return {
    ...sqliteRegisterReads(db),

    setRegister: (given) =>
      commits.write(() => {
        const wanted = { ...given, ...validPlace(given) };
        const before = currentOf(wanted);
        const version = before?.version ?? 0;
        if (given.if_version !== undefined && given.if_version !== version) {
          return { kind: 'conflict', version };
        }
        return write(wanted, before);
      }),

    incrementRegister: (given) =>
      commits.write(() => {
        const wanted = { ...given, ...validPlace(given) };
        const before = currentOf(wanted);
        const number = before === undefined ? 0 : decode(encodedOf(before));
        const value = typeof number === 'number' ? number + given.by : Number.NaN;
        if (!Number.isFinite(value)) return { kind: 'no_number' };
        return { ...write({ ...wanted, value: encode(value) }, before), value };
      }),

    deleteRegister: (given) =>
      commits.write(() => {
        const { project_id, name, key } = validPlace(given);
        const before = currentOf({ project_id, name, key });
        const version = before?.version ?? 0;
        if (given.if_version !== undefined && given.if_version !== version) {
          return { kind: 'conflict', version };
        }
        if (before === undefined) return { kind: 'missing' };
        const { bytes, last_deleted } = totalsOf(project_id);
        remove.run(project_id, name, key);
        putTotals.run(project_id, bytes - before.bytes, Math.max(last_deleted, version));
        return { kind: 'deleted' };
      }),
  };
}

function validPlace({ project_id, name, key }: RegisterPlace): RegisterPlace {
  return { project_id, name: validText(name), key: validText(key) };
}
