/**
 * A wish that a job ends, wherever it runs, goes with its row. The keys that data is sealed with are known by a check value, so that a
 * process with another keyring is found out. A connection that was begun comes back to any process, also after a restart.
 */
export const sql = `
ALTER TABLE jobs ADD COLUMN end_wish TEXT;
CREATE INDEX jobs_end_wish ON jobs (id) WHERE end_wish IS NOT NULL;

CREATE TABLE keys_in_use (
  id TEXT PRIMARY KEY,
  check_value TEXT NOT NULL,
  noted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE begun_connections (
  id TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX begun_connections_expire ON begun_connections (expires_at);
`;

/**
 * What several nodes need that share one PostgreSQL, and how it keeps some tables otherwise. A running job has a slot of its task's queue:
 * that no two have the same one is what keeps a limit of concurrency, whoever claims. Counts of lines are kept by each writer for itself.
 *
 * `ledger_chains` has the newest row of each chain that is open. A process writes its next rows only while its chain is as it knows it,
 * and one that is gone has its chain closed by another once its lease has ended. Positions of a chain are `base` and `seq` together.
 *
 * Rows of `jobs` come and go: what they leave behind is cleaned up early.
 *
 * The ids that were given to records have a table of their own, and what records take has many rows, so that writers of one model do not wait
 * for each other.
 *
 * Links are found by hashes: their texts may be longer than an entry of an index may be. Lists by id need it in the index, where SQLite
 * has it by itself. That a pair is linked once is kept by the lock that writers of links take.
 */
export const postgresSql = `
ALTER TABLE jobs ADD COLUMN slot BIGINT;
CREATE UNIQUE INDEX jobs_slot ON jobs (queue, slot) WHERE slot IS NOT NULL;
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

ALTER TABLE log_totals DROP CONSTRAINT log_totals_pkey, DROP COLUMN newest_id;
ALTER TABLE log_totals ADD COLUMN writer TEXT COLLATE "C" NOT NULL, ADD PRIMARY KEY (month, writer);

CREATE TABLE ledger_chains (
  chain TEXT COLLATE "C" PRIMARY KEY,
  base BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  checkpointed BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
) WITH (fillfactor = 50);

DROP INDEX links_a;
DROP INDEX links_b;
DROP INDEX links_relation;
DROP INDEX links_project;
CREATE INDEX links_pair ON links (
  hashtextextended((project_id || '/' || relation || '/' || system_a || '/' || ref_a || '/' || system_b || '/' || ref_b) COLLATE "C", 0)
);
CREATE INDEX links_a ON links (
  hashtextextended((project_id || '/' || relation || '/' || system_a || '/' || ref_a) COLLATE "C", 0), system_b
);
CREATE INDEX links_b ON links (
  hashtextextended((project_id || '/' || relation || '/' || system_b || '/' || ref_b) COLLATE "C", 0), system_a
);
CREATE INDEX links_relation ON links (project_id, relation, id);
CREATE INDEX links_project ON links (project_id, id);
ALTER TABLE models DROP COLUMN last_id;
CREATE TABLE record_ids (model TEXT COLLATE "C" PRIMARY KEY, last_id BIGINT NOT NULL);
ALTER TABLE record_totals DROP CONSTRAINT record_totals_one_check;
ALTER TABLE record_totals RENAME COLUMN one TO part;
`;
