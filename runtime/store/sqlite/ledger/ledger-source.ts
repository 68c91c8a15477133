import type Database from 'better-sqlite3';
import { messageOf } from '../../../../sandbox/message-of.ts';
import type { Checkpoint } from '../../checkpoint.ts';
import type { LedgerSource, PlacedRow } from '../../ledger-check/source.ts';
import { boundingMonth } from '../../months.ts';
import type { RemovedRows } from '../../removed-rows.ts';
import { monthTables } from '../schema/month-tables.ts';
import { placedRows } from '../schema/placed-rows.ts';

/** The ledger in a database, read by the verification; one state of it only within a transaction. */
export function ledgerSource(db: Database.Database): LedgerSource {
  const months = monthTables(db, 'ledger');
  const byNumber = db.prepare<[number], Checkpoint>('SELECT * FROM ledger_checkpoints WHERE number = ?');
  const after = db.prepare<[string, number], Checkpoint>(
    'SELECT * FROM ledger_checkpoints WHERE chain = ? AND seq > ? ORDER BY seq, number LIMIT 1',
  );
  const last = db.prepare<[string], Checkpoint>(
    'SELECT * FROM ledger_checkpoints WHERE chain = ? ORDER BY seq DESC, number DESC LIMIT 1',
  );
  const removedAt = db.prepare<[string, number], RemovedRows>(
    'SELECT * FROM ledger_removed WHERE chain = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1',
  );
  const removedAfter = db.prepare<[string, number], RemovedRows>(
    'SELECT * FROM ledger_removed WHERE chain = ? AND first_seq > ? ORDER BY first_seq LIMIT 1',
  );
  const countRemoved = db
    .prepare<[string], number>('SELECT count(*) FROM ledger_removed WHERE chain = ?')
    .pluck();

  return {
    positionFrom(from) {
      const first = months
        .months({ first: boundingMonth(from) })
        .map((month) =>
          db
            .prepare<[number], number | null>(
              `SELECT min(position) FROM ${months.table(month)} WHERE at >= ?`,
            )
            .pluck()
            .get(from),
        )
        .filter((position) => typeof position === 'number');
      return first.length === 0 ? undefined : Math.min(...first);
    },

    rows: (position, unreadable) =>
      placedRows(
        months.months().flatMap((month) => {
          try {
            const rows = db.prepare<[number], PlacedRow>(
              `SELECT *, '${month}' AS month FROM ${months.table(month)} WHERE position >= ? ORDER BY position`,
            );
            return [rows.iterate(position)];
          } catch (error) {
            unreadable(month, messageOf(error));
            return [];
          }
        }),
      ),

    checkpoints: () =>
      db.prepare<[], Checkpoint>('SELECT * FROM ledger_checkpoints ORDER BY number').iterate(),
    checkpoint: (number) => byNumber.get(number),
    checkpointAfter: (chain, seq) => after.get(chain, seq),
    lastCheckpoint: (chain) => last.get(chain),
    removedAt(chain, seq) {
      const found = removedAt.get(chain, seq);
      return found !== undefined && found.last_seq >= seq ? found : undefined;
    },
    removedAfter: (chain, seq) => removedAfter.get(chain, seq),
    countRemoved: (chain) => countRemoved.get(chain) ?? 0,
    statedChains: () =>
      db
        .prepare<[], string>('SELECT chain FROM ledger_checkpoints UNION SELECT chain FROM ledger_removed')
        .pluck()
        .iterate(),

    /** Through an index: that of its job, else that of its time, since a row is never a day older than its outcome. */
    hasRowOf({ of, job, at, project }) {
      if (of === null) return false;
      const byJob = "job = ? AND kind <> 'outcome' AND id = ?";
      const byTime = "project = ? AND at BETWEEN ? AND ? AND kind <> 'outcome' AND id = ?";
      const bounds = { first: boundingMonth(at - DAY_MS), last: boundingMonth(at) };
      return months.months(bounds).some((month) => {
        const table = months.table(month);
        return job === null
          ? db.prepare(`SELECT 1 FROM ${table} WHERE ${byTime} LIMIT 1`).get(project, at - DAY_MS, at, of)
          : db.prepare(`SELECT 1 FROM ${table} WHERE ${byJob} LIMIT 1`).get(job, of);
      });
    },
  };
}

const DAY_MS = 86_400_000;
