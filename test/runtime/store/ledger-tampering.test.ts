import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../runtime/store/checkpoint.ts';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import { found, tamper, verify } from '../../support/ledger.ts';
import { ledgerWrite, MID_MONTH, outcomeOf } from '../../support/rows.ts';
import { CHAIN_KEY } from './conformance/open-sqlite.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);
const TABLE = 'ledger_2026_11';

let dir = '';
let file = '';
let whole = '';
let firstChain = '';
const checkpoints: Checkpoint[] = [];

/** Two chains: 20 rows of November, of which 2 is the outcome of 1; then 10 of November and 15 of December. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sluice-ledger-'));
  whole = join(dir, 'whole.db');
  const open = () =>
    openSqliteStore({
      file: whole,
      chainKey: CHAIN_KEY,
      onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
    });
  const rows = (count: number, at: number) =>
    Array.from({ length: count }, (_, n) =>
      ledgerWrite({
        at: at + n,
        job: `job-${n}`,
        user: 'eve',
        excerpt: `{"n":${n}}`,
        sha256: '1'.repeat(64),
      }),
    );
  const first = open();
  const begin = ledgerWrite({ job: 'j' });
  await first.appendLedger([begin, outcomeOf(begin.id, { job: 'j' }), ...rows(18, MID_MONTH + 10)]);
  await first.close();
  const second = open();
  await second.appendLedger(rows(10, MID_MONTH + 100));
  await second.checkpointLedger();
  await second.appendLedger(rows(15, NEXT_MONTH));
  await second.close();
  firstChain = checkpoints[0]?.chain ?? '';
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let copies = 0;
beforeEach(() => {
  copies += 1;
  file = join(dir, `copy-${copies}.db`);
  copyFileSync(whole, file);
});

const findAfter = (sql: string): readonly string[] => {
  tamper(file, sql.replaceAll('FIRST', `chain = '${firstChain}'`));
  return found(verify(file));
};

describe('an untouched ledger', () => {
  it('is as it was written', () => {
    expect(verify(file)).toMatchObject({
      ok: true,
      rows: 45,
      chains: 2,
      removed: 0,
      checkpoints: 5,
      newest: { number: 5, mac: checkpoints[4]?.mac },
      outside: null,
      problems: [],
      notes: [],
    });
    expect(checkpoints.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual([
      'opened 0',
      'closed 20',
      'opened 0',
      'going 10',
      'closed 25',
    ]);
  });

  it('can be looked at from a time on', () => {
    expect(verify(file, { from: NEXT_MONTH })).toMatchObject({ ok: true, rows: 15, chains: 1 });
    expect(verify(file, { from: MID_MONTH + 100 })).toMatchObject({ ok: true, rows: 25, chains: 1 });
    expect(verify(file, { from: NEXT_MONTH * 2 })).toMatchObject({ ok: true, rows: 0 });
  });

  it('fits what is kept outside', () => {
    expect(verify(file, { outside: checkpoints })).toMatchObject({ ok: true, outside: 5 });
  });
});

describe('a row that was changed', () => {
  const CHANGES: Readonly<Record<string, string>> = {
    id: "'another'",
    at: 'at + 1',
    kind: "'object'",
    project: "'other'",
    task: 'NULL',
    trigger: "'OTHER'",
    job: "'other'",
    version: '2',
    user: "'mallory'",
    recipient: "'elsewhere.example.org'",
    method: "'GET'",
    url: "url || '/'",
    bytes: 'bytes + 1',
    sha256: 'NULL',
    excerpt: "''",
    status: '200',
    blocked: "'by egress'",
    error: "'none'",
    received_bytes: '0',
    duration_ms: '1.5',
    previous_hash: "'0'",
    hash: "CASE substr(hash, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END || substr(hash, 2)",
    seq: 'seq + 100',
  };

  it.each(Object.entries(CHANGES))('is found by its %s', (column, value) => {
    expect(findAfter(`UPDATE ${TABLE} SET "${column}" = ${value} WHERE FIRST AND seq = 7`)).toEqual([
      'changed 7',
    ]);
  });

  it('is named with its chain, its id and its month', () => {
    const id = new Database(file).prepare(`SELECT id FROM ${TABLE} WHERE position = 7`).pluck().get();
    findAfter(`UPDATE ${TABLE} SET url = 'x' WHERE position = 7`);
    expect(verify(file)).toMatchObject({
      ok: false,
      faults: { changed: 1 },
      problems: [
        {
          fault: 'changed',
          chain: firstChain,
          seq: 7,
          id,
          month: '2026_11',
          text: `Row 7 of chain ${firstChain} is not as it was written.`,
        },
      ],
    });
  });

  it('is found by its chain, which then misses it', () => {
    expect(findAfter(`UPDATE ${TABLE} SET chain = 'x' WHERE FIRST AND seq = 7`)).toEqual([
      'added 7',
      'missing 7',
    ]);
  });

  it('is found by its "of", and by its place', () => {
    expect(findAfter(`UPDATE ${TABLE} SET of = 'x' WHERE FIRST AND seq = 2`)).toEqual(['changed 2']);
  });

  it.each(['100', '0'])('is found at the position %s', (position) => {
    expect(findAfter(`UPDATE ${TABLE} SET position = ${position} WHERE FIRST AND seq = 7`)).toEqual([
      'reordered 7',
    ]);
  });
});

describe('rows that were removed', () => {
  it('are missed at the beginning, with the outcome that is left', () => {
    expect(findAfter(`DELETE FROM ${TABLE} WHERE FIRST AND seq = 1`)).toEqual(['missing 2', 'missing 1']);
  });

  it('are missed in the middle', () => {
    expect(findAfter(`DELETE FROM ${TABLE} WHERE FIRST AND seq BETWEEN 5 AND 8`)).toEqual(['missing 5-8']);
  });

  it('are missed at the end', () => {
    expect(findAfter(`DELETE FROM ${TABLE} WHERE FIRST AND seq = 20`)).toEqual(['cut off 20']);
    expect(findAfter(`DELETE FROM ledger_2026_12 WHERE seq > 15`)).toEqual(['cut off 20', 'cut off 16-25']);
  });

  it('are missed as a whole chain', () => {
    expect(findAfter(`DELETE FROM ${TABLE} WHERE FIRST`)).toEqual(['missing 1-20']);
  });

  it('are missed with the table of a month', () => {
    expect(findAfter(`DROP TABLE ${TABLE}`)).toEqual(['missing 1-10', 'missing 1-20']);
  });

  it('are missed when their outcome went with them', () => {
    expect(findAfter(`DELETE FROM ${TABLE} WHERE FIRST AND seq < 3`)).toEqual(['missing 1-2']);
  });
});

describe('rows that were moved or added', () => {
  it('are found when two were swapped', () => {
    const swap = `UPDATE ${TABLE} SET position = 1000 WHERE FIRST AND seq = 5;
      UPDATE ${TABLE} SET position = 5 WHERE FIRST AND seq = 9;
      UPDATE ${TABLE} SET position = 9 WHERE FIRST AND seq = 5;`;
    expect(findAfter(swap)).toEqual(['reordered 9', 'reordered 5']);
  });

  it('are found in the table of another month', () => {
    const move = `INSERT INTO ledger_2026_12 SELECT * FROM ${TABLE} WHERE FIRST AND seq = 5;
      DELETE FROM ${TABLE} WHERE FIRST AND seq = 5;`;
    expect(findAfter(move)).toEqual(['reordered 5']);
  });

  it('are found when one was copied', () => {
    const copy = `CREATE TEMP TABLE one AS SELECT * FROM ${TABLE} WHERE FIRST AND seq = 5;
      UPDATE one SET position = 1000; INSERT INTO ${TABLE} SELECT * FROM one;`;
    expect(findAfter(copy)).toEqual(['added 5']);
  });

  it('are found when one was made up, in a chain or beside all chains', () => {
    const makeUp = (
      chain: string,
    ) => `CREATE TEMP TABLE one AS SELECT * FROM ${TABLE} WHERE FIRST AND seq = 20;
      UPDATE one SET position = 1000, seq = 21, previous_hash = hash, chain = ${chain};
      INSERT INTO ${TABLE} SELECT * FROM one; DROP TABLE one;`;
    expect(findAfter(makeUp('chain'))).toEqual(['changed 21']);
    tamper(file, 'DELETE FROM ledger_2026_11 WHERE position = 1000');
    expect(findAfter(makeUp("'x'"))).toEqual(['added 21']);
  });
});

describe('checkpoints', () => {
  it('are missed in the middle', () => {
    expect(findAfter('DELETE FROM ledger_checkpoints WHERE number IN (2, 3)')).toEqual([
      'missing checkpoint 2',
    ]);
  });

  it('are missed when none is left', () => {
    expect(findAfter('DELETE FROM ledger_checkpoints')).toEqual(['missing', 'missing']);
  });

  it.each(['kind', 'chain', 'seq', 'position', 'hash', 'at', 'mac'])(
    'are found when their %s was changed',
    (name) => {
      const value = ['seq', 'position', 'at'].includes(name) ? `${name} + 1` : `'closed'`;
      expect(findAfter(`UPDATE ledger_checkpoints SET ${name} = ${value} WHERE number = 4`)).toContain(
        'changed checkpoint 4',
      );
    },
  );

  it('are known outside when they were cut off together with rows', () => {
    const cut = 'DELETE FROM ledger_2026_12 WHERE seq > 15; DELETE FROM ledger_checkpoints WHERE number > 4';
    expect(findAfter(cut)).toEqual([]);
    expect(found(verify(file, { outside: checkpoints }))).toEqual(['cut off checkpoint 5', 'cut off 16-25']);
  });

  it('are known outside when a chain was cut off whole', () => {
    const cut = `DELETE FROM ${TABLE} WHERE NOT FIRST; DELETE FROM ledger_2026_12;
      DELETE FROM ledger_checkpoints WHERE number > 2`;
    expect(findAfter(cut)).toEqual([]);
    const cutOff = ['cut off checkpoint 3', 'cut off checkpoint 4', 'cut off checkpoint 5', 'missing 1-25'];
    expect(found(verify(file, { outside: checkpoints }))).toEqual(cutOff);
  });

  it('are not the same when somebody made all of it anew with the key', async () => {
    const forged = join(dir, 'forged.db');
    const store = openSqliteStore({ file: forged, chainKey: CHAIN_KEY });
    await store.appendLedger([ledgerWrite()]);
    await store.close();
    expect(verify(forged).ok).toBe(true);
    expect(found(verify(forged, { outside: checkpoints.slice(0, 2) }))).toEqual([
      'changed checkpoint 1',
      'changed checkpoint 2',
      'missing 1-20',
    ]);
  });
});

describe('another keyring', () => {
  it('fits nothing, which is said', () => {
    const report = verify(file, { keys: ['08'.repeat(32)] });
    expect(report.faults).toMatchObject({ changed: 50 });
    expect(report.notes).toEqual([expect.stringMatching(/^Nothing fits any key of the keyring/)]);
  });

  it('does not matter when the old key is still in it', () => {
    expect(verify(file, { keys: ['08'.repeat(32), '07'.repeat(32)] }).ok).toBe(true);
  });
});

describe('rows that went by age', () => {
  const KEEP = { project: 'demo', before: MID_MONTH + 15, limit: 100, after: null };

  /** Removes rows 1 to 7 of the first chain. */
  async function sweep() {
    const store = openSqliteStore({ file, chainKey: CHAIN_KEY });
    const result = await store.deleteOldLedger(KEEP);
    await store.close();
    return result;
  }

  it('leave a ledger that is as it was written', async () => {
    expect(await sweep()).toEqual({ deleted: 6, kept: 0, next: null });
    expect(verify(file)).toMatchObject({ ok: true, rows: 38, removed: 7 });
    expect(verify(file, { outside: checkpoints })).toMatchObject({ ok: true });
    expect(verify(file, { from: MID_MONTH + 16 })).toMatchObject({ ok: true });
  });

  it.each(['first_seq', 'last_seq', 'previous_hash', 'hash', 'mac'])(
    'have a statement that is found when its %s was changed',
    async (name) => {
      await sweep();
      const value = name.endsWith('seq') ? `${name} + 1` : `'0'`;
      expect(findAfter(`UPDATE ledger_removed SET ${name} = ${value}`).join()).toMatch(/changed|missing/);
    },
  );

  it('are missing when their statement is', async () => {
    await sweep();
    expect(findAfter('DELETE FROM ledger_removed')).toEqual(['missing 1-7']);
  });

  it('are found when one of them is put back', async () => {
    const db = new Database(file);
    db.exec(`CREATE TABLE kept AS SELECT * FROM ${TABLE} WHERE position IN (1, 5)`);
    db.close();
    await sweep();
    tamper(file, `INSERT INTO ${TABLE} SELECT * FROM kept WHERE position = 1`);
    expect(found(verify(file))).toEqual(['added 1']);
    tamper(
      file,
      `DELETE FROM ${TABLE} WHERE position = 1; INSERT INTO ${TABLE} SELECT * FROM kept WHERE position = 5`,
    );
    expect(verify(file).ok).toBe(false);
  });

  it('do not take a row with them that was made to look old', async () => {
    tamper(file, `UPDATE ${TABLE} SET at = ${MID_MONTH} WHERE position = 15`);
    expect(await sweep()).toEqual({ deleted: 6, kept: 1, next: null });
    expect(found(verify(file))).toEqual(['changed 15']);
  });

  it('do not make a statement good that somebody made up', async () => {
    const forge = `INSERT INTO ledger_removed SELECT chain, 8, 9, (SELECT hash FROM ${TABLE} WHERE position = 7), hash, 'x'
      FROM ${TABLE} WHERE position = 9; DELETE FROM ${TABLE} WHERE position IN (8, 9)`;
    tamper(file, forge);
    await sweep();
    expect(found(verify(file))).toContain('changed 8-9');
  });
});

