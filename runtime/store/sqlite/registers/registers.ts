import type Database from 'better-sqlite3';
import type { RegisterPlace, RegisterStore } from '../../register-store.ts';
import type { RegisterRow } from '../../rules/register-rows.ts';
import {
  deleteStep,
  incrementStep,
  NO_TOTALS,
  type RegisterState,
  type RegisterStep,
  type RegisterTotals,
  setStep,
  validPlace,
} from '../../rules/register-rules.ts';
import type { Commits } from '../database/group-commit.ts';
import { sqliteRegisterReads } from './register-reads.ts';

/** Values by register and key. Each verb reads and writes within one transaction, which is what makes it atomic. */
export function sqliteRegisters(db: Database.Database, commits: Commits): RegisterStore {
  const find = db.prepare<
    [string, string, string],
    Pick<RegisterRow, 'value' | 'tails' | 'version' | 'bytes'>
  >('SELECT value, tails, version, bytes FROM registers WHERE project_id = ? AND name = ? AND key = ?');
  const put = db.prepare(
    `INSERT INTO registers (project_id, name, key, value, tails, version, bytes, written_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project_id, name, key) DO UPDATE SET value = excluded.value, tails = excluded.tails,
       version = excluded.version, bytes = excluded.bytes, written_at = excluded.written_at`,
  );
  const remove = db.prepare('DELETE FROM registers WHERE project_id = ? AND name = ? AND key = ?');
  const totalsOf = db.prepare<[string], RegisterTotals>(
    'SELECT bytes, last_deleted FROM register_totals WHERE project_id = ?',
  );
  const putTotals = db.prepare(
    `INSERT INTO register_totals (project_id, bytes, last_deleted) VALUES (?, ?, ?)
     ON CONFLICT (project_id) DO UPDATE SET bytes = excluded.bytes, last_deleted = excluded.last_deleted`,
  );

  function take<Answer>(place: RegisterPlace, judge: (state: RegisterState) => RegisterStep<Answer>): Answer {
    const { project_id, name, key } = validPlace(place);
    const held = find.get(project_id, name, key);
    const { answer, change } = judge({ held, totals: totalsOf.get(project_id) ?? NO_TOTALS });
    if (change === undefined) return answer;
    const { entry, totals } = change;
    if (entry === null) {
      remove.run(project_id, name, key);
    } else {
      const { value, tails, version, bytes, written_at } = entry;
      put.run(project_id, name, key, value, tails, version, bytes, written_at);
    }
    putTotals.run(project_id, totals.bytes, totals.last_deleted);
    return answer;
  }

  return {
    ...sqliteRegisterReads(db),

    setRegister: (given) => commits.write(() => take(given, (state) => setStep(given, state))),
    incrementRegister: (given) => commits.write(() => take(given, (state) => incrementStep(given, state))),
    deleteRegister: (given) => commits.write(() => take(given, (state) => deleteStep(given, state))),
  };
}
