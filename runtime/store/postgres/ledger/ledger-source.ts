import type { Checkpoint } from '../../checkpoint.ts';
import type { LedgerSource, PlacedRow } from '../../ledger-check/source.ts';
import type { LaterItems } from '../../ledger-check/steps.ts';
import { monthOf } from '../../months.ts';
import type { RemovedRows } from '../../removed-rows.ts';
import type { ReadSession } from '../database/reads.ts';

/** Rows asked for at once: each is verified before the next ones, so that this is also how long others wait meanwhile. */
const ROWS = 500;
const DAY_MS = 86_400_000;

/**
 * The ledger in a database, read by the verification. A row is always in the partition of its month, and a partition that cannot be
 * read ends the verification with the database's error.
 */
export function ledgerSource(session: ReadSession): LedgerSource {
  return {
    async positionFrom(from) {
      const first = await session.row<{ position: number | null }>(
        'SELECT min(position) AS position FROM ledger WHERE at >= $1',
        [from],
      );
      return first?.position ?? undefined;
    },

    rows: (position) =>
      pages(
        position,
        async (next) => {
          const rows = await session.rows<Omit<PlacedRow, 'month'>>(ROWS_FROM, [next]);
          return rows.map((row) => ({ ...row, month: monthOf(row.at) }));
        },
        (row) => row.position + 1,
      ),

    checkpoints: () =>
      pages(
        1,
        (next) => session.rows<Checkpoint>(CHECKPOINTS_FROM, [next]),
        ({ number }) => number + 1,
      ),
    checkpoint: (number) =>
      session.row<Checkpoint>('SELECT * FROM ledger_checkpoints WHERE number = $1', [number]),
    checkpointAfter: (chain, seq) => session.row<Checkpoint>(CHECKPOINT_AFTER, [chain, seq]),
    lastCheckpoint: (chain) => session.row<Checkpoint>(LAST_CHECKPOINT, [chain]),
    async removedAt(chain, seq) {
      const found = await session.row<RemovedRows>(REMOVED_AT, [chain, seq]);
      return found !== undefined && found.last_seq >= seq ? found : undefined;
    },
    removedAfter: (chain, seq) => session.row<RemovedRows>(REMOVED_AFTER, [chain, seq]),
    async countRemoved(chain) {
      const counted = await session.row<{ count: number }>(COUNT_REMOVED, [chain]);
      return counted?.count ?? 0;
    },
    statedChains: () =>
      pages(
        '',
        async (after) =>
          (await session.rows<{ chain: string }>(CHAINS_AFTER, [after])).map(({ chain }) => chain),
        (chain) => chain,
      ),

    /** Through an index: that of its job, else that of its time, since a row is never a day older than its outcome. */
    async hasRowOf({ of, job, at, project }) {
      if (of === null) return false;
      const found =
        job === null
          ? await session.row(ROW_BY_TIME, [project, at - DAY_MS, at, of])
          : await session.row(ROW_BY_JOB, [job, of]);
      return found !== undefined;
    },
  };
}

/** All items, some at a time: `read` gives those from a place on, of which there may be more. The next ones come while these are used. */
function pages<Place, Item>(
  first: Place,
  read: (from: Place) => Promise<readonly Item[]>,
  placeAfter: (item: Item) => Place,
): LaterItems<Item> {
  let items: readonly Item[] = [];
  let used = 0;
  let coming: Promise<readonly Item[]> | undefined = ask(first);

  function ask(from: Place): Promise<readonly Item[]> {
    const asked = read(from);
    // Told to whoever waits for it, if anybody does.
    asked.catch(() => {});
    return asked;
  }

  function take(): IteratorResult<Item, unknown> | undefined {
    const item = items[used];
    used += 1;
    return item === undefined ? undefined : { done: false, value: item };
  }

  return {
    next() {
      const taken = take();
      if (taken !== undefined) return taken;
      return (async () => {
        items = (await coming) ?? [];
        used = 0;
        const last = items.at(-1);
        coming = last === undefined ? undefined : ask(placeAfter(last));
        return take() ?? { done: true, value: undefined };
      })();
    },
  };
}

const ROWS_FROM = {
  name: 'ledger rows from',
  text: `SELECT * FROM ledger WHERE position >= $1 ORDER BY position LIMIT ${ROWS}`,
};
const CHECKPOINTS_FROM = {
  name: 'checkpoints from',
  text: `SELECT * FROM ledger_checkpoints WHERE number >= $1 ORDER BY number LIMIT ${ROWS}`,
};
const CHECKPOINT_AFTER = {
  name: 'checkpoint after',
  text: 'SELECT * FROM ledger_checkpoints WHERE chain = $1 AND seq > $2 ORDER BY seq, number LIMIT 1',
};
const LAST_CHECKPOINT = {
  name: 'last checkpoint of',
  text: 'SELECT * FROM ledger_checkpoints WHERE chain = $1 ORDER BY seq DESC, number DESC LIMIT 1',
};
const REMOVED_AT = {
  name: 'removed rows at',
  text: 'SELECT * FROM ledger_removed WHERE chain = $1 AND first_seq <= $2 ORDER BY first_seq DESC LIMIT 1',
};
const REMOVED_AFTER = {
  name: 'removed rows after',
  text: 'SELECT * FROM ledger_removed WHERE chain = $1 AND first_seq > $2 ORDER BY first_seq LIMIT 1',
};
const COUNT_REMOVED = {
  name: 'count removed rows',
  text: 'SELECT count(*) AS count FROM ledger_removed WHERE chain = $1',
};
const CHAINS_AFTER = {
  name: 'chains after',
  text: `SELECT chain FROM ledger_checkpoints WHERE chain > $1 UNION SELECT chain FROM ledger_removed WHERE chain > $1
ORDER BY chain LIMIT ${ROWS}`,
};
const ROW_BY_TIME = {
  name: 'ledger row by time',
  text: "SELECT 1 FROM ledger WHERE project = $1 AND at BETWEEN $2 AND $3 AND kind <> 'outcome' AND id = $4 LIMIT 1",
};
const ROW_BY_JOB = {
  name: 'ledger row by job',
  text: "SELECT 1 FROM ledger WHERE job = $1 AND kind <> 'outcome' AND id = $2 LIMIT 1",
};
