import type Database from 'better-sqlite3';
import type { ChainPlace } from '../../checkpoint.ts';
import type { Commits } from '../database/group-commit.ts';
import { monthTables } from '../schema/month-tables.ts';
import type { Checkpoints } from './checkpoints.ts';

/**
 * Closes what the last process left open when it was killed: at most the chain of the newest row, which is usually that of the newest
 * checkpoint too. A row that an older checkpoint is ahead of is not signed: something was cut off after it.
 */
export function closeLastChain(db: Database.Database, commits: Commits, checkpoints: Checkpoints): void {
  const last = newestRow(db);
  const open = [last?.chain, checkpoints.newest()?.chain]
    .filter((chain) => chain !== undefined)
    .filter((chain, index, all) => all.indexOf(chain) === index && !isClosed(chain));
  if (open.length === 0) return;

  function placeOf(chain: string): ChainPlace | undefined {
    const known = checkpoints.newestOf(chain);
    if (last?.chain !== chain) return known;
    return known !== undefined && known.seq > last.seq ? known : last;
  }

  function isClosed(chain: string): boolean {
    const known = checkpoints.newestOf(chain);
    return known?.kind === 'closed' && (last?.chain !== chain || known.seq >= last.seq);
  }

  const closing = commits.write(() => {
    for (const chain of open) {
      const place = placeOf(chain);
      if (place !== undefined) checkpoints.write('closed', place);
    }
  });
  // What cannot be written now, the next start writes.
  closing.catch(() => {});
}

function newestRow(db: Database.Database): ChainPlace | undefined {
  const months = monthTables(db, 'ledger');
  return months
    .months()
    .map((month) =>
      db
        .prepare<[], ChainPlace>(
          `SELECT chain, seq, position, hash FROM ${months.table(month)} ORDER BY position DESC LIMIT 1`,
        )
        .get(),
    )
    .filter((row) => row !== undefined)
    .sort((one, other) => other.position - one.position)[0];
}