describe('a chain that a killed process left open', () => {
  it('is closed by the next start, not after what was cut off', async () => {
    tamper(file, 'DELETE FROM ledger_checkpoints WHERE number = 5');
    const reopen = async () => {
      const said: Checkpoint[] = [];
      await openSqliteStore({
        file,
        chainKey: CHAIN_KEY,
        onCheckpoint: (checkpoint) => said.push(checkpoint),
      }).close();
      return said.map(({ kind, number, seq }) => `${kind} ${number}: ${seq}`);
    };
    expect(await reopen()).toEqual(['closed 5: 25']);
    expect(await reopen()).toEqual([]);
    expect(verify(file).ok).toBe(true);

    tamper(
      file,
      'DELETE FROM ledger_checkpoints WHERE number = 5; DELETE FROM ledger_2026_12; DELETE FROM ledger_2026_11 WHERE position > 28',
    );
    expect(await reopen()).toEqual(['closed 5: 10']);
    expect(found(verify(file))).toEqual(['cut off 9-10']);
  });
});

describe('rows of a key that was rotated', () => {
  it('are verified and removed with the old one, beside those of the new one', async () => {
    const newKey = new Uint8Array(32).fill(8);
    const store = openSqliteStore({ file, chainKey: newKey, oldChainKeys: [CHAIN_KEY] });
    await store.appendLedger([ledgerWrite({ at: NEXT_MONTH + 100 })]);
    const old = { project: 'demo', before: NEXT_MONTH, limit: 100, after: null };
    expect(await store.deleteOldLedger(old)).toMatchObject({ kept: 0 });
    await store.close();
    const keys = ['08'.repeat(32), '07'.repeat(32)];
    expect(verify(file, { keys })).toMatchObject({ ok: true, rows: 16, removed: 30, chains: 3 });
  });
});
